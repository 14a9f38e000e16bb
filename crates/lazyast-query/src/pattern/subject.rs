//! [`Subject`]: what one element of a pattern is compared with, and what a metavariable captures.

use lazyast_format::{Field, NodeId};

/// A part of a tree that is one element to a pattern. Usually this is a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The node, or the node that has the name.
    pub(crate) node: NodeId,
    pub(crate) form: SubjectForm,
}

/// What a subject is besides its node. Names are numbers of the tree's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubjectForm {
    /// The node itself.
    Node,
    /// A name in a field of the node.
    Name(u32),
    /// One part of a dotted name: the name, and the index of the part.
    DottedPart(u32, u16),
    /// A parameter in some field of `arguments`, and its default.
    Parameter(Field, Option<NodeId>),
    /// An item of a dictionary display. The node is the value, this is the key, which `**x` does not have.
    DictItem(Option<NodeId>),
    /// A keyword pattern of a class pattern. The node is the pattern, this is the name of the keyword.
    KeywordPattern(u32),
    /// A part of the text of a string: its start and its end, in bytes.
    Text(u32, u32),
    /// The `_` of a `*_` in a sequence pattern. CPython stores no name for it.
    Underscore,
}

impl Subject {
    pub(crate) fn node(node: NodeId) -> Self {
        Self { node, form: SubjectForm::Node }
    }

    pub(crate) fn name(node: NodeId, name: u32) -> Self {
        Self { node, form: SubjectForm::Name(name) }
    }
}
