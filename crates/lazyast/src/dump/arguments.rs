//! The arguments that `ast.dump` prints for a node: its fields and positions.

use std::vec::IntoIter;

use lazyast_format::read::{FieldValue, Singleton, TreePositions};
use lazyast_format::{Damage, Kind, NodeId, Tree};

use super::error::DumpError;
use super::options::DumpOptions;
use super::repr;

/// The tree that is printed, and how.
pub(super) struct DumpedTree<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    pub(super) positions: TreePositions<'t, 't>,
    pub(super) options: &'t DumpOptions,
}

/// The value of an argument. Nodes and lists are printed piece by piece.
pub(super) enum ArgumentValue {
    Text(String),
    Node(NodeId),
    EmptyList,
    List(ListItems),
}

/// The items of a list that have not been printed yet.
pub(super) enum ListItems {
    /// Nodes; `None` is a missing entry.
    Nodes(IntoIter<Option<NodeId>>),
    Singletons(IntoIter<Singleton>),
    Names(IntoIter<String>),
}

impl ArgumentValue {
    fn list<T>(items: Vec<T>, wrap: impl Fn(IntoIter<T>) -> ListItems) -> Self {
        if items.is_empty() { Self::EmptyList } else { Self::List(wrap(items.into_iter())) }
    }
}

impl DumpedTree<'_, '_> {
    /// The names and values between the parentheses of a node.
    pub(super) fn arguments(
        &self,
        id: NodeId,
        kind: Kind,
    ) -> Result<Vec<(&'static str, ArgumentValue)>, DumpError> {
        let target = self.options.target;
        let node = self.tree.node(id).ok_or(Damage::new("node is missing", id))?;
        let hides_empty = target.minor >= 13 && !self.options.show_empty;
        let hides_load = target.minor >= 15 && !self.options.show_empty;
        let shows_none = matches!(kind, Kind::Constant | Kind::MatchSingleton);
        let mut arguments = Vec::new();
        for spec in kind.fields().iter().filter(|spec| spec.since <= target.minor) {
            let value = match node.field_value(spec, target)? {
                FieldValue::None if spec.optional || hides_empty && !shows_none => continue,
                FieldValue::Nodes(nodes) if nodes.is_empty() && hides_empty => continue,
                FieldValue::None => ArgumentValue::Text("None".to_owned()),
                FieldValue::Singleton(singleton) if hides_load && singleton.name() == "Load" => continue,
                FieldValue::Int(value) => ArgumentValue::Text(value.to_string()),
                FieldValue::Identifier(name) => {
                    ArgumentValue::Text(repr::text(name.as_bytes(), target.minor))
                }
                FieldValue::Singleton(singleton) => ArgumentValue::Text(format!("{singleton:?}()")),
                FieldValue::Constant(constant) => {
                    ArgumentValue::Text(repr::constant(&constant, target.minor)?)
                }
                FieldValue::Node(child) => ArgumentValue::Node(child),
                FieldValue::Nodes(nodes) => ArgumentValue::list(nodes, ListItems::Nodes),
                FieldValue::Singletons(singletons) => ArgumentValue::list(singletons, ListItems::Singletons),
                FieldValue::Identifiers(names) if names.is_empty() && hides_empty => continue,
                FieldValue::Identifiers(names) => {
                    let names = names.iter().map(|name| repr::text(name.as_bytes(), target.minor));
                    ArgumentValue::list(names.collect(), ListItems::Names)
                }
            };
            arguments.push((spec.name, value));
        }
        if self.options.include_attributes
            && let Some(span) = self.positions.span(id)?
        {
            let mut push = |name, value: u32| arguments.push((name, ArgumentValue::Text(value.to_string())));
            push("lineno", span.start.line);
            push("col_offset", span.start.column);
            push("end_lineno", span.end.line);
            push("end_col_offset", span.end.column);
        }
        Ok(arguments)
    }

    /// Whether a value fits on the line of its node: it is neither a list with items nor a node with arguments.
    pub(super) fn is_simple(&self, value: &ArgumentValue) -> Result<bool, DumpError> {
        Ok(match value {
            ArgumentValue::Text(_) | ArgumentValue::EmptyList => true,
            ArgumentValue::Node(id) => self.arguments(*id, self.tree.kind(*id)?)?.is_empty(),
            ArgumentValue::List(_) => false,
        })
    }
}
