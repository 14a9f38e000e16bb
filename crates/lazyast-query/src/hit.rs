//! [`Hit`]: one result of a query in one tree.

use lazyast_format::{Damage, NodeId, Tree};

/// One result of a query: a node, or several statements that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hit {
    /// The node. Of several statements it is the first.
    pub node: NodeId,
    /// The last of several statements; else the same as `node`.
    pub last: NodeId,
}

impl Hit {
    /// The nodes of the hit: `node` and, of several statements, the others up to `last`.
    pub fn statements(self, tree: &Tree<'_>) -> Vec<NodeId> {
        let mut nodes = vec![self.node];
        let mut next = tree.subtree_end(self.node);
        let field = tree.field(self.node);
        while next <= self.last {
            if tree.field(next) == field {
                nodes.push(next);
            }
            next = tree.subtree_end(next);
        }
        nodes
    }

    /// The part of the source that the hit covers, as start and end in bytes.
    pub fn range(self, tree: &Tree<'_>) -> Result<(u32, u32), Damage> {
        Ok((tree.range(self.node)?.0, tree.range(self.last)?.1))
    }
}
