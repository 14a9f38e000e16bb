//! [`Hit`]: one result of a query in one tree, and [`TreeHits`]: all of them.

use lazyast_format::read::Line;
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
    /// The first decorator of `node` that a pattern with decorators matched.
    pub decorator: Option<NodeId>,
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

    /// The hit that consists of a node.
    pub fn of_node(node: NodeId) -> Self {
        Self { node, last: node, decorator: None }
    }

    /// The part of the source that the hit covers, as start and end in bytes. It starts at the `@` of the first
    /// decorator that a pattern matched, or else with the node.
    ///
    /// Archives do not have the positions of `@`. In the text it is found in any case; without the text, it is taken to
    /// be in the line in which the decorator's expression starts.
    pub fn range(self, tree: &Tree<'_>, text: Option<&str>) -> Result<(u32, u32), Damage> {
        let (start, end) = tree.range(self.node)?;
        let end = if self.last == self.node { end } else { tree.range(self.last)?.1 };
        let Some(decorator) = self.decorator else { return Ok((start, end)) };
        let first = tree.range(decorator)?.0;
        let line = tree.line(first)?;
        let indentation = tree.position(start)?.column;
        let in_text = text.and_then(|text| at_sign(tree, text, line));
        Ok((in_text.unwrap_or(line.start.saturating_add(indentation)).min(first), end))
    }
}

/// The offset of the `@` of the decorator whose expression starts in a line. In between there are only parentheses, line
/// ends and comments, so that the `@` is the first character of the nearest line that starts with one.
fn at_sign(tree: &Tree<'_>, text: &str, line: Line) -> Option<u32> {
    (1..=line.number).rev().find_map(|number| {
        let start = tree.line_start(number)?;
        let rest = text.get(start as usize..)?;
        let code = rest.trim_start_matches([' ', '\t', '\x0c']);
        code.starts_with('@').then(|| start + (rest.len() - code.len()) as u32)
    })
}
