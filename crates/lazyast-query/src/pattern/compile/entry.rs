//! Compiles the text of a pattern: parses it, then compiles the tree.

use super::compiler::PatternCompiler;
use super::fragment::Fragment;
use crate::error::{Language, QueryError};
use crate::pattern::options::PatternOptions;
use crate::pattern::parse::ParseFn;
use crate::pattern::program::Pattern;

/// Trees of at most this depth are compiled on the caller's stack. For others there is at least [`STACK`].
const SHALLOW: u16 = 40;
/// The stack for a deep tree, in bytes.
const STACK: usize = 4 << 20;

/// Compiles a pattern.
pub(crate) fn compile<B: AsRef<[u8]>>(
    text: &str,
    options: PatternOptions,
    parse: &ParseFn<'_, B>,
) -> Result<Pattern, QueryError> {
    let fragment = Fragment::parse(Language::Pattern, text, parse)?;
    let tree = fragment.tree()?;
    let compiler = PatternCompiler::new(text, fragment.parsed(&tree), options);
    if tree.header().depth > SHALLOW {
        stacker::maybe_grow(STACK, 2 * STACK, || compiler.compile_root(fragment.wrapper))
    } else {
        compiler.compile_root(fragment.wrapper)
    }
}
