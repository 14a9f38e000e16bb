//! Compiles the root of a pattern: an expression, a statement, a clause, or several statements.

use lazyast_format::{Field, Kind, KindSet, NodeId};

use super::compiler::PatternCompiler;
use super::independence::mark_independent_segments;
use crate::error::QueryError;
use crate::pattern::program::{ListElement, ListId, NodeTest, Pattern, PatternRoot};
use crate::pattern::source::Wrapper;
use crate::prefilter::Prefilter;

impl PatternCompiler<'_, '_> {
    pub(super) fn compile_root(mut self, wrapper: Wrapper) -> Result<Pattern, QueryError> {
        let nodes = self.parsed.roots(wrapper)?;
        self.pattern.hints = self.parsed.hints(&nodes)?;
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
            (PatternRoot::Block(_), Some(NodeTest::Any(_)) | None) => KindSet::of_class("stmt"),
            (_, Some(test)) => self.pattern.kinds_of(test),
            (PatternRoot::Node(_), None) => KindSet::of_class("expr"),
        };
        for (slot, uses) in self.pattern.captures.iter_mut().zip(&self.uses) {
            slot.is_repeated = *uses > 1;
        }
        self.pattern.has_equal_halves = self.pattern.repeats_one_operand();
        mark_independent_segments(&mut self.pattern);
        self.prefilters.push(Prefilter::Kinds(self.pattern.kinds));
        self.pattern.prefilter = Prefilter::all(self.prefilters);
        Ok(self.pattern)
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
