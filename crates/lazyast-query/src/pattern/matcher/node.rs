//! The step of a node: compares it with a template, and adds goals for the fields.

use lazyast_format::{Damage, Field, Kind, NodeId};

use super::goal::{Goal, KeywordGoal, PendingKeywords};
use super::state::Matcher;
use crate::constant_value::ConstantValue;
use crate::pattern::program::{DeepId, DeepTest, FieldTest, NodeTest, TemplateId};

/// So many nodes are passed over, or compared with others, in the time of a step.
pub(super) const NODES_PER_STEP: u32 = 16;

impl Matcher<'_, '_, '_> {
    /// `alternative` is the distance of the first node to try, for a deep test.
    pub(super) fn step_node(
        &mut self,
        test: NodeTest,
        node: NodeId,
        alternative: u32,
    ) -> Result<bool, Damage> {
        match test {
            NodeTest::Deep(id) => self.step_deep(id, node, alternative),
            NodeTest::Value(id) => {
                let value = ConstantValue::of(self.tree, node)?;
                Ok(value.is_some_and(|value| value == self.pattern.values[id as usize]))
            }
            NodeTest::Any(capture) => self.bind_node(capture, node),
            NodeTest::Template(template) => self.template(template, node),
            NodeTest::Reference(id) => {
                let (reference, in_tree) =
                    (&self.pattern.references[id as usize], &self.references[id as usize]);
                in_tree.matches(reference, self.tree, node)
            }
        }
    }

    /// Takes the first expression from a distance on that can pass; the others are alternatives.
    fn step_deep(&mut self, id: DeepId, node: NodeId, from: u32) -> Result<bool, Damage> {
        let DeepTest { test, kinds } = self.pattern.deep[id as usize];
        let (tree, first, end) = (self.tree, node + from, self.tree.subtree_end(node));
        for (candidate, code) in (first..end).zip(&tree.kinds()[first as usize..]) {
            if !kinds.contains_code(*code) || tree.is_part_of_string(candidate)? {
                continue;
            }
            // Nodes that are passed over take a part of a step each.
            self.steps += (candidate - first) / NODES_PER_STEP;
            if candidate + 1 < end {
                self.add_choice_point(Goal::Node(NodeTest::Deep(id), node), candidate + 1 - node);
            }
            self.goals.push(Goal::Node(test, candidate));
            return Ok(true);
        }
        self.steps += end.saturating_sub(first) / NODES_PER_STEP;
        Ok(false)
    }

    fn template(&mut self, template: TemplateId, node: NodeId) -> Result<bool, Damage> {
        let pattern = self.pattern;
        let template = &pattern.templates[template as usize];
        if !self.has_kind(node, template.kind) || !self.payload(&template.payload, template.kind, node)? {
            return Ok(false);
        }
        // The last goal that is pushed is the first that is taken.
        for field in template.fields.iter().rev() {
            if !self.field(*field, template.kind, node)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn has_kind(&self, node: NodeId, kind: Kind) -> bool {
        self.tree.kinds().get(node as usize) == Some(&(kind as u8))
    }

    fn field(&mut self, test: FieldTest, kind: Kind, node: NodeId) -> Result<bool, Damage> {
        match test {
            FieldTest::Absent(field) => return Ok(self.child(node, field)?.is_none()),
            FieldTest::Child(field, test) => {
                let Some(child) = self.child(node, field)? else { return Ok(false) };
                // A wrong kind is found here, before any goal is added for the other fields.
                if let NodeTest::Template(template) = test
                    && !self.has_kind(child, self.pattern.templates[template as usize].kind)
                {
                    return Ok(false);
                }
                self.goals.push(Goal::Node(test, child));
            }
            FieldTest::List(field, list) => {
                let subjects = self.children(node, field)?;
                if field == Field::DecoratorList && !subjects.is_empty() {
                    self.first_decorator = self.first_decorator.min(self.arena.get(subjects, 0).node);
                }
                self.push_list(list, subjects, None);
            }
            FieldTest::Arguments(field, list, set) => {
                let subjects = self.children(node, field)?;
                let remaining = self.children(node, Field::Keywords)?;
                self.push_list(list, subjects, Some(PendingKeywords { set, remaining, last_sequence: None }));
            }
            FieldTest::Decorators(set) => {
                let remaining = self.children(node, Field::DecoratorList)?;
                let pending = PendingKeywords { set, remaining, last_sequence: None };
                self.goals.push(Goal::Keywords(KeywordGoal { element: 0, pending }));
            }
            FieldTest::ClassPatterns(list, set) => {
                let subjects = self.children(node, Field::Patterns)?;
                let remaining = self.keyword_patterns(node)?;
                self.push_list(list, subjects, Some(PendingKeywords { set, remaining, last_sequence: None }));
            }
            FieldTest::Parameters(list) => {
                let subjects = self.parameters(node)?;
                self.push_list(list, subjects, None);
            }
            FieldTest::DictItems(list) => {
                let subjects = self.dict_items(node)?;
                self.push_list(list, subjects, None);
            }
            FieldTest::Names(list) => {
                let subjects = self.names_of(node, kind)?;
                self.push_list(list, subjects, None);
            }
            FieldTest::Name(test) => self.goals.push(Goal::Name(test, node)),
        }
        Ok(true)
    }
}
