//! [`Occurrence`]: a place where a source uses or binds a name.

use lazyast_format::NodeId;

use crate::symbol::SymbolId;

/// What a node does with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameRole {
    /// Reads it.
    Use,
    /// Assigns it: also targets of loops, `with` and comprehensions, and `:=`.
    Assignment,
    /// Assigns it and reads it before: `x += 1`.
    AugmentedAssignment,
    /// Annotates it without a value: `x: int`.
    Annotation,
    /// Deletes it.
    Deletion,
    /// Imports it.
    Import,
    /// Defines it as a function.
    Function,
    /// Defines it as a class.
    Class,
    /// Is the parameter.
    Parameter,
    /// Is the type parameter.
    TypeParameter,
    /// Binds the exception that was caught.
    Exception,
    /// Captures a part of the subject of a `match`.
    Capture,
    /// Names it in a `global` or `nonlocal` statement.
    Declaration,
}

impl NameRole {
    /// Whether the node gives the name a value.
    pub fn binds(self) -> bool {
        !matches!(self, Self::Use | Self::Annotation | Self::Deletion | Self::Declaration)
    }

    /// The name of the role in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Use => "use",
            Self::Assignment => "assignment",
            Self::AugmentedAssignment => "augmented assignment",
            Self::Annotation => "annotation",
            Self::Deletion => "deletion",
            Self::Import => "import",
            Self::Function => "function",
            Self::Class => "class",
            Self::Parameter => "parameter",
            Self::TypeParameter => "type parameter",
            Self::Exception => "exception",
            Self::Capture => "capture",
            Self::Declaration => "declaration",
        }
    }
}

/// A node that uses or binds a name. The node of a definition, an import or a parameter is the `FunctionDef`, the
/// `alias` or the `arg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The node.
    pub node: NodeId,
    /// The symbol in the scope of the node.
    pub symbol: SymbolId,
    /// What the node does with it.
    pub role: NameRole,
}
