//! The positions of nodes, as `ast` has them in one version of Python.

use super::damage::Damage;
use super::positions_311::StringPart;
use super::target_python::TargetPython;
use super::tree::Tree;
use crate::encoding::{NodeId, Span};

/// The last minor version of Python 3 in which f-strings have positions of their own.
const LAST_WITH_STRING_PARTS: u8 = 11;

/// The positions of many nodes of a tree; see [`Tree::positions`].
#[derive(Debug)]
pub struct TreePositions<'t, 'a> {
    tree: &'t Tree<'a>,
    python: TargetPython,
    parts: Vec<StringPart>,
}

impl TreePositions<'_, '_> {
    /// As [`Tree::span`], in logarithmic time for every node.
    pub fn span(&self, id: NodeId) -> Result<Option<Span>, Damage> {
        if !self.tree.kind(id)?.has_positions() {
            return Ok(None);
        }
        if self.python.minor > LAST_WITH_STRING_PARTS {
            return self.tree.span_of_range(id).map(Some);
        }
        let part = self.parts.binary_search_by_key(&id, |part| part.node);
        let string = part.map_or(id, |index| self.parts[index].string);
        self.tree.span_311(id, string).map(Some)
    }
}

impl<'a> Tree<'a> {
    /// The position of a node, or `None` if nodes of its kind have none.
    ///
    /// In 3.11, a node in an f-string takes time proportional to its siblings and those of its ancestors. Use
    /// [`positions`](Self::positions) for many nodes.
    pub fn span(&self, id: NodeId, python: TargetPython) -> Result<Option<Span>, Damage> {
        if !self.kind(id)?.has_positions() {
            return Ok(None);
        }
        if python.minor > LAST_WITH_STRING_PARTS || self.columns.joined_strings.is_empty() {
            return self.span_of_range(id).map(Some);
        }
        let string = self.joined_string_with_part(id)?;
        self.span_311(id, string.unwrap_or(id)).map(Some)
    }

    /// The positions of many nodes. What 3.11 needs is found once, in one pass over the f-strings.
    pub fn positions(&self, python: TargetPython) -> Result<TreePositions<'_, 'a>, Damage> {
        let parts = if python.minor > LAST_WITH_STRING_PARTS { Vec::new() } else { self.string_parts()? };
        Ok(TreePositions { tree: self, python, parts })
    }
}
