//! A node and its children.

use super::{Damage, Tree};
use crate::generated::tables::{Field, Kind};

/// A node's number: its place in preorder. Node 0 is the `Module`.
pub type NodeId = u32;

/// A place in a tree.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    id: NodeId,
}

impl<'t, 'a> Node<'t, 'a> {
    pub(super) fn new(tree: &'t Tree<'a>, id: NodeId) -> Self {
        Self { tree, id }
    }

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

/// Children of a node with the fields that they stand in. A child's subtree ends where its parent's does
/// at the latest, and behind the child at the earliest, so that every walk ends.
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
            let found = u64::from(self.next);
            self.next = self.end;
            return Some(Err(Damage { what: "subtree ends outside of its parent's", at: id, found }));
        }
        Some(self.tree.field(id).map(|field| (field, Node::new(self.tree, id))))
    }
}
