//! [`FieldSpec`]: how the value of a field of an `ast` node is found in an archive. The generated tables consist of
//! these.

use super::generated::codes::{Field, SingletonClass};

/// One field of a kind, as `ast` defines it.
#[derive(Debug)]
pub struct FieldSpec {
    /// The name in CPython.
    pub name: &'static str,
    /// The abstract class or the type of the value, or of the elements of a list, as CPython's grammar names it.
    pub class: &'static str,
    /// The code of the children that make the value, if it is made of children.
    pub field: Option<Field>,
    /// Where the value comes from.
    pub role: Role,
    /// Whether the value may be `None`.
    pub optional: bool,
    /// Whether the value is a list.
    pub list: bool,
    /// The abstract class of a value that is a shared instance.
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
    /// `Dict.keys`: children, and `None` for each value without a key.
    Keys,
    /// `arguments.kw_defaults`: children, and `None` for each keyword-only parameter without a default.
    KwDefaults,
    /// `JoinedStr.values`: children, and the empty constants of 3.12 in the releases that have them.
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
    /// `'u'` if the constant was written with that prefix, or `None`.
    ConstantKind,
    /// 0 or 1.
    Flag,
    /// `ImportFrom.module`.
    Module,
    /// `ImportFrom.level`.
    Level,
    /// `ImportFrom.is_lazy`: 0 or 1.
    IsLazy,
    /// `alias.name`.
    AliasName,
    /// `alias.asname`.
    Asname,
    /// The payload's conversion: -1 or a character's code.
    Conversion,
    /// `Interpolation.str`.
    Text,
}
