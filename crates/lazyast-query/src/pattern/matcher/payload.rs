//! Compares payloads: what nodes have besides children.

use lazyast_format::encoding::{ConstantTag, Payload, Stored};
use lazyast_format::{Damage, Kind, NodeId};

use super::state::Matcher;
use crate::pattern::equality::constant_equals;
use crate::pattern::program::{CaptureId, PayloadTest, TextPart};
use crate::pattern::subject::{Subject, SubjectForm};

/// The largest number of texts that the metavariables of one string try.
const MAX_TEXT_TRIALS: u32 = 100_000;

/// Whether a metavariable occurs twice among the parts of a text.
fn has_repeated(parts: &[TextPart]) -> bool {
    let captures = || {
        parts.iter().filter_map(|part| match part {
            TextPart::Any(capture) => *capture,
            TextPart::Exactly(_) => None,
        })
    };
    captures().enumerate().any(|(index, capture)| captures().take(index).any(|earlier| earlier == capture))
}

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
                if !is_text {
                    return Ok(false);
                }
                let text = tree.string(value)?;
                if has_repeated(parts) {
                    self.text_with_repeated(parts, node, text)
                } else {
                    self.text(parts, node, text)
                }
            }
            (PayloadTest::Constant(literal), payload) => constant_equals(tree, literal, kind, payload),
            _ => Ok(false),
        }
    }

    /// Compares a text with parts among which a metavariable occurs twice: if the shortest texts differ, longer ones are
    /// tried. A text that takes too many trials does not match.
    fn text_with_repeated(&mut self, parts: &[TextPart], node: NodeId, text: &[u8]) -> Result<bool, Damage> {
        // Metavariables that have taken a text: the part, where it starts, its length, and the bindings before it.
        let mut taken: Vec<(usize, usize, usize, u32)> = Vec::new();
        let (mut part, mut at) = (0, 0);
        let mut trials = 0;
        while trials < MAX_TEXT_TRIALS {
            trials += 1;
            let fits = match parts.get(part) {
                None if at == text.len() => return Ok(true),
                Some(TextPart::Exactly(expected)) if text[at..].starts_with(expected) => {
                    (part, at) = (part + 1, at + expected.len());
                    true
                }
                Some(TextPart::Any(capture)) => {
                    let mark = self.bindings.mark();
                    taken.push((part, at, 0, mark));
                    part += 1;
                    self.bind_text(*capture, node, at, 0)?
                }
                None | Some(TextPart::Exactly(_)) => false,
            };
            if fits {
                continue;
            }
            // The last metavariable that can takes one more character.
            while trials < MAX_TEXT_TRIALS {
                trials += 1;
                let Some((index, start, length, mark)) = taken.pop() else { return Ok(false) };
                self.bindings.undo(mark);
                let rest = &text[start + length..];
                if rest.is_empty() {
                    continue;
                }
                let length = length + 1 + rest[1..].iter().take_while(|byte| **byte & 0xc0 == 0x80).count();
                taken.push((index, start, length, mark));
                let TextPart::Any(capture) = parts[index] else { return Ok(false) };
                if self.bind_text(capture, node, start, length)? {
                    (part, at) = (index + 1, start + length);
                    break;
                }
            }
        }
        self.given_up.push(node);
        Ok(false)
    }

    fn bind_text(
        &mut self,
        capture: Option<CaptureId>,
        node: NodeId,
        start: usize,
        length: usize,
    ) -> Result<bool, Damage> {
        let form = SubjectForm::Text(start as u32, (start + length) as u32);
        self.bind(capture, Subject { node, form })
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
            if !self.bind_text(capture, node, at, length)? {
                return Ok(false);
            }
            at += length;
        }
        Ok(at == text.len())
    }
}
