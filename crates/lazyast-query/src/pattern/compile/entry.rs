//! Compiles the text of a pattern: parses it, then compiles the tree.

use super::compiler::PatternCompiler;
use super::fragment::Fragment;
use super::suggestion::{shown, suggestion};
use crate::error::{Language, QueryError};
use crate::pattern::options::PatternOptions;
use crate::pattern::parse::ParseFn;
use crate::pattern::program::Pattern;

/// Trees of at most this depth are compiled on the caller's stack. For others there is at least [`STACK`].
const SHALLOW: u16 = 40;
/// The stack for a deep tree, in bytes.
const STACK: usize = 4 << 20;

/// Compiles a pattern. The error about one that is no Python says what to write instead, if that is known.
pub(crate) fn compile<B: AsRef<[u8]>>(
    text: &str,
    options: PatternOptions,
    parse: &ParseFn<'_, B>,
) -> Result<Pattern, QueryError> {
    let parse_pattern = |text: &str| Fragment::parse(Language::Pattern, text, parse);
    let compiles = |text: &str| {
        parse_pattern(text).and_then(|fragment| compile_fragment(text, &fragment, options)).is_ok()
    };
    match parse_pattern(text) {
        Ok(fragment) => compile_fragment(text, &fragment, options),
        Err(error) => Err(match suggestion(text, compiles) {
            Some(suggestion) => error.with_advice(&format!("write {}", shown(&suggestion))),
            None => error,
        }),
    }
}

fn compile_fragment<B: AsRef<[u8]>>(
    text: &str,
    fragment: &Fragment<B>,
    options: PatternOptions,
) -> Result<Pattern, QueryError> {
    let tree = fragment.tree()?;
    let compiler = PatternCompiler::new(text, fragment.parsed(&tree), options);
    if tree.header().depth > SHALLOW {
        stacker::maybe_grow(STACK, 2 * STACK, || compiler.compile_root(fragment.wrapper))
    } else {
        compiler.compile_root(fragment.wrapper)
    }
}
