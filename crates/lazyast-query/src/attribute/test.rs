//! [`AttributeTest`]: a path, and a test of the value that it leads to.

use std::cmp::Ordering;
use std::fmt;

use lazyast_format::read::NameNeedle;
use lazyast_format::schema::Role;
use lazyast_format::{Damage, Kind, NodeId, Tree};

use super::number::Number;
use super::operand::Operand;
use super::path::{AttributePath, AttributeStep};
use super::value::AttributeValue;
use crate::indexed_tree::IndexedTree;
use crate::prefilter::{IdentifierRegex, Prefilter, StringNeedle};
use crate::reference::{Reference, ReferenceInTree};
use crate::schema::{field_of, holds_nodes};
use lazyast_format::KindSet;

/// A compiled attribute test.
#[derive(Debug)]
pub(crate) struct AttributeTest {
    /// As it was written, without brackets.
    text: String,
    path: AttributePath,
    test: ValueTest,
    kinds: KindSet,
}

/// What a value must be like.
#[derive(Debug)]
pub(crate) enum ValueTest {
    /// Neither `None` nor `[]`.
    IsPresent,
    Equals(Operand),
    Differs(Operand),
    /// A node that stands for a dotted name.
    StandsFor(Reference),
    /// A number whose order relative to another one is accepted.
    Compares(fn(Ordering) -> bool, Number),
}

impl AttributeTest {
    pub(crate) fn new(text: String, path: Vec<AttributeStep>, test: ValueTest) -> Self {
        let path = AttributePath::new(path);
        let kinds = match test {
            // A node without the field passes a `!=`.
            ValueTest::Differs(_) => KindSet::all(),
            _ => Kind::ALL.iter().copied().filter(|kind| path.starts_at(*kind)).collect(),
        };
        Self { text, path, test, kinds }
    }

    /// Whether the test may be answered by comparing the numbers of identifiers.
    pub(crate) fn is_cheap(&self) -> bool {
        self.path.is_single() && matches!(self.test, ValueTest::Equals(Operand::Text(_)))
    }

    /// The kinds whose nodes can pass.
    pub(crate) fn kinds(&self) -> KindSet {
        self.kinds
    }

    /// What a file must contain so that a node can pass.
    ///
    /// Only `=` with a text or a regular expression gives a prefilter. Whatever kinds the path leads over, its last field decides where an
    /// equal text is stored: among the identifiers or in a string. If that field can hold anything else, such as the
    /// class of an operator, every file is accepted.
    pub(crate) fn prefilter(&self) -> Prefilter {
        if let ValueTest::StandsFor(reference) = &self.test {
            return reference.prefilter();
        }
        let ValueTest::Equals(operand) = &self.test else { return Prefilter::ACCEPT_ALL };
        let Some(last) = self.path.last_name() else { return Prefilter::ACCEPT_ALL };
        let fields = Kind::ALL.iter().filter_map(|kind| field_of(*kind, last));
        let mut alternatives = Vec::new();
        for spec in fields.filter(|spec| !holds_nodes(spec)) {
            let is_name = matches!(
                spec.role,
                Role::Name | Role::OptionalName | Role::Module | Role::AliasName | Role::Asname
            );
            alternatives.push(match operand {
                Operand::Text(text) if is_name => Prefilter::Identifier(NameNeedle::new(text)),
                Operand::Text(text) if spec.role == Role::Constant && !text.is_empty() => {
                    Prefilter::String(StringNeedle::new(text.as_bytes()))
                }
                Operand::Regex(regex) if is_name && regex.has_part() => {
                    Prefilter::IdentifierLike(IdentifierRegex::new(regex))
                }
                _ => return Prefilter::ACCEPT_ALL,
            });
        }
        alternatives.dedup();
        if alternatives.is_empty() { Prefilter::ACCEPT_ALL } else { Prefilter::any(alternatives) }
    }

    /// Why no node can pass, if that is certain.
    pub(crate) fn hint(&self) -> Option<String> {
        let ValueTest::Equals(operand) = &self.test else { return None };
        if !self.path.is_single() || operand.may_equal_none() {
            return None;
        }
        let mut fields = Kind::ALL.iter().filter_map(|kind| self.path.first_field(*kind)).peekable();
        let name = self.path.last_name()?;
        (fields.peek().is_some() && fields.all(holds_nodes)).then(|| {
            format!(
                "[{}] matches nothing, because {name} holds nodes and a node equals no value; \
                 write a path to a value such as [{name}.id=...], or [{name}~=...] for what it stands for",
                self.text
            )
        })
    }

    /// Keeps the nodes that pass.
    pub(crate) fn filter(
        &self,
        tree: &IndexedTree<'_, '_>,
        nodes: Vec<NodeId>,
    ) -> Result<Vec<NodeId>, Damage> {
        if let ValueTest::StandsFor(reference) = &self.test {
            let in_tree = ReferenceInTree::of(reference, tree)?;
            let mut passing = Vec::new();
            for node in nodes {
                for value in self.path.values(tree, node)? {
                    if let AttributeValue::Node(value) = value
                        && in_tree.matches(reference, tree, value)?
                    {
                        passing.push(node);
                        break;
                    }
                }
            }
            return Ok(passing);
        }
        // Identifiers are compared by their numbers, and each with a regular expression once.
        let compared = match &self.test {
            ValueTest::Equals(operand) | ValueTest::Differs(operand) if !self.path.has_any() => Some(operand),
            _ => None,
        };
        let number = match compared {
            Some(Operand::Text(text)) => tree.find_name(&NameNeedle::new(text)),
            _ => None,
        };
        let differs = matches!(self.test, ValueTest::Differs(_));
        let mut passing = Vec::new();
        for node in nodes {
            let passes = match compared {
                Some(operand) => {
                    let accepts = match (self.path.name_or_value(tree, node)?, operand) {
                        (Ok(name), Operand::Text(_)) => number == Some(name),
                        (Ok(name), Operand::Regex(regex)) => tree.name_matches(name, &regex.regex)?,
                        (Ok(name), operand) => operand.equals(&AttributeValue::Identifier(tree.name(name)?)),
                        (Err(value), _) => self.accepts(&value),
                    };
                    accepts != differs
                }
                None => self.passes(tree, node)?,
            };
            if passes {
                passing.push(node);
            }
        }
        Ok(passing)
    }

    fn passes(&self, tree: &Tree<'_>, node: NodeId) -> Result<bool, Damage> {
        if !self.path.has_any() {
            return Ok(self.accepts(&self.path.value(tree, node)?));
        }
        let values = self.path.values(tree, node)?;
        // With `!=`, no element is equal.
        Ok(values.iter().any(|value| self.accepts(value)) != matches!(self.test, ValueTest::Differs(_)))
    }

    /// Whether a value passes; for `!=`, whether it is equal.
    fn accepts(&self, value: &AttributeValue<'_>) -> bool {
        match &self.test {
            ValueTest::IsPresent => value.is_present(),
            ValueTest::Equals(operand) | ValueTest::Differs(operand) => operand.equals(value),
            // Whole sets are tested at once, see `filter`.
            ValueTest::StandsFor(_) => false,
            ValueTest::Compares(accepts, number) => {
                value.number().and_then(|value| value.compare(number)).is_some_and(accepts)
            }
        }
    }
}

impl fmt::Display for AttributeTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
