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

/// How many kinds of warnings there are.
pub const WARNING_KINDS: u32 = 3;

/// The minor version of the oldest Python 3 that archives serve.
pub const OLDEST_PYTHON: u8 = 11;
