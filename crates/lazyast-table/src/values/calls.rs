//! The columns of `calls`.

use lazyast_format::encoding::Payload;
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};

use super::filled_column::FilledColumn;
use crate::column::ColumnData;
use crate::decode::{TreeFacts, dotted};
use crate::error::TableError;
use crate::relation::ColumnValue as Value;
use crate::source_tree::SourceTree;

impl FilledColumn {
    pub(super) fn append_calls(
        &mut self,
        source: &SourceTree<'_>,
        facts: &TreeFacts,
    ) -> Result<(), TableError> {
        let tree = source.tree;
        let mut text = String::new();
        for call in facts.nodes.iter().copied() {
            match (self.spec.value, &mut self.data) {
                // The first child of a call is its `func`.
                (Value::Callee, ColumnData::Dictionary(column)) => {
                    let is_dotted = dotted(tree, call + 1, &mut text)?;
                    let code = column.optional_code(is_dotted.then_some(text.as_str()))?;
                    column.codes.push(code);
                }
                (Value::PositionalCount, ColumnData::Int32(column)) => {
                    let is_positional = |field, kind| field == Field::Args && kind != Kind::Starred;
                    column.push(count_children(tree, call, |field, kind, _| is_positional(field, kind))?);
                }
                (Value::StarCount, ColumnData::Int32(column)) => {
                    let is_star = |field, kind| field == Field::Args && kind == Kind::Starred;
                    column.push(count_children(tree, call, |field, kind, _| is_star(field, kind))?);
                }
                (Value::DoubleStarCount, ColumnData::Int32(column)) => {
                    let is_double_star = |field, payload| {
                        field == Field::Keywords && matches!(payload, Payload::OptionalName(None))
                    };
                    column.push(count_children(tree, call, |field, _, payload| {
                        is_double_star(field, payload)
                    })?);
                }
                (Value::Keywords, ColumnData::Utf8List(column)) => {
                    for child in node_children(tree, call) {
                        let (field, child) = child?;
                        if field == Field::Keywords
                            && let Payload::OptionalName(Some(name)) =
                                tree.payload(child, tree.kind(child)?)?
                        {
                            column.values().append_value(tree.name(name)?);
                        }
                    }
                    column.append(true);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The children of a node, each with the field that it stands in.
pub(super) fn node_children(
    tree: &Tree<'_>,
    node: NodeId,
) -> impl Iterator<Item = Result<(Field, NodeId), Damage>> {
    let children = tree.node(node).into_iter().flat_map(|node| node.children());
    children.map(|child| child.map(|(field, node)| (field, node.id())))
}

/// The number of children for which a condition on field, kind and payload holds.
fn count_children(
    tree: &Tree<'_>,
    node: NodeId,
    condition: impl Fn(Field, Kind, Payload) -> bool,
) -> Result<i32, Damage> {
    let mut count = 0;
    for child in node_children(tree, node) {
        let (field, child) = child?;
        let kind = tree.kind(child)?;
        count += i32::from(condition(field, kind, tree.payload(child, kind)?));
    }
    Ok(count)
}
