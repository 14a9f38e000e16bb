//! Quick rejects: tests that prove that a node cannot match, before it is compared.

use lazyast_format::{Kind, NodeId};

use super::state::{Matcher, ResolvedReject};
use crate::reference::ReferenceInTree;

impl Matcher<'_, '_, '_> {
    /// Whether no node of the tree can match, because the tree lacks a name.
    pub(crate) fn rejects_tree(&self) -> bool {
        let mut names = self.pattern.quick_rejects.iter().filter_map(|reject| reject.name);
        names.any(|name| self.names[name as usize].is_none())
            || self.references.iter().any(ReferenceInTree::is_impossible)
    }

    /// The nodes that pass the first test of a name, ascending; `None` if no test asks for a name that can be searched for.
    pub(crate) fn nodes_by_name(&self) -> Option<Vec<NodeId>> {
        self.quick_rejects.iter().find_map(|reject| self.nodes_that_pass(reject))
    }

    fn nodes_that_pass(&self, reject: &ResolvedReject) -> Option<Vec<NodeId>> {
        let kinds = self.tree.kinds();
        let named = |name, kind: u8| {
            let mut nodes = self.tree.nodes_by_name(name)?;
            nodes.retain(|node| kinds[*node as usize] == kind);
            Some(nodes)
        };
        let mut nodes = match reject.name {
            Some(name) => named(name, reject.kind)?,
            None if reject.has_other_names_only() => Vec::new(),
            None => return None,
        };
        for name in &reject.other_names {
            nodes.extend(named(*name, Kind::Name as u8)?);
        }
        nodes.sort_unstable();
        nodes.dedup();
        Some(nodes.into_iter().filter_map(|node| node.checked_sub(reject.distance)).collect())
    }

    /// Whether a node cannot match, because one of the nodes after it has the wrong kind or name.
    pub(crate) fn rejects(&self, node: NodeId) -> bool {
        let kinds = self.tree.kinds();
        let is_rejected = self.quick_rejects.iter().any(|reject| {
            let child = node + reject.distance;
            let is_other = kinds.get(child as usize) != Some(&reject.kind)
                || reject.name.is_some_and(|name| !self.tree.has_name(child, name))
                || reject.payload.is_some_and(|bits| !self.tree.has_payload_bits(child, bits));
            is_other
                && (reject.other_names.is_empty()
                    || kinds.get(child as usize) != Some(&(Kind::Name as u8))
                    || !reject.other_names.iter().any(|name| self.tree.has_name(child, *name)))
        });
        is_rejected || self.pattern.has_equal_halves && self.has_different_halves(node)
    }

    /// Whether the two children of a node are certain to differ: in their sizes, their kinds, or their names.
    fn has_different_halves(&self, node: NodeId) -> bool {
        let kinds = self.tree.kinds();
        let size = self.tree.subtree_end(node).saturating_sub(node + 1);
        let (left, right) = (node + 1, node + 1 + size / 2);
        let kind_of = |node: NodeId| kinds.get(node as usize);
        !size.is_multiple_of(2)
            || kind_of(left) != kind_of(right)
            || size == 2
                && kind_of(left) == Some(&(Kind::Name as u8))
                && !self.tree.have_equal_payloads(left, right)
    }
}
