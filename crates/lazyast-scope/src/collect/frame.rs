//! [`Frame`]: what the ancestors of a node say about the scopes of their children.

use lazyast_format::{Kind, NodeId};

use crate::scope::ScopeId;

/// How private names are mangled. Classes are given by the number of their name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PrivateNames {
    /// Outside of classes: not at all.
    Kept,
    /// Inside of a class: all of them.
    OfClass(u32),
    /// Beside the type parameters of a class, in this scope: only those that are type parameters.
    OfTypeParameters(u32, ScopeId),
}

/// Where a node is evaluated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub(super) scope: ScopeId,
    /// How private names are mangled.
    pub(super) private: PrivateNames,
    /// Whether the node is a part of a comprehension's target.
    pub(super) is_iteration_target: bool,
    /// Whether the node is an annotation that is never evaluated.
    pub(super) is_unevaluated: bool,
}

impl Context {
    /// The context of another scope.
    pub(super) fn in_scope(self, scope: ScopeId) -> Self {
        Self { scope, is_iteration_target: false, ..self }
    }
}

/// An ancestor of the current node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) node: NodeId,
    pub(super) kind: Kind,
    pub(super) end: NodeId,
    /// Where the node itself is evaluated.
    pub(super) outer: Context,
    /// The scope of its body, of its comprehension or of its value.
    pub(super) inner: Option<Context>,
    /// The scope of its type parameters.
    pub(super) type_parameters: Option<Context>,
    /// The scope of its annotations.
    pub(super) annotations: Option<Context>,
    /// The number of generators that came before.
    pub(super) generators: u32,
    /// Whether this is the first generator of a comprehension.
    pub(super) is_first_generator: bool,
}

impl Frame {
    pub(super) fn new(node: NodeId, kind: Kind, end: NodeId, outer: Context) -> Self {
        Self {
            node,
            kind,
            end,
            outer,
            inner: None,
            type_parameters: None,
            annotations: None,
            generators: 0,
            is_first_generator: false,
        }
    }

    /// Where the definition is evaluated that has the type parameters: in their scope, if there are any.
    pub(super) fn around_body(&self) -> Context {
        self.type_parameters.unwrap_or(self.outer)
    }
}
