//! Takes a pattern's nodes out of the statements that [`Wrapper`] puts around it.

use lazyast_format::{Field, NodeId};

use super::parsed::ParsedPattern;
use crate::error::QueryError;
use crate::pattern::source::Wrapper;

const NO_CODE: &str = "the pattern has no code";
const WRONG_INDENTATION: &str = "expected the indentation of the first line";
const ONE_DECORATOR: &str = "expected one decorator, or a definition after the decorators";
const ONE_CLAUSE: &str = "expected one clause: a pattern that starts with except or case has nothing else";

impl ParsedPattern<'_, '_> {
    /// The nodes of the pattern, without the statements of the wrapper. There is at least one.
    pub(super) fn roots(&self, wrapper: Wrapper) -> Result<Vec<NodeId>, QueryError> {
        let body = self.children(0, Field::Body)?;
        let outer = match (wrapper, &body[..]) {
            (_, []) => return Err(self.error(0, NO_CODE)),
            (Wrapper::None, _) => return Ok(body),
            (_, [outer]) => *outer,
            (_, [.., last]) => return Err(self.error(*last, WRONG_INDENTATION)),
        };
        let nodes = match wrapper {
            Wrapper::None => vec![outer],
            Wrapper::If => self.statements_of_if(outer)?,
            Wrapper::Try => self.clause_of(outer, Field::Body, Field::Handlers)?,
            Wrapper::IfTry => match self.statements_of_if(outer)?[..] {
                [inner] => self.clause_of(inner, Field::Body, Field::Handlers)?,
                [_, other, ..] => return Err(self.error(other, ONE_CLAUSE)),
                [] => Vec::new(),
            },
            Wrapper::Decorator => match self.children(outer, Field::DecoratorList)?[..] {
                [one] => vec![one],
                [_, other, ..] => return Err(self.error(other, ONE_DECORATOR)),
                [] => Vec::new(),
            },
            Wrapper::Match | Wrapper::IndentedMatch => self.clause_of(outer, Field::Subject, Field::Cases)?,
        };
        if nodes.is_empty() { Err(self.error(outer, NO_CODE)) } else { Ok(nodes) }
    }

    /// The statements of the `if` around an indented pattern. Code after the pattern's block would be its `else`.
    fn statements_of_if(&self, outer: NodeId) -> Result<Vec<NodeId>, QueryError> {
        let children = self.all_children(outer)?;
        match children.iter().find(|(field, _)| !matches!(field, Field::Test | Field::Body)) {
            Some((_, other)) => Err(self.error(*other, WRONG_INDENTATION)),
            None => self.children(outer, Field::Body),
        }
    }

    /// The one clause in a field of a `try` or a `match` that has nothing else besides the wrapper's own field.
    fn clause_of(&self, outer: NodeId, own: Field, clauses: Field) -> Result<Vec<NodeId>, QueryError> {
        let children = self.all_children(outer)?;
        let other = children.iter().find(|(field, _)| *field != own && *field != clauses);
        let clauses = self.children(outer, clauses)?;
        match (other, &clauses[..]) {
            (Some((_, other)), _) | (None, [_, other, ..]) => Err(self.error(*other, ONE_CLAUSE)),
            (None, _) => Ok(clauses),
        }
    }
}
