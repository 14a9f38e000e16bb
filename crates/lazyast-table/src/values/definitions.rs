//! The columns of `definitions`.

use arrow_array::builder::StringBuilder;
use lazyast_format::encoding::{ConstantTag, Payload};
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};

use super::filled_column::{DecodedTree, FilledColumn};
use crate::column::ColumnData;
use crate::constant_text;
use crate::decode::dotted;
use crate::error::TableError;
use crate::relation::ColumnValue as Value;

impl FilledColumn {
    pub(super) fn append_definitions(&mut self, decoded: DecodedTree<'_>) -> Result<(), TableError> {
        let DecodedTree { source, facts, .. } = decoded;
        let tree = source.tree;
        for node in facts.nodes.iter().copied() {
            let kind = tree.kind(node)?;
            let is_function = kind != Kind::ClassDef;
            match (self.spec.value, &mut self.data) {
                (Value::QualifiedName, ColumnData::Dictionary(column)) => {
                    let definition = facts.definitions.at(node);
                    let name = definition.map(|definition| definition.qualified_name.as_str());
                    let code = column.optional_code(name)?;
                    column.codes.push(code);
                }
                (Value::IsAsync, ColumnData::Bool(column)) => {
                    column.push(is_function.then_some(kind == Kind::AsyncFunctionDef));
                }
                (Value::HasReturns, ColumnData::Bool(column)) => {
                    let has_returns = child_in(tree, node, Field::Returns)?.is_some();
                    column.push(is_function.then_some(has_returns));
                }
                (Value::Decorators, ColumnData::Utf8List(column)) => {
                    append_decorators(tree, node, column.values())?;
                    column.append(true);
                }
                (Value::Parameters, ColumnData::Utf8List(column)) => {
                    if is_function {
                        append_parameters(tree, node, column.values())?;
                    }
                    column.append(is_function);
                }
                (Value::AnnotatedParameters, ColumnData::Int32(column)) => {
                    column.push(if is_function { annotated_parameters(tree, node)? } else { -1 });
                }
                (Value::Docstring, ColumnData::Utf8(column)) => {
                    column.append_option(docstring(tree, node)?.as_deref());
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The children of a node, each with the field that it stands in.
fn node_children(tree: &Tree<'_>, node: NodeId) -> impl Iterator<Item = Result<(Field, NodeId), Damage>> {
    let children = tree.node(node).into_iter().flat_map(|node| node.children());
    children.map(|child| child.map(|(field, node)| (field, node.id())))
}

fn child_in(tree: &Tree<'_>, node: NodeId, wanted: Field) -> Result<Option<NodeId>, Damage> {
    for child in node_children(tree, node) {
        let (field, child) = child?;
        if field == wanted {
            return Ok(Some(child));
        }
    }
    Ok(None)
}

/// The dotted name of each decorator, or of what it calls; null for other expressions.
fn append_decorators(tree: &Tree<'_>, node: NodeId, column: &mut StringBuilder) -> Result<(), Damage> {
    let mut text = String::new();
    for child in node_children(tree, node) {
        let (field, decorator) = child?;
        if field == Field::DecoratorList {
            let is_call = tree.kind(decorator)? == Kind::Call;
            let is_dotted = dotted(tree, decorator + NodeId::from(is_call), &mut text)?;
            column.append_option(is_dotted.then_some(&text));
        }
    }
    Ok(())
}

/// The parameters of a function in source order: the field, and the `arg`.
fn parameters(tree: &Tree<'_>, function: NodeId) -> Result<Vec<(Field, NodeId)>, Damage> {
    let Some(arguments) = child_in(tree, function, Field::Args)? else { return Ok(Vec::new()) };
    let mut parameters = Vec::new();
    for child in node_children(tree, arguments) {
        let (field, child) = child?;
        if tree.kind(child)? == Kind::Arg {
            parameters.push((field, child));
        }
    }
    Ok(parameters)
}

/// The names of the parameters, with the stars that stand before some.
fn append_parameters(tree: &Tree<'_>, function: NodeId, column: &mut StringBuilder) -> Result<(), Damage> {
    for (field, parameter) in parameters(tree, function)? {
        if let Payload::Name(name) = tree.payload(parameter, Kind::Arg)? {
            let name = tree.name(name)?;
            match field {
                Field::Vararg => column.append_value(format!("*{name}")),
                Field::Kwarg => column.append_value(format!("**{name}")),
                _ => column.append_value(name),
            }
        }
    }
    Ok(())
}

fn annotated_parameters(tree: &Tree<'_>, function: NodeId) -> Result<i32, Damage> {
    // The only child of a parameter is its annotation.
    let annotated = |(_, parameter): &(Field, NodeId)| tree.subtree_end(*parameter) > parameter + 1;
    Ok(parameters(tree, function)?.iter().filter(|parameter| annotated(parameter)).count() as i32)
}

/// The string with which the body begins.
fn docstring(tree: &Tree<'_>, definition: NodeId) -> Result<Option<String>, TableError> {
    let Some(first) = child_in(tree, definition, Field::Body)? else { return Ok(None) };
    let value = first + 1;
    if tree.kind(first)? != Kind::Expr || value >= tree.len() || tree.kind(value)? != Kind::Constant {
        return Ok(None);
    }
    match tree.payload(value, Kind::Constant)? {
        Payload::Constant { tag: tag @ (ConstantTag::Str | ConstantTag::UnicodeStr), value: number } => {
            let constant = tree.constant(tag, number, value)?;
            Ok(constant_text::text(&constant)?.map(|text| text.into_owned()))
        }
        _ => Ok(None),
    }
}
