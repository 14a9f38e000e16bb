//! [`Operand`]: what the value of an attribute is compared with.

use std::cmp::Ordering;

use lazyast_format::read::Constant;

use super::number::Number;
use super::value::AttributeValue;
use crate::text_regex::TextRegex;

/// The Python types that constants have.
pub(crate) const CONSTANT_TYPES: [&str; 8] =
    ["str", "bytes", "int", "float", "complex", "bool", "NoneType", "ellipsis"];

/// The right-hand side of an attribute test.
#[derive(Debug)]
pub(crate) enum Operand {
    Text(String),
    Bytes(Vec<u8>),
    Number(Number),
    Bool(bool),
    None,
    Ellipsis,
    Regex(TextRegex),
    /// One of [`CONSTANT_TYPES`].
    Type(&'static str),
}

impl Operand {
    /// Whether a field without a value can equal the operand.
    pub(super) fn may_equal_none(&self) -> bool {
        matches!(self, Self::None | Self::Type("NoneType"))
    }

    /// Whether a value equals the operand, matches it, or has its type. Nodes and lists equal nothing.
    pub(super) fn equals(&self, value: &AttributeValue<'_>) -> bool {
        match (self, value) {
            (Self::Text(text), AttributeValue::Identifier(actual)) => text == actual,
            (Self::Text(text), AttributeValue::Class(actual)) => text == actual,
            (Self::Text(text), AttributeValue::Constant(Constant::Str(actual))) => text.as_bytes() == *actual,
            (Self::Bytes(bytes), AttributeValue::Constant(Constant::Bytes(actual))) => bytes == actual,
            (Self::Number(number), value) => {
                value.number().and_then(|actual| actual.compare(number)) == Some(Ordering::Equal)
            }
            (Self::Bool(truth), AttributeValue::Constant(Constant::Bool(actual))) => truth == actual,
            (Self::None, AttributeValue::None | AttributeValue::Constant(Constant::None)) => true,
            (Self::Ellipsis, AttributeValue::Constant(Constant::Ellipsis)) => true,
            (Self::Regex(text), AttributeValue::Identifier(value)) => text.regex.is_match(value),
            (Self::Regex(text), AttributeValue::Class(value)) => text.regex.is_match(value),
            (Self::Regex(text), AttributeValue::Constant(Constant::Str(value))) => {
                // Lone surrogates become replacement characters, which the expression may match.
                text.regex.is_match(&String::from_utf8_lossy(value))
            }
            (Self::Type(name), AttributeValue::Constant(constant)) => *name == type_name(constant),
            (Self::Type(name), AttributeValue::Identifier(_)) => *name == "str",
            (Self::Type(name), AttributeValue::Int(_)) => *name == "int",
            (Self::Type(name), AttributeValue::None) => *name == "NoneType",
            _ => false,
        }
    }
}

fn type_name(constant: &Constant<'_>) -> &'static str {
    match constant {
        Constant::None => "NoneType",
        Constant::Bool(_) => "bool",
        Constant::Ellipsis => "ellipsis",
        Constant::Str(_) => "str",
        Constant::Bytes(_) => "bytes",
        Constant::Int(_) | Constant::BigInt(_) => "int",
        Constant::Float(_) => "float",
        Constant::Imaginary(_) => "complex",
    }
}
