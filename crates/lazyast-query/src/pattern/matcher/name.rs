//! Compares names. The tree stores each identifier once, so a whole name is compared by its number.

use lazyast_format::{Damage, Kind, NodeId};

use super::state::Matcher;
use crate::pattern::program::{ListElement, ListId, NameTest};
use crate::pattern::subject::{Subject, SubjectForm};

impl Matcher<'_, '_, '_> {
    pub(super) fn name(&mut self, test: NameTest, node: NodeId, name: u32) -> Result<bool, Damage> {
        match test {
            NameTest::Exactly(expected) => Ok(self.names[expected as usize] == Some(name)),
            NameTest::Any(capture) => self.bind(capture, Subject::name(node, name)),
            NameTest::Dotted(parts) => self.dotted_name(parts, node, name),
        }
    }

    fn dotted_name(&mut self, list: ListId, node: NodeId, name: u32) -> Result<bool, Damage> {
        let pattern = self.pattern;
        let elements = &pattern.lists[list as usize].elements;
        let parts = self.tree.name(name)?.split('.');
        if parts.clone().count() != elements.len() {
            return Ok(false);
        }
        for (index, (part, element)) in parts.zip(elements).enumerate() {
            let matches = match element {
                ListElement::Name(NameTest::Exactly(expected)) => {
                    pattern.names[*expected as usize].text() == part
                }
                ListElement::Name(NameTest::Any(capture)) => {
                    let form = SubjectForm::DottedPart(name, index as u16);
                    self.bind(*capture, Subject { node, form })?
                }
                _ => false,
            };
            if !matches {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn optional_name(
        &mut self,
        test: Option<NameTest>,
        node: NodeId,
        name: Option<u32>,
    ) -> Result<bool, Damage> {
        match (test, name) {
            (None, None) => Ok(true),
            (Some(test), Some(name)) => self.name(test, node, name),
            _ => Ok(false),
        }
    }

    /// The step of a name that is a metavariable or has one in it.
    pub(super) fn step_name(&mut self, test: NameTest, node: NodeId) -> Result<bool, Damage> {
        let kind = self.tree.kind(node)?;
        match (self.tree.payload(node, kind)?.name(), test) {
            (Some(name), test) => self.name(test, node, name),
            (None, NameTest::Any(capture)) if kind == Kind::MatchStar => {
                self.bind(capture, Subject { node, form: SubjectForm::Underscore })
            }
            (None, _) => Ok(false),
        }
    }
}
