//! The vocabulary of the generated tables: how a field of a CPython node is found in an archive.

use crate::generated::tables::{Field, SingletonClass};

/// One field of a node kind, as `ast` knows it.
#[derive(Debug)]
pub struct FieldSpec {
    /// CPython's name.
    pub name: &'static str,
    /// The abstract class or the type of the value or of its elements, as CPython's grammar names it.
    pub class: &'static str,
    /// The code of the children that make the value, where it is made of children.
    pub field: Option<Field>,
    /// Where the value comes from.
    pub role: Role,
    /// Whether the value may be `None`.
    pub optional: bool,
    /// Whether the value is a list.
    pub list: bool,
    /// The class of a value that is a singleton.
    pub singletons: Option<SingletonClass>,
    /// The minor version of the first Python 3 with this field.
    pub since: u8,
}

/// Where a field's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The one child with the field's code, or `None`.
    Child,
    /// All children with the field's code.
    Children,
    /// `Dict.keys`: children, with a hole for each value that no key precedes.
    Keys,
    /// `arguments.kw_defaults`: children, with a hole for each `kwonlyargs` child that no default follows.
    KwDefaults,
    /// `JoinedStr.values`: children, and the empty constants of 3.12 where the target has them.
    Values,
    /// Always `None`.
    None,
    /// Always `[]`.
    Empty,
    /// Always 0.
    Zero,
    /// The payload's name.
    Name,
    /// The payload's name, or `None`.
    OptionalName,
    /// The payload's list of names.
    Names,
    /// The payload's expression context.
    Context,
    /// The payload's operator.
    Operator,
    /// The payload's list of operators.
    Operators,
    /// The payload's constant.
    Constant,
    /// `'u'` where the constant was written with that prefix, or `None`.
    ConstantKind,
    /// The payload itself, 0 or 1.
    Flag,
    /// `ImportFrom.module`.
    Module,
    /// `ImportFrom.level`.
    Level,
    /// `alias.name`.
    AliasName,
    /// `alias.asname`.
    Asname,
    /// The payload's conversion: -1 or a character's code.
    Conversion,
    /// `Interpolation.str`.
    Text,
}

/// How a payload is packed. FORMAT.md, "Payloads", is the description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// 0.
    None,
    /// A name's number.
    Name,
    /// A name's number plus one, or 0.
    OptionalName,
    /// `name << 2 | context`.
    NameContext,
    /// An expression context.
    Context,
    /// An operator.
    Operator,
    /// One comparison operator, or `16 + place` of a counted list in the extras.
    Operators,
    /// `name << 1`, or `place << 1 | 1` of `[name, asname]`.
    Alias,
    /// `(module + 1) << 1`, or `place << 1 | 1` of `[module + 1, level]`.
    ImportFrom,
    /// The place of a counted list of names in the extras.
    Names,
    /// `value << 3 | tag`, see [`ConstantTag`].
    Constant,
    /// A conversion character plus one, or 0.
    Conversion,
    /// The place of `[string, conversion + 1]`.
    Interpolation,
    /// 0 or 1.
    Flag,
}

/// The low three bits of a constant's payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ConstantTag {
    /// A `str`: the number of a string.
    Str = 0,
    /// A `str` whose node has `kind='u'`.
    UnicodeStr = 1,
    /// A `bytes`: the number of a string.
    Bytes = 2,
    /// An `int` below 2^29: the value itself.
    Int = 3,
    /// A larger `int`: the number of a string that holds it as a Python literal without underscores.
    BigInt = 4,
    /// A `float`: the number of a float.
    Float = 5,
    /// A `complex` without a real part: the number of a float.
    Imaginary = 6,
    /// `None`, `True`, `False` and `...`: 0, 1, 2, 3.
    Singleton = 7,
}

impl ConstantTag {
    /// Every tag, by code.
    pub const ALL: [Self; 8] = [
        Self::Str,
        Self::UnicodeStr,
        Self::Bytes,
        Self::Int,
        Self::BigInt,
        Self::Float,
        Self::Imaginary,
        Self::Singleton,
    ];
}

/// The first integer that is stored as digits and not in the payload.
pub const BIG_INT: u64 = 1 << 29;

/// The first payload of the layout [`Payload::Operators`] that is not an operator but `16 + place`.
pub const OPERATOR_LIST: u32 = 16;

/// How many kinds of warnings there are.
pub const WARNING_KINDS: u32 = 3;

/// The minor version of the oldest Python 3 that archives serve.
pub const OLDEST_PYTHON: u8 = 11;
