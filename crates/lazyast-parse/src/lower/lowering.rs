//! The state of one module's lowering, and how nodes are written.

use lazyast_format::encoding::{NodeId, Payload};
use lazyast_format::write::OpenNode;
use lazyast_format::{Builder, Field, Kind};
use ruff_python_ast::token::Tokens;
use ruff_text_size::{TextRange, TextSize};

use super::positions_311::{Positions, Replacement};
use crate::limits::MAX_DEPTH;
use crate::strict::Strict;
use crate::unsupported::Unsupported;

/// Writes the nodes of one module.
pub(super) struct Lowering<'a> {
    pub(super) text: &'a str,
    pub(super) builder: &'a mut Builder,
    pub(super) positions: Positions<'a>,
    pub(super) strict: Strict<'a>,
    /// The replacement field around the current node, if Python 3.11 moves nodes in it.
    pub(super) replacement: Option<Replacement>,
    minimum_python: &'a mut u8,
    unsupported: Option<Unsupported>,
    /// How deep nodes may be open where another level follows: 0 once the source is unsupported.
    depth_limit: u16,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(
        text: &'a str,
        tokens: &'a Tokens,
        positions: Positions<'a>,
        builder: &'a mut Builder,
        minimum_python: &'a mut u8,
    ) -> Self {
        Self {
            text,
            builder,
            positions,
            strict: Strict::new(text, tokens),
            replacement: None,
            minimum_python,
            unsupported: None,
            depth_limit: MAX_DEPTH,
        }
    }

    /// Fails if anything in the module is unsupported.
    pub(super) fn finish(self) -> Result<(), Unsupported> {
        self.unsupported.map_or(Ok(()), Err)
    }

    /// Writes a node with its children.
    #[inline]
    pub(super) fn node(
        &mut self,
        kind: Kind,
        field: Field,
        range: TextRange,
        payload: Payload,
        children: impl FnOnce(&mut Self),
    ) {
        let node = self.enter(kind, field, range, payload);
        children(self);
        self.builder.leave(node);
    }

    /// Writes a node without children.
    // Inlined, so that the payload is packed where its layout is known.
    #[inline(always)]
    pub(super) fn leaf(&mut self, kind: Kind, field: Field, range: TextRange, payload: Payload) {
        let node = self.builder.leaf(kind, field, range.start().to_u32(), range.end().to_u32(), payload);
        self.move_in_311(kind, node, range);
    }

    /// Starts a node.
    #[inline(always)]
    pub(super) fn enter(&mut self, kind: Kind, field: Field, range: TextRange, payload: Payload) -> OpenNode {
        let node = self.builder.enter(kind, field, range.start().to_u32(), range.end().to_u32(), payload);
        self.move_in_311(kind, node.id(), range);
        node
    }

    /// Writes the position that a node has in Python 3.11 only.
    #[inline]
    fn move_in_311(&mut self, kind: Kind, node: NodeId, range: TextRange) {
        if let Some(replacement) = self.replacement
            && kind.has_positions()
            && let Some(span) = self.positions.moved(range, replacement)
        {
            self.builder.span_311(node, span);
        }
    }

    /// Whether another level may follow below the open nodes. Also false once the source is unsupported.
    #[inline]
    pub(super) fn may_descend(&mut self) -> bool {
        let may_descend = self.builder.depth() < self.depth_limit;
        if !may_descend {
            let limit = u32::from(MAX_DEPTH);
            self.stop(Unsupported::Depth { subject: "nodes are nested", limit });
        }
        may_descend
    }

    /// Makes the source unsupported.
    pub(super) fn unsupported(&mut self, construct: &'static str) {
        self.stop(Unsupported::Construct(construct));
    }

    /// Makes the source unsupported. Only the first reason is kept.
    #[cold]
    fn stop(&mut self, reason: Unsupported) {
        self.unsupported.get_or_insert(reason);
        self.depth_limit = 0;
    }

    /// Makes the source unsupported if a check has found a construct.
    pub(super) fn check(&mut self, construct: Option<&'static str>) {
        if let Some(construct) = construct {
            self.unsupported(construct);
        }
    }

    /// Notes syntax that versions of Python before this minor version lack.
    pub(super) fn needs(&mut self, minor: u8) {
        *self.minimum_python = (*self.minimum_python).max(minor);
    }

    pub(super) fn slice(&self, range: TextRange) -> &'a str {
        &self.text[range]
    }

    /// The text from an offset on.
    pub(super) fn rest(&self, offset: TextSize) -> &'a [u8] {
        &self.text.as_bytes()[offset.to_usize()..]
    }
}
