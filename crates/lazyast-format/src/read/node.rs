//! [`Node`] and its children.

use super::damage::Damage;
use super::tree::Tree;
use crate::encoding::NodeId;
use crate::schema::{Field, Kind};

impl<'a> Tree<'a> {
    /// Node 0, the `Module`.
    pub fn root(&self) -> Node<'_, 'a> {
        Node { tree: self, id: 0 }
    }

    /// A node by number.
    pub fn node(&self, id: NodeId) -> Option<Node<'_, 'a>> {
        (id < self.len()).then_some(Node { tree: self, id })
    }
}

/// A node of a tree.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    id: NodeId,
}

impl<'t, 'a> Node<'t, 'a> {
    /// The node's number.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The node's kind.
    pub fn kind(self) -> Result<Kind, Damage> {
        self.tree.kind(self.id)
    }

    /// The node's packed payload.
    pub fn payload_bits(self) -> Result<u32, Damage> {
        self.tree.payload_bits(self.id)
    }

    /// The children in source order.
    pub fn children(self) -> Children<'t, 'a> {
        Children { tree: self.tree, next: self.id + 1, end: self.tree.subtree_end(self.id) }
    }
}

/// The children of a node, each with the field that it stands in.
///
/// A child's subtree ends after the child, and not after its parent's subtree. So every walk ends, also in a damaged
/// archive.
#[derive(Clone, Debug)]
pub struct Children<'t, 'a> {
    tree: &'t Tree<'a>,
    next: NodeId,
    end: NodeId,
}

impl<'t, 'a> Iterator for Children<'t, 'a> {
    type Item = Result<(Field, Node<'t, 'a>), Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let id = self.next;
        self.next = self.tree.subtree_end(id);
        if self.next > self.end {
            let damage = Damage::new("subtree ends outside of its parent's", id).found(self.next);
            self.next = self.end;
            return Some(Err(damage));
        }
        Some(self.tree.field(id).map(|field| (field, Node { tree: self.tree, id })))
    }
}
