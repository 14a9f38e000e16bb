//! The root: lowers a whole module.

use lazyast_format::encoding::Payload;
use lazyast_format::{Builder, Field, Kind};
use ruff_python_ast::ModModule;
use ruff_python_ast::token::Tokens;
use ruff_text_size::{TextRange, TextSize};

use super::lowering::Lowering;
use super::positions_311::Positions;
use crate::unsupported::Unsupported;

/// Writes the nodes of a module. `nested_multiline` comes from the tokens, `line_ends` are all of the text's. Syntax that older versions of
/// Python lack raises `minimum_python`.
pub(crate) fn module(
    text: &str,
    module: &ModModule,
    tokens: &Tokens,
    (nested_multiline, line_ends): (&[u32], &[u32]),
    builder: &mut Builder,
    minimum_python: &mut u8,
) -> Result<(), Unsupported> {
    let positions = Positions::new(text, nested_multiline, line_ends);
    let mut lowering = Lowering::new(text, tokens, positions, builder, minimum_python);
    let range = TextRange::up_to(TextSize::of(text));
    lowering
        .node(Kind::Module, Field::Root, range, Payload::None, |lower| lower.body(&module.body, Field::Body));
    lowering.finish()
}
