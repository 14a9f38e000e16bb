//! [`Scope`]: a part of a source with names of its own.

use lazyast_format::NodeId;

/// The number of a scope. Scope 0 is the module; a scope has a higher number than the scope around it.
pub type ScopeId = u32;

/// What makes a scope. The names of the variants are those of CPython's symbol tables where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopeKind {
    /// The module.
    Module,
    /// The body of a class.
    Class,
    /// The parameters and the body of a function.
    Function,
    /// The parameters and the body of a `lambda`.
    Lambda,
    /// A list, set or dictionary comprehension, apart from its first iterable.
    Comprehension,
    /// A generator expression, apart from its first iterable.
    Generator,
    /// The annotations of a function, or those of the variables of a module, a class or a function.
    Annotations,
    /// The type parameters of a function, a class or a type alias.
    TypeParameters,
    /// The bound or the default of a type parameter.
    TypeVariable,
    /// The value of a `type` statement.
    TypeAlias,
}

impl ScopeKind {
    /// Whether nested scopes see the names that are bound here, as those of functions.
    pub fn is_function_like(self) -> bool {
        !matches!(self, Self::Module | Self::Class)
    }

    /// Whether it is a comprehension or a generator expression.
    pub fn is_comprehension(self) -> bool {
        matches!(self, Self::Comprehension | Self::Generator)
    }

    /// The name of the kind in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Class => "class",
            Self::Function => "function",
            Self::Lambda => "lambda",
            Self::Comprehension => "comprehension",
            Self::Generator => "generator",
            Self::Annotations => "annotations",
            Self::TypeParameters => "type parameters",
            Self::TypeVariable => "type variable",
            Self::TypeAlias => "type alias",
        }
    }
}

/// A scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// What makes the scope.
    pub kind: ScopeKind,
    /// The node that the scope belongs to: the function, the class, the comprehension, the expression of a bound. Of
    /// annotations it is the function, or the first annotation of the module's or the class's variables.
    pub node: NodeId,
    /// The scope around it; the module has none.
    pub parent: Option<ScopeId>,
    /// Whether names are searched in the class directly around the scope first, as in annotations.
    pub sees_class: bool,
    /// Whether the scope is not in the symbol tables, because annotations are not evaluated.
    pub is_hidden: bool,
}
