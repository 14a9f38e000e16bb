//! Compares payloads: what nodes have besides children.

use lazyast_format::encoding::{Payload, Stored};
use lazyast_format::{Damage, Kind, NodeId};

use super::state::Matcher;
use crate::pattern::equality::constant_equals;
use crate::pattern::program::PayloadTest;

impl Matcher<'_, '_, '_> {
    pub(super) fn payload(&mut self, test: &PayloadTest, kind: Kind, node: NodeId) -> Result<bool, Damage> {
        if matches!(test, PayloadTest::Anything) {
            return Ok(true);
        }
        let tree = self.tree;
        let payload = tree.payload(node, kind)?;
        match (test, payload) {
            (PayloadTest::Name(test), payload) => match payload.name() {
                Some(name) => self.name(*test, node, name),
                None => Ok(false),
            },
            (PayloadTest::OptionalName(test), payload) => self.optional_name(*test, node, payload.name()),
            (PayloadTest::Same(expected), payload) => Ok(payload == *expected),
            (PayloadTest::Operators(operators), Payload::Operators(Stored::Record(list))) => {
                Ok(tree.list(list)?.eq(operators.iter().map(|operator| u32::from(*operator))))
            }
            (PayloadTest::Alias(name_test, asname_test), Payload::Alias(alias)) => {
                let (name, asname) = tree.alias(alias)?;
                Ok(self.name(*name_test, node, name)? && self.optional_name(*asname_test, node, asname)?)
            }
            (PayloadTest::ImportFrom(module, level, is_lazy), Payload::ImportFrom(import)) => {
                let import = tree.import_from(import)?;
                let is_same_form = import.level == *level && import.is_lazy == *is_lazy;
                Ok(is_same_form && self.optional_name(*module, node, import.module)?)
            }
            (PayloadTest::Constant(literal), payload) => constant_equals(tree, literal, kind, payload),
            _ => Ok(false),
        }
    }
}
