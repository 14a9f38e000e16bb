//! Quick rejects: tests that prove that a node cannot match, before it is compared.

use lazyast_format::{Kind, NodeId};

use super::state::Matcher;
use crate::reference::ReferenceInTree;

impl Matcher<'_, '_, '_> {
    /// Whether no node of the tree can match, because the tree lacks a name.
    pub(crate) fn rejects_tree(&self) -> bool {
        let mut names = self.pattern.quick_rejects.iter().filter_map(|reject| reject.name);
        names.any(|name| self.names[name as usize].is_none())
            || self.references.iter().any(ReferenceInTree::is_impossible)
    }

    /// Whether a node cannot match, because one of the nodes after it has the wrong kind or name.
    pub(crate) fn rejects(&self, node: NodeId) -> bool {
        let kinds = self.tree.kinds();
        self.quick_rejects.iter().any(|reject| {
            let child = node + reject.distance;
            let is_other = kinds.get(child as usize) != Some(&reject.kind)
                || reject.name.is_some_and(|name| !self.tree.has_name(child, name))
                || reject.payload.is_some_and(|bits| self.tree.payload_bits(child) != Ok(bits));
            is_other
                && (reject.other_names.is_empty()
                    || kinds.get(child as usize) != Some(&(Kind::Name as u8))
                    || !reject.other_names.iter().any(|name| self.tree.has_name(child, *name)))
        })
    }
}
