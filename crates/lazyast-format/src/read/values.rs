//! The values of a node's fields, as `ast` would have them.

use core::fmt;

use super::{Damage, FieldChildren, Node, NodeId, Target, Tree};
use crate::encoding::{
    AliasRecord, ConstantSingleton, ConstantTag, ImportFromRecord, InterpolationRecord, Payload, Stored,
};
use crate::generated::tables::SingletonClass;
use crate::shape::{FieldSpec, Role};

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `None`.
    None,
    /// An `int`.
    Int(i32),
    /// An identifier.
    Identifier(&'a str),
    /// A shared instance.
    Singleton(Singleton),
    /// A constant.
    Constant(Constant<'a>),
    /// A node.
    Node(NodeId),
    /// A list of nodes; `None` stands for itself.
    Nodes(Vec<Option<NodeId>>),
    /// A list of identifiers.
    Identifiers(Vec<&'a str>),
    /// A list of shared instances.
    Singletons(Vec<Singleton>),
}

/// A shared instance: an operator or an expression context.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Singleton {
    /// Its abstract class.
    pub class: SingletonClass,
    /// Its place among the class's instances.
    pub code: u8,
}

impl Singleton {
    fn new(class: SingletonClass, code: u32) -> Result<Self, Damage> {
        match u8::try_from(code) {
            Ok(code) if usize::from(code) < class.names().len() => Ok(Self { class, code }),
            _ => Err(Damage { what: "unknown operator or context", at: code, found: u64::from(code) }),
        }
    }

    /// The name of its concrete class.
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
    /// A `str`, as WTF-8: UTF-8 in which lone surrogates have their three bytes.
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

impl<'a> Node<'_, 'a> {
    /// The value of one of the kind's [`fields`](crate::Kind::fields).
    pub fn value(self, spec: &FieldSpec, target: Target) -> Result<Value<'a>, Damage> {
        if let Some(children) = FieldChildren::of(spec, target) {
            return self.children_value(spec, children);
        }
        match spec.role {
            Role::None => Ok(Value::None),
            Role::Empty => Ok(Value::Nodes(Vec::new())),
            Role::Zero => Ok(Value::Int(0)),
            _ => self.payload_value(spec),
        }
    }

    fn children_value(self, spec: &FieldSpec, children: FieldChildren) -> Result<Value<'a>, Damage> {
        match children {
            FieldChildren::One(wanted) => {
                for child in self.children() {
                    let (field, child) = child?;
                    if field == wanted {
                        return Ok(Value::Node(child.id()));
                    }
                }
                if spec.optional {
                    return Ok(Value::None);
                }
                Err(Damage { what: "required child is missing", at: self.id(), found: 0 })
            }
            FieldChildren::List(fields) => {
                let mut nodes = Vec::new();
                for child in self.children() {
                    let (field, child) = child?;
                    if fields.contains(field) {
                        nodes.push(Some(child.id()));
                    }
                }
                Ok(Value::Nodes(nodes))
            }
            FieldChildren::Sparse(list) => {
                let mut entries = list.entries();
                for child in self.children() {
                    let (field, child) = child?;
                    entries.add(field, child.id());
                }
                Ok(Value::Nodes(entries.finish()))
            }
        }
    }

    fn payload_value(self, spec: &FieldSpec) -> Result<Value<'a>, Damage> {
        let tree = self.tree;
        Ok(match tree.part(spec, tree.payload(self.id(), self.kind()?)?, self.id())? {
            Part::None => Value::None,
            Part::Int(int) => Value::Int(int),
            Part::Name(number) => Value::Identifier(tree.name(number)?),
            Part::UnicodeKind => Value::Identifier("u"),
            Part::Singleton(singleton) => Value::Singleton(singleton),
            Part::Constant(constant) => Value::Constant(constant),
            Part::Names(numbers) => {
                let names = numbers.into_iter().map(|number| tree.name(number));
                Value::Identifiers(names.collect::<Result<_, _>>()?)
            }
            Part::Singletons(singletons) => Value::Singletons(singletons),
        })
    }
}

/// What a payload says of a field. Names are numbers, so that who needs a name often can keep it.
#[derive(Clone, Debug, PartialEq)]
pub enum Part<'a> {
    /// `None`.
    None,
    /// An `int`.
    Int(i32),
    /// The identifier with this number.
    Name(u32),
    /// The `'u'` of a constant's kind.
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

