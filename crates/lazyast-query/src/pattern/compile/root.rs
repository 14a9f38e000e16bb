//! Compiles the root of a pattern: an expression, a statement, a clause, or several statements.

use lazyast_format::{Field, Kind, KindSet, NodeId};

use super::compiler::PatternCompiler;
use super::independence::mark_independent_lists;
use crate::error::QueryError;
use crate::pattern::program::{ListElement, ListId, NodeTest, Pattern, PatternRoot};
use crate::pattern::source::Wrapper;
use crate::prefilter::Prefilter;

const NO_CODE: &str = "the pattern has no code";
const WRONG_INDENTATION: &str = "expected the indentation of the first line";
const ONE_DECORATOR: &str = "expected one decorator, or a definition after the decorators";
const ONE_CLAUSE: &str = "expected one clause: a pattern that starts with except or case has nothing else";

impl PatternCompiler<'_, '_> {
    pub(super) fn compile_root(mut self, wrapper: Wrapper) -> Result<Pattern, QueryError> {
        let nodes = self.unwrap(wrapper)?;
        let root = match &nodes[..] {
            [one] => {
                let is_expression = self.parsed.kind(*one)? == Kind::Expr;
                let node = if is_expression { *one + 1 } else { *one };
                self.add_quick_rejects(node)?;
                PatternRoot::Node(self.node_test(node)?)
            }
            statements => PatternRoot::Block(self.block(statements)?),
        };
        let first = match root {
            PatternRoot::Node(test) => Some(test),
            PatternRoot::Block(list) => match self.pattern.lists[list as usize].elements.first() {
                Some(ListElement::Node(test)) => Some(*test),
                _ => None,
            },
        };
        self.pattern.only_field = (wrapper == Wrapper::Decorator).then_some(Field::DecoratorList);
        self.pattern.root = root;
        self.pattern.kinds = match (root, first) {
            (_, Some(NodeTest::Template(template))) => self.pattern.templates[template as usize].kind.into(),
            (_, Some(NodeTest::Reference(_))) => [Kind::Attribute, Kind::Name].into_iter().collect(),
            (PatternRoot::Node(_), _) => KindSet::of_class("expr"),
            (PatternRoot::Block(_), _) => KindSet::of_class("stmt"),
        };
        for (slot, uses) in self.pattern.captures.iter_mut().zip(&self.uses) {
            slot.is_repeated = *uses > 1;
        }
        mark_independent_lists(&mut self.pattern);
        self.prefilters.push(Prefilter::Kinds(self.pattern.kinds));
        self.pattern.prefilter = Prefilter::all(self.prefilters);
        Ok(self.pattern)
    }

    /// The nodes of the pattern, without the statements of the wrapper. There is at least one.
    fn unwrap(&self, wrapper: Wrapper) -> Result<Vec<NodeId>, QueryError> {
        let body = self.parsed.children(0, Field::Body)?;
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
            Wrapper::Decorator => match self.parsed.children(outer, Field::DecoratorList)?[..] {
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
        let children = self.parsed.all_children(outer)?;
        match children.iter().find(|(field, _)| !matches!(field, Field::Test | Field::Body)) {
            Some((_, other)) => Err(self.error(*other, WRONG_INDENTATION)),
            None => self.parsed.children(outer, Field::Body),
        }
    }

    /// The one clause in a field of a `try` or a `match` that has nothing else besides the wrapper's own field.
    fn clause_of(&self, outer: NodeId, own: Field, clauses: Field) -> Result<Vec<NodeId>, QueryError> {
        let children = self.parsed.all_children(outer)?;
        let other = children.iter().find(|(field, _)| *field != own && *field != clauses);
        let clauses = self.parsed.children(outer, clauses)?;
        match (other, &clauses[..]) {
            (Some((_, other)), _) | (None, [_, other, ..]) => Err(self.error(*other, ONE_CLAUSE)),
            (None, _) => Ok(clauses),
        }
    }

    /// Several statements.
    fn block(&mut self, statements: &[NodeId]) -> Result<ListId, QueryError> {
        let list = self.list(statements)?;
        let elements = &self.pattern.lists[list as usize].elements;
        let ends = [0, statements.len() - 1];
        if let Some(index) = ends.into_iter().find(|index| elements[*index].is_sequence()) {
            let message = "several statements cannot start or end with $$$: remove it, because statements around \
                           a match do not matter";
            return Err(self.error(statements[index], message));
        }
        self.pattern.lists[list as usize].is_prefix = true;
        Ok(list)
    }
}
