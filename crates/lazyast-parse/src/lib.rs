//! Python source to archive: decoding, guards, ruff's parser, lowering to CPython's shape.
//!
//! The oracle is CPython's `ast.parse`. What this crate serves, it serves exactly, for every supported
//! version at once; everything else is [`Unsupported`], and the caller asks the interpreter. Nothing here
//! knows where archives are kept.
//!
//! The way of a source: [`decode`] gives its text, [`limits`] refuses what would nest too deep, ruff
//! parses, [`token_scan`] looks at the tokens (brackets, comments, warnings), [`minimum_python`] finds the oldest
//! Python that takes it, and [`lower`] writes the nodes.
#![forbid(unsafe_code)]

mod decode;
mod indentation;
mod limits;
mod lower;
mod minimum_python;
mod token_scan;
mod unicode;
mod unsupported;

pub use unsupported::Unsupported;

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lazyast_format::Builder;
use lazyast_format::header::Facts;
use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};

/// The text of a source, given as the bytes of a file: what positions in its archive count.
///
/// It is decoded, has no byte order mark, and `\n` alone ends lines.
pub fn text(source: &[u8]) -> Result<Cow<'_, str>, Unsupported> {
    Ok(decode::decode(source)?.text)
}

/// Stands in every archive's header: trees of different parsers are not mixed. Any change to what an
/// archive holds for a source raises it.
pub const PARSER_VERSION: u32 = 2;

/// Longest source in bytes: positions and tables stay below 2^32 even where each byte is a node.
const MAX_SOURCE: usize = 512 * 1024 * 1024;

/// Parses sources, one after the other; its buffers are reused. Make one per thread.
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
        // A panic of the parser is one more way to leave a source to the interpreter. The builder, which
        // is all that could be left half-made, is cleared before it is used again.
        let work = AssertUnwindSafe(|| limits::with_stack(levels, || self.nodes(text)));
        let facts = catch_unwind(work).unwrap_or(Err(Unsupported::Construct("the parser failed")))?;
        let facts = Facts { reencoded: decoded.reencoded, ..facts };
        let source = (hash, source.len() as u32);
        self.builder.finish(facts, PARSER_VERSION, source, text.len() as u32).map_err(|_| too_large)
    }

    /// Everything between a text and the finished columns.
    fn nodes(&mut self, text: &str) -> Result<Facts, Unsupported> {
        let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY311);
        let parsed = parse_unchecked(text, options).try_into_module();
        self.lower(text, &parsed.ok_or(Unsupported::Construct("a mode"))?)
    }

    /// Everything between ruff's tree and the finished columns.
    fn lower(&mut self, text: &str, parsed: &Parsed<ModModule>) -> Result<Facts, Unsupported> {
        if let Some(error) = parsed.errors().first() {
            return Err(unsupported::syntax(text, error.error.to_string(), error.location.start()));
        }
        let mut minimum_python = minimum_python::minimum(parsed.unsupported_syntax_errors())?;
        let found = token_scan::scan(text, parsed.tokens(), &mut self.builder)?;
        lines(text, &mut self.builder);
        lower::module(
            text,
            parsed.syntax(),
            &found.nested_multiline,
            &mut self.builder,
            &mut minimum_python,
        )?;
        Ok(Facts { minimum_python, type_comments: found.type_comments, ..Facts::default() })
    }
}

/// The lengths of the lines. The text's line ends are all `\n`.
fn lines(text: &str, builder: &mut Builder) {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()) {
        builder.line((end + 1 - start) as u32);
        start = end + 1;
    }
    if start < text.len() {
        builder.line((text.len() - start) as u32);
    }
}
