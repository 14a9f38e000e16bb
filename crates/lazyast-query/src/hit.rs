//! [`Hit`]: one result of a query in one tree, and [`TreeHits`]: all of them.

use lazyast_format::{Damage, NodeId, Tree};

use crate::error::ExecutionError;
use crate::pattern::MAX_STEPS;

/// What a query found in one tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeHits {
    /// The hits, in preorder.
    pub hits: Vec<Hit>,
    /// The nodes whose comparison with a pattern takes too many steps. They count as not matching.
    pub given_up: Vec<NodeId>,
}

impl TreeHits {
    /// What to tell about the first node that was given up.
    pub fn limit_error(&self) -> Option<ExecutionError> {
        self.given_up.first().map(|node| ExecutionError::TooManySteps { node: *node, limit: MAX_STEPS })
    }
}

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
