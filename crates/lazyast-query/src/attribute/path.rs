//! Paths of fields: `func.value.id`, `args.0`, `names.length`.

use lazyast_format::read::{FieldChildren, FieldValue, TargetPython};
use lazyast_format::schema::{FieldSpec, Role};
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};

use super::value::AttributeValue;
use crate::schema::{field_of, holds_nodes};

/// The attributes of every node that has a position.
pub(crate) const POSITION_ATTRIBUTES: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AttributeStep {
    /// A field, a position, or `length`.
    Name(String),
    /// An element of a list, counted from the end where the index is negative.
    Index(i64),
    /// Any element of a list.
    Any,
}

/// A path.
#[derive(Debug)]
pub(super) struct AttributePath {
    steps: Vec<AttributeStep>,
    /// For each step the field that it takes from nodes of each kind.
    fields: Vec<Vec<Option<&'static FieldSpec>>>,
    /// Whether the last step leads to an identifier, for nodes of some kind.
    may_end_with_name: bool,
}

impl AttributePath {
    pub(super) fn new(steps: Vec<AttributeStep>) -> Self {
        let fields_of = |step: &AttributeStep| match step {
            AttributeStep::Name(name) => Kind::ALL.iter().map(|kind| field_of(*kind, name)).collect(),
            AttributeStep::Index(_) | AttributeStep::Any => vec![None; Kind::ALL.len()],
        };
        let fields: Vec<Vec<_>> = steps.iter().map(fields_of).collect();
        let may_end_with_name = fields.last().into_iter().flatten().flatten().any(|spec| is_name(spec));
        Self { steps, fields, may_end_with_name }
    }

    /// The field that the path starts with, for nodes of a kind.
    pub(super) fn first_field(&self, kind: Kind) -> Option<&'static FieldSpec> {
        self.field(0, kind)
    }

    /// The field that the step with an index takes from nodes of a kind.
    fn field(&self, index: usize, kind: Kind) -> Option<&'static FieldSpec> {
        self.fields[index][kind as usize]
    }

    /// The name that the path ends with.
    pub(super) fn last_name(&self) -> Option<&str> {
        match self.steps.last() {
            Some(AttributeStep::Name(name)) => Some(name),
            _ => None,
        }
    }

    /// Whether the path is one field or one position.
    pub(super) fn is_single(&self) -> bool {
        self.steps.len() == 1
    }

    /// Whether nodes of a kind can have what the path starts with.
    pub(super) fn starts_at(&self, kind: Kind) -> bool {
        let is_position = || {
            let [AttributeStep::Name(name)] = &self.steps[..] else { return false };
            POSITION_ATTRIBUTES.contains(&name.as_str()) && kind.has_positions()
        };
        self.first_field(kind).is_some() || is_position()
    }

    /// Follows the path from a node to every value that it leads to: one, unless the path has a `*`.
    pub(super) fn values<'a>(
        &self,
        tree: &Tree<'a>,
        node: NodeId,
    ) -> Result<Vec<AttributeValue<'a>>, Damage> {
        let mut values = vec![AttributeValue::Node(node)];
        for (index, step) in self.steps.iter().enumerate() {
            if *step == AttributeStep::Any {
                values = values.into_iter().flat_map(AttributeValue::elements).collect();
                continue;
            }
            let next = values.into_iter().map(|value| self.follow(tree, value, index));
            values = next.collect::<Result<_, _>>()?;
        }
        Ok(values)
    }

    /// Follows the path from a node to one value.
    pub(super) fn value<'a>(&self, tree: &Tree<'a>, node: NodeId) -> Result<AttributeValue<'a>, Damage> {
        self.value_before(tree, node, self.steps.len())
    }

    /// The number of the identifier that the path leads to, or any other value.
    pub(super) fn name_or_value<'a>(
        &self,
        tree: &Tree<'a>,
        node: NodeId,
    ) -> Result<Result<u32, AttributeValue<'a>>, Damage> {
        if !self.may_end_with_name {
            return self.value(tree, node).map(Err);
        }
        let last = self.steps.len() - 1;
        let value = self.value_before(tree, node, last)?;
        if let AttributeValue::Node(node) = value {
            let kind = tree.kind(node)?;
            if self.field(last, kind).is_some_and(is_name)
                && let Some(name) = tree.payload(node, kind)?.name()
            {
                return Ok(Ok(name));
            }
        }
        self.follow(tree, value, last).map(Err)
    }

    /// Takes the first steps, so many of them.
    fn value_before<'a>(
        &self,
        tree: &Tree<'a>,
        node: NodeId,
        count: usize,
    ) -> Result<AttributeValue<'a>, Damage> {
        let mut value = AttributeValue::Node(node);
        let mut steps = 0..count;
        while let Some(index) = steps.next() {
            let element = if index + 1 < count { self.element(tree, &value, index)? } else { None };
            value = match element {
                Some(element) => {
                    steps.next();
                    element
                }
                None => self.follow(tree, value, index)?,
            };
        }
        Ok(value)
    }

    /// Takes two steps at once, if the first leads to a list of nodes and the second to one of them: without making the
    /// list.
    fn element<'a>(
        &self,
        tree: &Tree<'a>,
        value: &AttributeValue<'a>,
        index: usize,
    ) -> Result<Option<AttributeValue<'a>>, Damage> {
        let (AttributeValue::Node(node), AttributeStep::Index(position)) = (value, &self.steps[index + 1])
        else {
            return Ok(None);
        };
        let spec = self.field(index, tree.kind(*node)?);
        let (Some(FieldChildren::List(fields)), Ok(position), Some(node)) = (
            spec.and_then(|spec| FieldChildren::of(spec, newest_python())),
            usize::try_from(*position),
            tree.node(*node),
        ) else {
            return Ok(None);
        };
        let mut remaining = position;
        for child in node.children() {
            let (field, child) = child?;
            if fields.contains(field) {
                if remaining == 0 {
                    return Ok(Some(AttributeValue::Node(child.id())));
                }
                remaining -= 1;
            }
        }
        Ok(Some(AttributeValue::Missing))
    }

    /// Whether the path may lead to several values.
    pub(super) fn has_any(&self) -> bool {
        self.steps.contains(&AttributeStep::Any)
    }

    /// Takes the step with an index.
    fn follow<'a>(
        &self,
        tree: &Tree<'a>,
        value: AttributeValue<'a>,
        index: usize,
    ) -> Result<AttributeValue<'a>, Damage> {
        let step = &self.steps[index];
        Ok({
            match (step, value) {
                (AttributeStep::Name(name), AttributeValue::Node(node)) => {
                    let kind = tree.kind(node)?;
                    match self.field(index, kind) {
                        // The next step keeps a number as it is.
                        Some(spec) if holds_nodes(spec) && is_length(self.steps.get(index + 1)) => {
                            length_of_field(tree, node, spec)?
                        }
                        Some(spec) => field_value(tree, node, spec)?,
                        None => position(tree, node, kind, name)?,
                    }
                }
                (step, AttributeValue::Int(length)) if is_length(Some(step)) => AttributeValue::Int(length),
                (step, value) if is_length(Some(step)) => value.length(),
                (AttributeStep::Index(index), value) => value.element(*index),
                (AttributeStep::Name(_) | AttributeStep::Any, _) => AttributeValue::Missing,
            }
        })
    }
}

