//! Ruff's tree to CPython's nodes, in preorder, children in source order.
//!
//! One file per family of nodes. The recursion follows the tree and ends at [`MAX_DEPTH`]; what is not
//! served sets [`Lowering::unsupported`] and the rest is skipped.

mod expressions;
mod identifiers;
mod interpolated;
mod numbers;
mod parameters;
mod patterns;
mod positions_311;
mod statements;
mod strings;

use std::cell::Cell;

use lazyast_format::write::Open;
use lazyast_format::{Builder, Field, Kind};
use ruff_python_ast::{ExprContext, ModModule};
use ruff_text_size::TextRange;

use crate::limits::MAX_DEPTH;
use crate::unsupported::Unsupported;
use positions_311::{KnownLine, Replacement};

/// Writes the nodes of a module. `nested_multiline` is what the tokens found; `minimum_python` is raised
/// where the tree shows syntax that older versions lack.
pub(crate) fn module(
    text: &str,
    module: &ModModule,
    nested_multiline: &[u32],
    builder: &mut Builder,
    minimum_python: &mut u8,
) -> Result<(), Unsupported> {
    let mut lowering = Lowering {
        text,
        nested_multiline,
        builder,
        minimum_python,
        replacement: None,
        known_line: Cell::default(),
        unsupported: None,
    };
    let range = TextRange::up_to(ruff_text_size::TextSize::of(text));
    lowering.node(Kind::Module, Field::Root, range, 0, |lower| lower.body(&module.body, Field::Body));
    lowering.unsupported.map_or(Ok(()), Err)
}

/// The state of one module's lowering.
pub(crate) struct Lowering<'a> {
    text: &'a str,
    nested_multiline: &'a [u32],
    builder: &'a mut Builder,
    minimum_python: &'a mut u8,
    /// The replacement field that is being lowered, where Python 3.11 moves nodes inside of it.
    replacement: Option<Replacement>,
    known_line: Cell<KnownLine>,
    unsupported: Option<Unsupported>,
}

impl Lowering<'_> {
    /// A node with its children.
    fn node(
        &mut self,
        kind: Kind,
        field: Field,
        range: TextRange,
        payload: u32,
        children: impl FnOnce(&mut Self),
    ) {
        let node = self.enter(kind, field, range, payload);
        children(self);
        self.builder.leave(node);
    }

    fn leaf(&mut self, kind: Kind, field: Field, range: TextRange, payload: u32) {
        let node = self.enter(kind, field, range, payload);
        self.builder.leave(node);
    }

    fn enter(&mut self, kind: Kind, field: Field, range: TextRange, payload: u32) -> Open {
        let node = self.builder.enter(kind, field, range.start().to_u32(), range.end().to_u32(), payload);
        if let Some(replacement) = self.replacement
            && kind.has_positions()
        {
            self.moved(&node, range, replacement);
        }
        node
    }

    /// Whether there is room for another level below the open nodes; says no once something is refused.
    fn may_descend(&mut self) -> bool {
        if self.builder.depth() >= MAX_DEPTH && self.unsupported.is_none() {
            self.refuse(Unsupported::Depth { subject: "nodes are nested", limit: u32::from(MAX_DEPTH) });
        }
        self.unsupported.is_none()
    }

    /// Leaves the source to the interpreter. The first reason is kept.
    fn refuse(&mut self, unsupported: Unsupported) {
        self.unsupported.get_or_insert(unsupported);
    }

    fn unsupported(&mut self, what: &'static str) {
        self.refuse(Unsupported::Construct(what));
    }

    fn needs(&mut self, minor: u8) {
        *self.minimum_python = (*self.minimum_python).max(minor);
    }

    fn slice(&self, range: TextRange) -> &str {
        &self.text[range]
    }

    /// The text from an offset on.
    fn rest(&self, offset: ruff_text_size::TextSize) -> &[u8] {
        &self.text.as_bytes()[offset.to_usize()..]
    }
}

/// Blanks that may stand between tokens, line ends apart.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0c)
}

/// How many bytes of blanks, line ends, continuations and comments stand at the start of a text.
fn trivia(text: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match text[at..] {
            [byte, ..] if is_blank(byte) || byte == b'\n' => at += 1,
            [b'\\', b'\n', ..] => at += 2,
            [b'#', ..] => at += memchr::memchr(b'\n', &text[at..]).unwrap_or(text.len() - at),
            _ => return at,
        }
    }
}

fn context(context: ExprContext) -> u32 {
    use lazyast_format::generated::tables::expr_context as code;
    match context {
        ExprContext::Load | ExprContext::Invalid => code::LOAD,
        ExprContext::Store => code::STORE,
        ExprContext::Del => code::DEL,
    }
}
