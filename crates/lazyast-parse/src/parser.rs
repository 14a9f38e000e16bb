//! [`Parser`]: all steps from bytes to an archive, in order.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

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
        let parsed = parse_unchecked(text, options).try_into_module();
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
        let token_facts = token_scan::scan(text, parsed.tokens(), &mut self.builder)?;
        write_line_lengths(text, &mut self.builder);
        lower::module(
            text,
            parsed.syntax(),
            parsed.tokens(),
            &token_facts.nested_multiline,
            &mut self.builder,
            &mut minimum_python,
        )?;
        Ok(SourceFacts { minimum_python, type_comments: token_facts.type_comments, ..SourceFacts::default() })
    }
}

/// The lengths of the lines. The text's line ends are all `\n`.
fn write_line_lengths(text: &str, builder: &mut Builder) {
    let mut start = 0;
    let mut end_line = |end: usize| {
        builder.line((end - start) as u32);
        start = end;
    };
    let (words, rest) = text.as_bytes().as_chunks();
    for (index, word) in words.iter().enumerate() {
        let mut newlines = newlines_in(u64::from_le_bytes(*word));
        while newlines != 0 {
            end_line(8 * index + newlines.trailing_zeros() as usize / 8 + 1);
            newlines &= newlines - 1;
        }
    }
    for (index, _) in rest.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        end_line(8 * words.len() + index + 1);
    }
    if start < text.len() {
        builder.line((text.len() - start) as u32);
    }
}

/// The bytes of a word that are `\n`, as the highest bit of each. Lines are so short that searching for the next `\n`
/// takes longer.
fn newlines_in(word: u64) -> u64 {
    const LOW_BITS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let difference = word ^ 0x0a0a_0a0a_0a0a_0a0a;
    !(((difference & LOW_BITS) + LOW_BITS) | difference | LOW_BITS)
}
