//! The path from the root to a node. Archives do not store parents, so the path is found from above.

use super::damage::Damage;
use super::tree::Tree;
use crate::encoding::NodeId;
use crate::schema::Field;

/// A step of [`Tree::path_to`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeStep {
    /// The node that the step leads to.
    pub id: NodeId,
    /// The field that the node stands in.
    pub field: Field,
    /// The number of previous siblings in the same field.
    pub index: u32,
}

impl Tree<'_> {
    /// The path from the root to a node, without the root.
    pub fn path_to(&self, id: NodeId) -> Result<Vec<NodeStep>, Damage> {
        let mut path = Vec::new();
        let mut ancestor = 0;
        while ancestor != id {
            let step = self.step_towards(ancestor, id)?.filter(|step| step.id <= id);
            let step = step.ok_or_else(|| Damage::new("node is in no subtree", id).found(ancestor))?;
            ancestor = step.id;
            path.push(step);
        }
        Ok(path)
    }

    /// The step from an ancestor towards a node: to the first child whose subtree ends after the node.
    pub(super) fn step_towards(&self, ancestor: NodeId, id: NodeId) -> Result<Option<NodeStep>, Damage> {
        let Some(node) = self.node(ancestor) else { return Ok(None) };
        let mut counts = [0_u32; Field::ALL.len()];
        for child in node.children() {
            let (field, child) = child?;
            if self.subtree_end(child.id()) > id {
                return Ok(Some(NodeStep { id: child.id(), field, index: counts[field as usize] }));
            }
            counts[field as usize] += 1;
        }
        Ok(None)
    }
}
