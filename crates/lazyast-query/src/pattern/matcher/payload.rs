//! Compares payloads: what nodes have besides children.

use lazyast_format::encoding::{ConstantTag, Payload, Stored};
use lazyast_format::{Damage, Kind, NodeId};

use super::state::Matcher;
use crate::pattern::equality::constant_equals;
use crate::pattern::program::{PayloadTest, TextPart};
use crate::pattern::subject::{Subject, SubjectForm};

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
            (PayloadTest::Text(parts), Payload::Constant { tag, value }) => {
                let is_text = matches!(tag, ConstantTag::Str | ConstantTag::UnicodeStr);
                Ok(is_text && self.text(parts, node, tree.string(value)?)?)
            }
            (PayloadTest::Constant(literal), payload) => constant_equals(tree, literal, kind, payload),
            _ => Ok(false),
        }
    }

    /// Compares a text with parts. Each metavariable takes the shortest text that fits.
    fn text(&mut self, parts: &[TextPart], node: NodeId, text: &[u8]) -> Result<bool, Damage> {
        let mut at = 0;
        for (index, part) in parts.iter().enumerate() {
            let rest = &text[at..];
            let capture = match part {
                TextPart::Exactly(expected) if rest.starts_with(expected) => {
                    at += expected.len();
                    continue;
                }
                TextPart::Exactly(_) => return Ok(false),
                TextPart::Any(capture) => *capture,
            };
            let length = match parts.get(index + 1) {
                None => Some(rest.len()),
                Some(TextPart::Any(_)) => Some(0),
                Some(TextPart::Exactly(next)) if index + 2 == parts.len() => {
                    rest.strip_suffix(next.as_slice()).map(<[u8]>::len)
                }
                Some(TextPart::Exactly(next)) => memchr::memmem::find(rest, next),
            };
            let Some(length) = length else { return Ok(false) };
            let form = SubjectForm::Text(at as u32, (at + length) as u32);
            if !self.bind(capture, Subject { node, form })? {
                return Ok(false);
            }
            at += length;
        }
        Ok(at == text.len())
    }
}
