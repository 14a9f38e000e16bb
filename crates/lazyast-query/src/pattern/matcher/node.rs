//! The step of a node: compares it with a template, and adds goals for the fields.

use lazyast_format::{Damage, Field, Kind, NodeId};

use super::goal::{Goal, KeywordGoal, PendingKeywords};
use super::state::Matcher;
use crate::pattern::program::{FieldTest, NodeTest, TemplateId};

impl Matcher<'_, '_, '_> {
    pub(super) fn step_node(&mut self, test: NodeTest, node: NodeId) -> Result<bool, Damage> {
        match test {
            NodeTest::Any(capture) => self.bind_node(capture, node),
            NodeTest::Template(template) => self.template(template, node),
            NodeTest::Reference(id) => {
                let (reference, in_tree) =
                    (&self.pattern.references[id as usize], &self.references[id as usize]);
                in_tree.matches(reference, self.tree, node)
            }
        }
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
