//! [`Parser`]: all steps from bytes to an archive, in order.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lazyast_arena::Arena;
use lazyast_format::Builder;
use lazyast_format::layout::SourceFacts;
use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};

use crate::unsupported::{Unsupported, syntax_error};
use crate::{decode, limits, lower, minimum_python, token_scan};

/// Stands in every archive's header, so that a reader tells archives of different parsers apart. Any
/// change to what an archive holds for a source, or to which sources have one, raises it.
pub const PARSER_VERSION: u32 = 4;

/// What made the trees, for people: the parser that lazyast is built with, and its version. `Cargo.toml` pins it.
pub const PRODUCER: &str = "ruff 0.0.10";

/// Longest source in bytes: positions and tables stay below 2^32 even where each byte is a node.
const MAX_SOURCE: usize = 512 * 1024 * 1024;

/// The text of a source, given as the bytes of a file. Positions in its archive are offsets into it.
///
/// The text is decoded and has no byte order mark, and every line end is `\n`.
pub fn text(source: &[u8]) -> Result<Cow<'_, str>, Unsupported> {
    Ok(decode::decode(source)?.text)
}

/// Parses sources, one after the other, and reuses its buffers. Make one per thread.
#[derive(Debug, Default)]
pub struct Parser {
    builder: Builder,
    line_ends: Vec<u32>,
}

impl Parser {
    /// A parser.
    pub fn new() -> Self {
        Self::default()
    }

    /// The archive of a source given as the bytes of a file; `hash` is their blake3 hash.
    ///
    /// The source is read as `ast.parse` reads `bytes`: a byte order mark and a PEP 263 cookie count.
    pub fn parse(&mut self, source: &[u8], hash: &[u8; 32]) -> Result<&[u8], Unsupported> {
        self.builder.clear();
        let too_large = Unsupported::Size { bytes: source.len() as u64 };
        if source.len() > MAX_SOURCE {
            return Err(too_large);
        }
        let decoded = decode::decode(source)?;
        let text: &str = &decoded.text;
        let levels = limits::check(text)?;
        self.builder.reserve(text.len());
        // A panic in ruff makes the source unsupported. Only the builder can be left inconsistent, and it is
        // cleared before its next use.
        let steps = AssertUnwindSafe(|| limits::with_stack(levels, || self.parse_text(text)));
        let facts = catch_unwind(steps).unwrap_or(Err(Unsupported::Construct("the parser failed")))?;
        let facts = SourceFacts { reencoded: decoded.reencoded, ..facts };
        let source = (hash, source.len() as u32);
        self.builder.producer(PRODUCER);
        self.builder.finish(facts, PARSER_VERSION, source, text.len() as u32).map_err(|_| too_large)
    }

    /// Everything between a text and the finished columns.
    fn parse_text(&mut self, text: &str) -> Result<SourceFacts, Unsupported> {
        let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY311);
        let arena = Arena::claim();
        let parsed = arena.run(|| parse_unchecked(text, options).try_into_module());
        self.check_and_lower(text, &parsed.ok_or(Unsupported::Construct("a mode"))?)
    }

    /// Everything between ruff's tree and the finished columns.
    fn check_and_lower(
        &mut self,
        text: &str,
        parsed: &Parsed<ModModule>,
    ) -> Result<SourceFacts, Unsupported> {
        if let Some(error) = parsed.errors().first() {
            return Err(syntax_error(text, error.error.to_string(), error.location.start()));
        }
        let mut minimum_python = minimum_python::of_syntax(parsed.unsupported_syntax_errors())?;
        let is_ascii = find_line_ends(text, &mut self.line_ends);
        let token_facts = token_scan::scan(text, is_ascii, parsed.tokens(), &mut self.builder)?;
        self.builder.lines(&self.line_ends);
        lower::module(
            text,
            parsed.syntax(),
            parsed.tokens(),
            (&token_facts.nested_multiline, &self.line_ends),
            &mut self.builder,
            &mut minimum_python,
        )?;
        Ok(SourceFacts { minimum_python, type_comments: token_facts.type_comments, ..SourceFacts::default() })
    }
}

/// Finds where the lines end, and whether the text is ASCII. The text's line ends are all `\n`.
///
/// Lines are so short that searching for the next `\n` takes longer than comparing all bytes, many at once.
#[inline(never)]
fn find_line_ends(text: &str, ends: &mut Vec<u32>) -> bool {
    const PIECE: usize = 512;
    /// How many line ends are written at a time: as many as most 64 bytes have.
    const STEP: usize = 4;
    let mut marks = [0; PIECE];
    let mut found = [0; PIECE + STEP];
    let mut bits = 0;
    ends.clear();
    for (index, piece) in text.as_bytes().chunks(PIECE).enumerate() {
        bits |= mark_newlines(piece, &mut marks);
        let mut start = (PIECE * index) as u32;
        let mut count = 0;
        for marks in marks.as_chunks::<{ u64::BITS as usize }>().0 {
            let words = marks.as_chunks().0.iter().rev();
            let mut newlines = words.fold(0, |bits, word| bits << 8 | gather_bits(u64::from_le_bytes(*word)));
            while newlines != 0 {
                // What is written after the last one is written over.
                for _ in 0..STEP {
                    found[count] = start + (newlines | 1 << 63).trailing_zeros() + 1;
                    count += usize::from(newlines != 0);
                    newlines &= newlines.wrapping_sub(1);
                }
            }
            start += u64::BITS;
        }
        ends.extend_from_slice(&found[..count]);
    }
    let end = text.len() as u32;
    if ends.last().copied().unwrap_or_default() < end {
        ends.push(end);
    }
    bits.is_ascii()
}

/// Sets the lowest bit of the mark of each byte that is `\n`, and clears the other marks. Gives the bits that any byte has.
// Not inlined, so that the compiler makes vector instructions of it.
#[inline(never)]
fn mark_newlines(text: &[u8], marks: &mut [u8]) -> u8 {
    let (marks, after) = marks.split_at_mut(text.len());
    let mut bits = 0;
    for (mark, byte) in marks.iter_mut().zip(text) {
        *mark = u8::from(*byte == b'\n');
        bits |= byte;
    }
    after.fill(0);
    bits
}

/// The lowest bits of the eight bytes of a word, the first byte's first. The other bits must be 0.
fn gather_bits(word: u64) -> u64 {
    word.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::find_line_ends;

    #[test]
    fn lines_end_after_line_ends_and_at_the_end() {
        let mut found = Vec::new();
        for len in 0..1100 {
            for period in [1, 2, 3, 15, 16, 17, 64, 511, 512, 513, 2000] {
                // Vertical tabs differ from line ends in one bit.
                let text: String =
                    (1..=len).map(|index| if index % period == 0 { '\n' } else { '\x0b' }).collect();
                let mut expected: Vec<u32> =
                    text.split_inclusive('\n').map(|line| line.len() as u32).collect();
                let mut end = 0;
                for length in &mut expected {
                    end += *length;
                    *length = end;
                }
                assert!(find_line_ends(&text, &mut found));
                assert_eq!(found, expected, "{len} bytes, a line end every {period}");
            }
            assert!(!find_line_ends(&format!("{}\u{e9}\n", "a".repeat(len)), &mut found));
        }
    }
}
