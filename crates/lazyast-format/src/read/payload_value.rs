//! [`PayloadValue`]: the values of fields that are in a payload.

use core::fmt;

use super::damage::Damage;
use super::tree::Tree;
use crate::encoding::{
    AliasRecord, ConstantSingleton, ConstantTag, ImportFromRecord, InterpolationRecord, NodeId, Payload,
    Stored,
};
use crate::schema::{FieldSpec, Role, SingletonClass};

/// The value of a field in a payload. Names are numbers, so that callers can keep an object for each name.
#[derive(Clone, Debug, PartialEq)]
pub enum PayloadValue<'a> {
    /// `None`.
    None,
    /// An `int`.
    Int(i32),
    /// The identifier with this number.
    Name(u32),
    /// The value `'u'` of a constant's `kind`.
    UnicodeKind,
    /// A shared instance.
    Singleton(Singleton),
    /// A constant.
    Constant(Constant<'a>),
    /// The identifiers with these numbers.
    Names(Vec<u32>),
    /// A list of shared instances.
    Singletons(Vec<Singleton>),
}

/// An operator or an expression context. CPython shares one instance of each among all trees.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Singleton {
    /// The abstract class.
    pub class: SingletonClass,
    /// The index of the concrete class among those of the abstract class.
    pub code: u8,
}

impl Singleton {
    fn new(class: SingletonClass, code: u32, at: NodeId) -> Result<Self, Damage> {
        match u8::try_from(code) {
            Ok(code) if usize::from(code) < class.names().len() => Ok(Self { class, code }),
            _ => Err(Damage::new("unknown operator or context", at).found(code)),
        }
    }

    /// The name of the concrete class.
    pub fn name(self) -> &'static str {
        self.class.names()[usize::from(self.code)]
    }
}

impl fmt::Debug for Singleton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The value of a `Constant`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant<'a> {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// `...`.
    Ellipsis,
    /// A `str`, as WTF-8: UTF-8 in which lone surrogates are encoded in three bytes.
    Str(&'a [u8]),
    /// A `bytes`.
    Bytes(&'a [u8]),
    /// An `int` below 2^29.
    Int(u32),
    /// A larger `int`, as an integer literal without underscores, in base 2, 8, 10 or 16.
    BigInt(&'a str),
    /// A `float`.
    Float(f64),
    /// A `complex` whose real part is 0.0.
    Imaginary(f64),
}

impl<'a> Tree<'a> {
    /// The value of a field in the payload of a node. `at` is the node's number, for errors.
    ///
    /// Fields whose values are children, or always the same, are not in the payload.
    pub fn payload_value(
        &self,
        spec: &FieldSpec,
        payload: Payload,
        at: NodeId,
    ) -> Result<PayloadValue<'a>, Damage> {
        let optional_name = |name: Option<u32>| name.map_or(PayloadValue::None, PayloadValue::Name);
        let singleton = |code: u32| {
            let class = spec.singletons.ok_or_else(|| Damage::new("field has no singletons", at))?;
            Singleton::new(class, code, at)
        };
        Ok(match (spec.role, payload) {
            (Role::Name, Payload::Name(name) | Payload::NameContext { name, .. }) => PayloadValue::Name(name),
            (Role::OptionalName, Payload::OptionalName(name)) => optional_name(name),
            (Role::Names, Payload::Names(list)) => PayloadValue::Names(self.list(list)?.collect()),
            (Role::Context, Payload::Context(code) | Payload::NameContext { context: code, .. })
            | (Role::Operator, Payload::Operator(code)) => PayloadValue::Singleton(singleton(code)?),
            (Role::Operators, Payload::Operators(operators)) => PayloadValue::Singletons(match operators {
                Stored::Inline(operator) => vec![singleton(operator)?],
                Stored::Record(list) => self.list(list)?.map(singleton).collect::<Result<_, _>>()?,
            }),
            (Role::Constant, Payload::Constant { tag, value }) => {
                PayloadValue::Constant(self.constant(tag, value, at)?)
            }
            (Role::ConstantKind, Payload::Constant { tag: ConstantTag::UnicodeStr, .. }) => {
                PayloadValue::UnicodeKind
            }
            (Role::ConstantKind, Payload::Constant { .. }) => PayloadValue::None,
            (Role::Flag, Payload::Flag(flag)) => PayloadValue::Int((flag & 1) as i32),
            (Role::Module, Payload::ImportFrom(import)) => optional_name(self.import_from(import)?.module),
            (Role::Level, Payload::ImportFrom(import)) => {
                PayloadValue::Int(self.import_from(import)?.level as i32)
            }
            (Role::IsLazy, Payload::ImportFrom(import)) => {
                PayloadValue::Int(i32::from(self.import_from(import)?.is_lazy))
            }
            (Role::AliasName, Payload::Alias(alias)) => PayloadValue::Name(self.alias(alias)?.0),
            (Role::Asname, Payload::Alias(alias)) => optional_name(self.alias(alias)?.1),
            (Role::Conversion, Payload::Conversion(conversion)) => PayloadValue::Int(conversion),
            (Role::Conversion, Payload::Interpolation(record)) => {
                PayloadValue::Int(self.record::<InterpolationRecord>(record)?.conversion)
            }
            (Role::Text, Payload::Interpolation(record)) => {
                let text = self.record::<InterpolationRecord>(record)?.text;
                PayloadValue::Constant(Constant::Str(self.string(text)?))
            }
            _ => {
                return Err(Damage::new("field is not in the payload", at).found(payload.encode()));
            }
        })
    }

    /// The name and the `asname` of an alias.
    pub fn alias(&self, alias: Stored<u32>) -> Result<(u32, Option<u32>), Damage> {
        Ok(match alias {
            Stored::Inline(name) => (name, None),
            Stored::Record(offset) => {
                let AliasRecord { name, asname } = self.record(offset)?;
                (name, Some(asname))
            }
        })
    }

    /// The module and the level of an `ImportFrom`.
    pub fn import_from(&self, import: Stored<Option<u32>>) -> Result<ImportFromRecord, Damage> {
        match import {
            Stored::Inline(module) => Ok(ImportFromRecord { module, level: 0, is_lazy: false }),
            Stored::Record(offset) => self.record(offset),
        }
    }

    /// A constant by its tag and value. `at` is the node's number, for errors.
    pub fn constant(&self, tag: ConstantTag, value: u32, at: NodeId) -> Result<Constant<'a>, Damage> {
        Ok(match tag {
            ConstantTag::Str | ConstantTag::UnicodeStr => Constant::Str(self.string(value)?),
            ConstantTag::Bytes => Constant::Bytes(self.string(value)?),
            ConstantTag::Int => Constant::Int(value),
            ConstantTag::BigInt => {
                let digits = core::str::from_utf8(self.string(value)?).ok();
                let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_alphanumeric()));
                Constant::BigInt(digits.ok_or_else(|| Damage::new("big integer is not a literal", value))?)
            }
            ConstantTag::Float => Constant::Float(self.float(value)?),
            ConstantTag::Imaginary => Constant::Imaginary(self.float(value)?),
            ConstantTag::Singleton => match ConstantSingleton::from_code(value) {
                Some(ConstantSingleton::None) => Constant::None,
                Some(ConstantSingleton::True) => Constant::Bool(true),
                Some(ConstantSingleton::False) => Constant::Bool(false),
                Some(ConstantSingleton::Ellipsis) => Constant::Ellipsis,
                None => return Err(Damage::new("unknown constant", at).found(value)),
            },
        })
    }
}
