//! Compiles what a node has besides children: names, operators, constants.

use lazyast_format::encoding::{Payload, Stored};
use lazyast_format::read::{Constant, FieldValue, PayloadValue};
use lazyast_format::schema::Role;
use lazyast_format::{Kind, NodeId};

use super::compiler::PatternCompiler;
use super::parsed::field;
use crate::error::QueryError;
use crate::integer::parse_integer;
use crate::pattern::program::{ConstantLiteral, PayloadTest, TextPart};
use crate::pattern::text::{LiteralPart, literal_parts};
use crate::prefilter::{Prefilter, StringNeedle};

impl PatternCompiler<'_, '_> {
    pub(super) fn payload_test(&mut self, node: NodeId, kind: Kind) -> Result<PayloadTest, QueryError> {
        let payload = self.parsed.payload(node, kind)?;
        Ok(match payload {
            Payload::None | Payload::Context(_) | Payload::Names(_) | Payload::Interpolation(_) => {
                PayloadTest::Anything
            }
            // `simple` is not compared.
            Payload::Flag(_) if kind == Kind::AnnAssign => PayloadTest::Anything,
            Payload::Name(_) | Payload::NameContext { .. } => {
                let name = self.parsed.name_of(node, Role::Name)?.unwrap_or_default();
                PayloadTest::Name(self.name_test(node, name)?)
            }
            Payload::OptionalName(_) => {
                PayloadTest::OptionalName(self.optional_name(node, Role::OptionalName)?)
            }
            Payload::Alias(_) => {
                let name = self.parsed.name_of(node, Role::AliasName)?.unwrap_or_default();
                PayloadTest::Alias(self.name_test(node, name)?, self.optional_name(node, Role::Asname)?)
            }
            Payload::ImportFrom(_) => {
                let module = self.optional_name(node, Role::Module)?;
                let int = |name| match self.parsed.value(node, field(kind, name))? {
                    FieldValue::Int(value) => Ok::<_, QueryError>(value as u32),
                    _ => Ok(0),
                };
                PayloadTest::ImportFrom(module, int("level")?, int("is_lazy")? == 1)
            }
            Payload::Operator(_)
            | Payload::Conversion(_)
            | Payload::Flag(_)
            | Payload::Operators(Stored::Inline(_)) => PayloadTest::Same(payload),
            Payload::Operators(Stored::Record(_)) => match self.parsed.value(node, field(kind, "ops"))? {
                FieldValue::Singletons(operators) => {
                    PayloadTest::Operators(operators.into_iter().map(|operator| operator.code).collect())
                }
                _ => PayloadTest::Anything,
            },
            Payload::Constant { .. } => match self.literal(node, kind, payload)? {
                ConstantLiteral::Str(text) => self.text_test(node, text)?,
                literal => PayloadTest::Constant(literal),
            },
        })
    }

    /// The test of the text of a `str` or of a literal part of an f-string, in which metavariables can stand.
    fn text_test(&mut self, node: NodeId, text: Vec<u8>) -> Result<PayloadTest, QueryError> {
        let Some(parts) = literal_parts(&text) else {
            self.require_text(&text);
            return Ok(PayloadTest::Constant(ConstantLiteral::Str(text)));
        };
        let mut tests = Vec::new();
        for part in parts {
            tests.push(match part {
                LiteralPart::Text(text) => {
                    self.require_text(&text);
                    TextPart::Exactly(text)
                }
                LiteralPart::Metavariable(metavariable) => TextPart::Any(self.capture(node, &metavariable)?),
            });
        }
        Ok(PayloadTest::Text(tests))
    }

    /// Adds a text that every file with a match has in a string.
    fn require_text(&mut self, text: &[u8]) {
        if !text.is_empty() {
            self.prefilters.push(Prefilter::String(StringNeedle::new(text)));
        }
    }

    fn literal(&mut self, node: NodeId, kind: Kind, payload: Payload) -> Result<ConstantLiteral, QueryError> {
        let part = self.parsed.tree.payload_value(field(kind, "value"), payload, node);
        let part = part.map_err(|damage| self.parsed.damage(&damage))?;
        let PayloadValue::Constant(constant) = part else { return Ok(ConstantLiteral::Payload(payload)) };
        let substituted = self.parsed.substituted;
        let literal = match constant {
            Constant::Str(text) => ConstantLiteral::Str(substituted.restore(text)),
            Constant::Bytes(bytes) => ConstantLiteral::Bytes(substituted.restore(bytes)),
            Constant::BigInt(digits) => ConstantLiteral::BigInt(parse_integer(digits).unwrap_or_default()),
            Constant::Float(number) => ConstantLiteral::Float(number.to_bits()),
            Constant::Imaginary(number) => ConstantLiteral::Imaginary(number.to_bits()),
            _ => ConstantLiteral::Payload(payload),
        };
        if let ConstantLiteral::Bytes(bytes) = &literal
            && !bytes.is_empty()
        {
            self.prefilters.push(Prefilter::String(StringNeedle::new(bytes)));
        }
        Ok(literal)
    }
}