impl<'a> Tree<'a> {
    /// What the payload of a node says of a field. `at` is the node's number, for errors.
    ///
    /// Fields whose values are children, or always the same, are not in the payload.
    pub fn part(&self, spec: &FieldSpec, payload: Payload, at: NodeId) -> Result<Part<'a>, Damage> {
        let optional_name = |name: Option<u32>| name.map_or(Part::None, Part::Name);
        let singleton = |code: u32| {
            let class = spec.singletons.ok_or(Damage { what: "field has no singletons", at, found: 0 })?;
            Singleton::new(class, code)
        };
        Ok(match (spec.role, payload) {
            (Role::Name, Payload::Name(name) | Payload::NameContext { name, .. }) => Part::Name(name),
            (Role::OptionalName, Payload::OptionalName(name)) => optional_name(name),
            (Role::Names, Payload::Names(list)) => Part::Names(self.extra_list(list)?.collect()),
            (Role::Context, Payload::Context(code) | Payload::NameContext { context: code, .. })
            | (Role::Operator, Payload::Operator(code)) => Part::Singleton(singleton(code)?),
            (Role::Operators, Payload::Operators(operators)) => Part::Singletons(match operators {
                Stored::Inline(operator) => vec![singleton(operator)?],
                Stored::Record(list) => self.extra_list(list)?.map(singleton).collect::<Result<_, _>>()?,
            }),
            (Role::Constant, Payload::Constant { tag, value }) => {
                Part::Constant(self.constant(tag, value, at)?)
            }
            (Role::ConstantKind, Payload::Constant { tag: ConstantTag::UnicodeStr, .. }) => Part::UnicodeKind,
            (Role::ConstantKind, Payload::Constant { .. }) => Part::None,
            (Role::Flag, Payload::Flag(flag)) => Part::Int((flag & 1) as i32),
            (Role::Module, Payload::ImportFrom(import)) => optional_name(self.import_from(import)?.module),
            (Role::Level, Payload::ImportFrom(import)) => Part::Int(self.import_from(import)?.level as i32),
            (Role::AliasName, Payload::Alias(alias)) => Part::Name(self.alias(alias)?.0),
            (Role::Asname, Payload::Alias(alias)) => optional_name(self.alias(alias)?.1),
            (Role::Conversion, Payload::Conversion(conversion)) => Part::Int(conversion),
            (Role::Conversion, Payload::Interpolation(record)) => {
                Part::Int(self.record::<InterpolationRecord>(record)?.conversion)
            }
            (Role::Text, Payload::Interpolation(record)) => {
                let text = self.record::<InterpolationRecord>(record)?.text;
                Part::Constant(Constant::Str(self.string(text)?))
            }
            _ => {
                return Err(Damage {
                    what: "field is not in the payload",
                    at,
                    found: u64::from(payload.encode()),
                });
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
            Stored::Inline(module) => Ok(ImportFromRecord { module, level: 0 }),
            Stored::Record(offset) => self.record(offset),
        }
    }

    fn constant(&self, tag: ConstantTag, value: u32, at: NodeId) -> Result<Constant<'a>, Damage> {
        Ok(match tag {
            ConstantTag::Str | ConstantTag::UnicodeStr => Constant::Str(self.string(value)?),
            ConstantTag::Bytes => Constant::Bytes(self.string(value)?),
            ConstantTag::Int => Constant::Int(value),
            ConstantTag::BigInt => {
                let digits = core::str::from_utf8(self.string(value)?).ok();
                let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_alphanumeric()));
                Constant::BigInt(digits.ok_or(Damage {
                    what: "big integer is not a literal",
                    at: value,
                    found: 0,
                })?)
            }
            ConstantTag::Float => Constant::Float(self.float(value)?),
            ConstantTag::Imaginary => Constant::Imaginary(self.float(value)?),
            ConstantTag::Singleton => match ConstantSingleton::from_code(value) {
                Some(ConstantSingleton::None) => Constant::None,
                Some(ConstantSingleton::True) => Constant::Bool(true),
                Some(ConstantSingleton::False) => Constant::Bool(false),
                Some(ConstantSingleton::Ellipsis) => Constant::Ellipsis,
                None => return Err(Damage { what: "unknown constant", at, found: u64::from(value) }),
            },
        })
    }
}
