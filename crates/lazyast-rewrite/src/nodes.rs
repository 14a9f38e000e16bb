//! Small questions about the nodes of a tree.

use lazyast_format::read::{FieldValue, TargetPython};
use lazyast_format::schema::Role;
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};

/// The newest Python: its trees have all nodes.
pub(crate) const NEWEST_PYTHON: u8 = u8::MAX;

/// The children of a node with their fields, in the order of the source, as the newest Python has them.
pub(crate) fn children(tree: &Tree<'_>, node: NodeId) -> Result<Vec<(Field, NodeId)>, Damage> {
    let Some(node) = tree.node(node) else { return Ok(Vec::new()) };
    let mut children = Vec::new();
    for child in node.children() {
        let (field, child) = child?;
        if field != Field::Values312 {
            children.push((field, child.id()));
        }
    }
    Ok(children)
}

/// Whether a node is a function or a class.
pub(crate) fn is_definition(kind: Kind) -> bool {
    matches!(kind, Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef)
}

/// Whether a statement has a block of its own.
pub(crate) fn is_compound(kind: Kind) -> bool {
    is_definition(kind)
        || matches!(
            kind,
            Kind::For
                | Kind::AsyncFor
                | Kind::While
                | Kind::If
                | Kind::With
                | Kind::AsyncWith
                | Kind::Match
                | Kind::Try
                | Kind::TryStar
                | Kind::ExceptHandler
                | Kind::MatchCase
        )
}

/// The identifier that a node consists of: a `Name`, a parameter without annotation, an import without `as`, a pattern
/// that captures.
pub(crate) fn bare_name<'a>(tree: &Tree<'a>, node: NodeId) -> Result<Option<&'a str>, Damage> {
    let kind = tree.kind(node)?;
    let role = match kind {
        Kind::Name | Kind::Arg => Role::Name,
        Kind::Alias if value(tree, node, Role::Asname)? == FieldValue::None => Role::AliasName,
        Kind::MatchAs if tree.subtree_end(node) == node + 1 => Role::OptionalName,
        _ => return Ok(None),
    };
    Ok(match value(tree, node, role)? {
        FieldValue::Identifier(name) => Some(name),
        _ => None,
    })
}

/// The value of a node's field with a role.
pub(crate) fn value<'a>(tree: &Tree<'a>, node: NodeId, role: Role) -> Result<FieldValue<'a>, Damage> {
    let kind = tree.kind(node)?;
    let spec = kind.fields().iter().find(|spec| spec.role == role);
    match (spec, tree.node(node)) {
        (Some(spec), Some(node)) => node.field_value(spec, TargetPython::new(NEWEST_PYTHON, 0)),
        _ => Ok(FieldValue::None),
    }
}

/// The default of a parameter of an `arguments`: the node after it.
pub(crate) fn default_of(
    tree: &Tree<'_>,
    arguments: NodeId,
    parameter: NodeId,
) -> Result<Option<NodeId>, Damage> {
    let next = tree.subtree_end(parameter);
    let is_default = next < tree.subtree_end(arguments)
        && matches!(tree.field(next)?, Field::Defaults | Field::KwDefaults);
    Ok(is_default.then_some(next))
}
