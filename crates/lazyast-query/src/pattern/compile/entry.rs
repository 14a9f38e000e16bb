//! Compiles the text of a pattern: it tries the wrappers until one parses, then compiles the tree.

use super::compiler::PatternCompiler;
use super::parsed::ParsedPattern;
use crate::error::{Language, QueryError};
use crate::limits::check_length;
use crate::pattern::metavariables::substitute;
use crate::pattern::name_matching::NameMatching;
use crate::pattern::parse::{ParseFailure, ParseFn};
use crate::pattern::program::Pattern;
use crate::pattern::source::{PatternSource, Wrapper};

/// The deepest tree of a pattern. The parser accepts none that is deeper.
const MAX_DEPTH: u16 = 512;

/// Trees of at most this depth are compiled on the caller's stack. For others there is at least [`STACK`].
const SHALLOW: u16 = 40;
/// The stack for a deep tree, in bytes.
const STACK: usize = 4 << 20;

/// Compiles a pattern.
pub(crate) fn compile<B: AsRef<[u8]>>(
    text: &str,
    names: NameMatching,
    parse: &ParseFn<'_, B>,
) -> Result<Pattern, QueryError> {
    check_length(Language::Pattern, text)?;
    let source = PatternSource::new(text);
    if source.code.is_empty() {
        return Err(source.error("the pattern has no code"));
    }
    let substituted = substitute(source.code)?;
    let mut failure = None;
    for wrapper in source.wrappers() {
        let before = wrapper.before(source.indent());
        let offsets = source.offsets(before.len());
        match parse(&format!("{before}{}\n{}", substituted.text, wrapper.after())) {
            Ok(archive) => {
                let tree = archive.tree().map_err(|error| source.error(error.to_string()))?;
                let parsed = ParsedPattern { tree: &tree, substituted: &substituted, offsets };
                return compile_tree(text, parsed, *wrapper, names);
            }
            Err(error) => failure = Some((offsets, error)),
        }
    }
    let (offsets, error) =
        failure.unwrap_or_else(|| (source.offsets(0), ParseFailure { message: String::new(), offset: None }));
    Err(offsets.parse_error(error))
}

fn compile_tree(
    text: &str,
    parsed: ParsedPattern<'_, '_>,
    wrapper: Wrapper,
    names: NameMatching,
) -> Result<Pattern, QueryError> {
    let depth = parsed.tree.header().depth;
    if depth > MAX_DEPTH {
        let message = format!("the pattern is nested too deeply: expected at most {MAX_DEPTH} levels");
        return Err(parsed.error(0, message));
    }
    let compiler = PatternCompiler::new(text, parsed, names);
    if depth > SHALLOW {
        stacker::maybe_grow(STACK, 2 * STACK, || compiler.compile_root(wrapper))
    } else {
        compiler.compile_root(wrapper)
    }
}
