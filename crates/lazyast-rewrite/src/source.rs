//! [`Source`]: a source that is rewritten, and the ranges of what was captured in it.

use lazyast_format::read::{ParentTable, TargetPython};
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};
use lazyast_query::CapturedElement;

use crate::layout::Layout;
use crate::nodes::{NEWEST_PYTHON, children, default_of};

/// A source with its tree.
#[derive(Debug)]
pub(crate) struct Source<'s, 'a> {
    pub(crate) tree: &'s Tree<'a>,
    pub(crate) layout: Layout<'s>,
    pub(crate) parents: ParentTable,
}

/// A part of the source.
pub(crate) type Part = (usize, usize);

impl<'s, 'a> Source<'s, 'a> {
    pub(crate) fn new(tree: &'s Tree<'a>, text: &'s str) -> Result<Self, Damage> {
        let layout = Layout::new(text, tree, 0)?;
        let parents = ParentTable::of(tree, TargetPython::new(NEWEST_PYTHON, 0))?;
        Ok(Self { tree, layout, parents })
    }

    pub(crate) fn parent(&self, node: NodeId) -> NodeId {
        self.parents.parent(node).unwrap_or(0)
    }

    pub(crate) fn range(&self, node: NodeId) -> Result<Part, Damage> {
        let (start, end) = self.tree.range(node)?;
        let length = self.layout.text.len();
        let (start, end) = ((start as usize).min(length), (end as usize).min(length));
        if self.layout.text.get(start..end).is_none() {
            return Err(Damage::new("range is not in the text", node));
        }
        Ok((start, end))
    }

    /// The range of a node with its parentheses, but not those of a call around its only argument.
    pub(crate) fn outer_range(&self, node: NodeId) -> Result<Part, Damage> {
        let range = self.range(node)?;
        let pairs = self.layout.parentheses_around(range.0, range.1);
        let own = usize::from(self.has_call_parentheses(node, &pairs)?);
        Ok(pairs.len().checked_sub(own + 1).map_or(range, |last| pairs[last]))
    }

    /// Whether the last of the pairs of parentheses around a node belongs to the call or the class that it is in.
    pub(crate) fn has_call_parentheses(&self, node: NodeId, pairs: &[Part]) -> Result<bool, Damage> {
        let Some((open, close)) = pairs.last().copied() else { return Ok(false) };
        let parent = self.parent(node);
        let field = self.tree.field(node)?;
        Ok(match (self.tree.kind(parent)?, field) {
            (Kind::Call, Field::Args | Field::Keywords) | (Kind::MatchClass, _) => {
                close == self.range(parent)?.1
            }
            (Kind::ClassDef, Field::Bases | Field::Keywords) => {
                let before = &self.layout.text[..self.layout.code_before(open)];
                before.ends_with(|last: char| last.is_alphanumeric() || last == '_' || last == ']')
            }
            _ => false,
        })
    }

    /// Whether what starts at an offset is the mapping of a `**` in a dictionary.
    pub(crate) fn is_unpacked(&self, parent: NodeId, start: usize) -> Result<bool, Damage> {
        let before = &self.layout.text[..self.layout.code_before(start)];
        Ok(self.tree.kind(parent)? == Kind::Dict && before.ends_with("**"))
    }

    /// The start of a statement with its decorators.
    pub(crate) fn start_with_decorators(&self, node: NodeId) -> Result<usize, Damage> {
        let decorator =
            children(self.tree, node)?.into_iter().find(|(field, _)| *field == Field::DecoratorList);
        let Some((_, decorator)) = decorator else { return Ok(self.range(node)?.0) };
        let mut start = self.outer_range(decorator)?.0;
        while start > 0 && self.layout.text.as_bytes()[start - 1] != b'@' {
            start = self.layout.text.floor_char_boundary(start - 1);
        }
        Ok(start.saturating_sub(1))
    }

    /// The range of one element of a list, with its parentheses and stars, and for a parameter with its default.
    pub(crate) fn element_range(&self, node: NodeId) -> Result<Part, Damage> {
        let (start, end) = match self.tree.kind(node)? {
            Kind::Arg => {
                let default = default_of(self.tree, self.parent(node), node)?;
                let end = default.map_or(Ok(self.range(node)?), |default| self.outer_range(default))?.1;
                (self.range(node)?.0, end)
            }
            kind if is_statement(kind) => (self.start_with_decorators(node)?, self.range(node)?.1),
            kind if kind.class() == "expr" => self.outer_range(node)?,
            _ => self.range(node)?,
        };
        Ok((start, end))
    }

    /// The ranges of captured elements. Key and value of a dictionary's item are one element.
    pub(crate) fn element_ranges(&self, elements: &[CapturedElement<'_>]) -> Result<Vec<Part>, Damage> {
        let mut ranges: Vec<Part> = Vec::new();
        let mut key: Option<usize> = None;
        for element in elements {
            let CapturedElement::Node(node) = *element else { continue };
            let range = self.element_range(node)?;
            let field = self.tree.field(node)?;
            let is_in_dict = self.tree.kind(self.parent(node))? == Kind::Dict;
            if is_in_dict && field == Field::Keys {
                key = Some(range.0);
                continue;
            }
            let start = match key.take() {
                Some(start) => start,
                None if is_in_dict => self.layout.code_before(range.0).saturating_sub(2),
                None => range.0,
            };
            ranges.push((start, range.1));
        }
        Ok(ranges)
    }
}

/// Whether nodes of a kind are statements or clauses.
pub(crate) fn is_statement(kind: Kind) -> bool {
    matches!(kind.class(), "stmt" | "excepthandler" | "match_case")
}