fn is_name(spec: &FieldSpec) -> bool {
    matches!(spec.role, Role::Name | Role::OptionalName)
}

fn is_length(step: Option<&AttributeStep>) -> bool {
    matches!(step, Some(AttributeStep::Name(name)) if name == "length")
}

/// The length of a list of nodes, counted without building the list.
fn length_of_field<'a>(
    tree: &Tree<'_>,
    node: NodeId,
    spec: &FieldSpec,
) -> Result<AttributeValue<'a>, Damage> {
    if !spec.list {
        return Ok(AttributeValue::Missing);
    }
    // A list with `None` entries is as long as the list that it runs parallel to.
    let field = match spec.role {
        Role::Keys => Some(Field::Values),
        Role::KwDefaults => Some(Field::Kwonlyargs),
        _ => spec.field,
    };
    let mut count = 0;
    if let Some(node) = tree.node(node) {
        for child in node.children() {
            count += i64::from(Some(child?.0) == field);
        }
    }
    Ok(AttributeValue::Int(count))
}

/// Fields are those of the newest Python.
fn newest_python() -> TargetPython {
    TargetPython::new(u8::MAX, 0)
}

fn field_value<'a>(tree: &Tree<'a>, node: NodeId, spec: &FieldSpec) -> Result<AttributeValue<'a>, Damage> {
    let Some(node) = tree.node(node) else { return Ok(AttributeValue::Missing) };
    Ok(match node.field_value(spec, newest_python())? {
        FieldValue::None => AttributeValue::None,
        FieldValue::Int(number) => AttributeValue::Int(i64::from(number)),
        FieldValue::Identifier(name) => AttributeValue::Identifier(name),
        FieldValue::Singleton(singleton) => AttributeValue::Class(singleton.name()),
        FieldValue::Constant(constant) => AttributeValue::Constant(constant),
        FieldValue::Node(node) => AttributeValue::Node(node),
        FieldValue::Nodes(nodes) => AttributeValue::Nodes(nodes),
        FieldValue::Identifiers(names) => AttributeValue::Identifiers(names),
        FieldValue::Singletons(singletons) => AttributeValue::Singletons(singletons),
    })
}

fn position<'a>(tree: &Tree<'_>, node: NodeId, kind: Kind, name: &str) -> Result<AttributeValue<'a>, Damage> {
    if !kind.has_positions() || !POSITION_ATTRIBUTES.contains(&name) {
        return Ok(AttributeValue::Missing);
    }
    let (start, end) = tree.range(node)?;
    let position = tree.position(if name.starts_with("end_") { end } else { start })?;
    let number = if name.ends_with("lineno") { position.line } else { position.column };
    Ok(AttributeValue::Int(i64::from(number)))
}
