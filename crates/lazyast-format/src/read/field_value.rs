//! [`FieldValue`]: the value of a node's field, as `ast` has it.

use super::damage::Damage;
use super::field_children::FieldChildren;
use super::node::Node;
use super::payload_value::{Constant, PayloadValue, Singleton};
use super::target_python::TargetPython;
use crate::encoding::NodeId;
use crate::schema::{FieldSpec, Role};

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldValue<'a> {
    /// `None`.
    None,
    /// An `int`.
    Int(i32),
    /// An identifier.
    Identifier(&'a str),
    /// A shared instance.
    Singleton(Singleton),
    /// A constant.
    Constant(Constant<'a>),
    /// A node.
    Node(NodeId),
    /// A list of nodes. In some fields, an element may be `None`.
    Nodes(Vec<Option<NodeId>>),
    /// A list of identifiers.
    Identifiers(Vec<&'a str>),
    /// A list of shared instances.
    Singletons(Vec<Singleton>),
}

impl<'a> Node<'_, 'a> {
    /// The value of one of the kind's [`fields`](crate::Kind::fields).
    pub fn field_value(self, spec: &FieldSpec, python: TargetPython) -> Result<FieldValue<'a>, Damage> {
        if let Some(children) = FieldChildren::of(spec, python) {
            return self.children_value(spec, children);
        }
        match spec.role {
            Role::None => Ok(FieldValue::None),
            Role::Empty => Ok(FieldValue::Nodes(Vec::new())),
            Role::Zero => Ok(FieldValue::Int(0)),
            _ => self.value_in_payload(spec),
        }
    }

    fn children_value(self, spec: &FieldSpec, children: FieldChildren) -> Result<FieldValue<'a>, Damage> {
        match children {
            FieldChildren::One(only) => {
                for child in self.children() {
                    let (field, child) = child?;
                    if field == only {
                        return Ok(FieldValue::Node(child.id()));
                    }
                }
                if spec.optional {
                    return Ok(FieldValue::None);
                }
                Err(Damage::new("required child is missing", self.id()))
            }
            FieldChildren::List(fields) => {
                let mut nodes = Vec::new();
                for child in self.children() {
                    let (field, child) = child?;
                    if fields.contains(field) {
                        nodes.push(Some(child.id()));
                    }
                }
                Ok(FieldValue::Nodes(nodes))
            }
            FieldChildren::Sparse(list) => {
                let mut entries = list.entries();
                for child in self.children() {
                    let (field, child) = child?;
                    entries.add(field, child.id());
                }
                Ok(FieldValue::Nodes(entries.finish()))
            }
        }
    }

    fn value_in_payload(self, spec: &FieldSpec) -> Result<FieldValue<'a>, Damage> {
        let tree = self.tree;
        Ok(match tree.payload_value(spec, tree.payload(self.id(), self.kind()?)?, self.id())? {
            PayloadValue::None => FieldValue::None,
            PayloadValue::Int(int) => FieldValue::Int(int),
            PayloadValue::Name(number) => FieldValue::Identifier(tree.name(number)?),
            PayloadValue::UnicodeKind => FieldValue::Identifier("u"),
            PayloadValue::Singleton(singleton) => FieldValue::Singleton(singleton),
            PayloadValue::Constant(constant) => FieldValue::Constant(constant),
            PayloadValue::Names(numbers) => {
                let names = numbers.into_iter().map(|number| tree.name(number));
                FieldValue::Identifiers(names.collect::<Result<_, _>>()?)
            }
            PayloadValue::Singletons(singletons) => FieldValue::Singletons(singletons),
        })
    }
}
