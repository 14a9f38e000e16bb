//! Tests of a node's fields: `[args.length>5]`.

use std::cmp::Ordering;
use std::fmt;

use lazyast_format::read::{Constant, Name, Singleton, Target, Value};
use lazyast_format::shape::{FieldSpec, Role};
use lazyast_format::{Damage, Kind, NodeId, Tree};
use num_bigint::BigInt;
use regex::Regex;

use crate::KindSet;
use crate::prefilter::{Prefilter, StringNeedle};
use crate::schema::{field_of, holds_nodes};

/// The attributes of nodes that have positions.
pub(crate) const POSITIONS: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// The Python whose fields are meant: the newest, with all there are.
fn newest() -> Target {
    Target::new(u8::MAX, 0)
}

/// A test of what a path of fields leads to.
#[derive(Debug)]
pub(crate) struct AttributeTest {
    text: String,
    path: Vec<Step>,
    test: Test,
    /// By kind: the first field of the path.
    first: Vec<Option<&'static FieldSpec>>,
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A field, or `length`.
    Name(String),
    /// An element, from the end where negative.
    Index(i64),
}

#[derive(Debug)]
pub(crate) enum Test {
    /// Neither `None` nor `[]`.
    IsThere,
    Is(Operand),
    IsNot(Operand),
    Compares(fn(Ordering) -> bool, Number),
}

/// What a value is compared with.
#[derive(Debug)]
pub(crate) enum Operand {
    Text(String),
    Bytes(Vec<u8>),
    Number(Number),
    Bool(bool),
    None,
    Ellipsis,
    Regex(Regex),
    /// The name of a Python type.
    Type(&'static str),
}

/// An `int` or a `float`.
#[derive(Clone, Debug)]
pub(crate) enum Number {
    Small(i64),
    Big(BigInt),
    Float(f64),
}

/// Python types that constants have.
pub(crate) const TYPES: [&str; 8] =
    ["str", "bytes", "int", "float", "complex", "bool", "NoneType", "ellipsis"];

/// What a path leads to.
enum Found<'a> {
    /// Nothing at all.
    Missing,
    Node(NodeId),
    Nodes(Vec<Option<NodeId>>),
    Text(&'a str),
    /// The class of an operator or a context.
    Class(&'static str),
    Texts(Vec<&'a str>),
    Singletons(Vec<Singleton>),
    Constant(Constant<'a>),
    Number(i64),
    None,
}

impl Number {
    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Small(one), Self::Small(other)) => Some(one.cmp(other)),
            (Self::Float(one), Self::Float(other)) => one.partial_cmp(other),
            (Self::Float(one), other) => other.compare_float(*one).map(Ordering::reverse),
            (one, Self::Float(other)) => one.compare_float(*other),
            (one, other) => Some(one.big().cmp(&other.big())),
        }
    }

    fn big(&self) -> BigInt {
        match self {
            Self::Small(number) => BigInt::from(*number),
            Self::Big(number) => number.clone(),
            Self::Float(_) => BigInt::default(),
        }
    }

    /// Compares an integer with a float, exactly.
    fn compare_float(&self, float: f64) -> Option<Ordering> {
        if float.is_nan() {
            return None;
        }
        if float.is_infinite() {
            return Some(if float > 0.0 { Ordering::Less } else { Ordering::Greater });
        }
        // All digits of the integral part, which Rust prints exactly.
        let whole: BigInt = format!("{:.0}", float.trunc()).parse().unwrap_or_default();
        let rest = float.fract();
        let by_rest = if rest > 0.0 {
            Ordering::Less
        } else if rest < 0.0 {
            Ordering::Greater
        } else {
            Ordering::Equal
        };
        Some(self.big().cmp(&whole).then(by_rest))
    }
}

impl AttributeTest {
    pub(crate) fn new(text: String, path: Vec<Step>, test: Test) -> Self {
        let first = |kind: &Kind| match path.first() {
            Some(Step::Name(name)) => field_of(*kind, name),
            _ => None,
        };
        let first = Kind::ALL.iter().map(first).collect();
        Self { text, path, test, first }
    }

    /// Whether it only compares names.
    pub(crate) fn is_cheap(&self) -> bool {
        self.path.len() == 1 && matches!(self.test, Test::Is(Operand::Text(_)))
    }

    fn is_of_positions(&self) -> bool {
        matches!(&self.path[..], [Step::Name(name)] if POSITIONS.contains(&name.as_str()))
    }

    /// The kinds that a node can have that passes: those with the field, unless a lack of it is asked for.
    pub(crate) fn kinds(&self) -> KindSet {
        if matches!(self.test, Test::IsNot(_)) {
            return KindSet::all();
        }
        let has_it = |kind: &Kind| {
            self.first[*kind as usize].is_some() || self.is_of_positions() && kind.has_positions()
        };
        Kind::ALL.iter().copied().filter(has_it).collect()
    }

    /// What a file has in which a node passes.
    pub(crate) fn prefilter(&self) -> Prefilter {
        let Test::Is(Operand::Text(text)) = &self.test else { return Prefilter::ACCEPT_ALL };
        let Some(Step::Name(_)) = self.path.first() else { return Prefilter::ACCEPT_ALL };
        // What stands at the path's end, whatever kinds are on it, is an identifier or a string of the file.
        let Some(Step::Name(last)) = self.path.last() else { return Prefilter::ACCEPT_ALL };
        let roles =
            Kind::ALL.iter().filter_map(|kind| field_of(*kind, last)).filter(|spec| !holds_nodes(spec));
        let mut needs = Vec::new();
        for spec in roles {
            needs.push(match spec.role {
                Role::Name | Role::OptionalName | Role::Module | Role::AliasName | Role::Asname => {
                    Prefilter::Identifier(Name::new(text))
                }
                Role::Constant if !text.is_empty() => Prefilter::String(StringNeedle::new(text.as_bytes())),
                _ => return Prefilter::ACCEPT_ALL,
            });
        }
        needs.dedup();
        if needs.is_empty() { Prefilter::ACCEPT_ALL } else { Prefilter::any(needs) }
    }

    /// The nodes that pass.
    pub(crate) fn filter(&self, tree: &Tree<'_>, nodes: Vec<NodeId>) -> Result<Vec<NodeId>, Damage> {
        let number = match &self.test {
            Test::Is(Operand::Text(text)) if self.path.len() == 1 => tree.find_name(&Name::new(text)),
            _ => None,
        };
        let mut passed = Vec::new();
        for node in nodes {
            let kind = tree.kind(node)?;
            let is_name = |spec: &FieldSpec| matches!(spec.role, Role::Name | Role::OptionalName);
            let passes = match number.filter(|_| self.first[kind as usize].is_some_and(is_name)) {
                Some(number) => tree.payload(node, kind)?.name() == Some(number),
                None => self.passes(tree, node)?,
            };
            if passes {
                passed.push(node);
            }
        }
        Ok(passed)
    }

    fn passes(&self, tree: &Tree<'_>, node: NodeId) -> Result<bool, Damage> {
        let found = self.find(tree, node)?;
        Ok(match &self.test {
            Test::IsThere => match found {
                Found::Missing | Found::None | Found::Constant(Constant::None) => false,
                Found::Nodes(nodes) => !nodes.is_empty(),
                Found::Texts(texts) => !texts.is_empty(),
                _ => true,
            },
            Test::Is(operand) => equals(operand, found)?,
            Test::IsNot(operand) => !equals(operand, found)?,
            Test::Compares(fits, number) => {
                number_of(&found).and_then(|found| found.compare(number)).is_some_and(fits)
            }
        })
    }

    fn find<'a>(&self, tree: &Tree<'a>, node: NodeId) -> Result<Found<'a>, Damage> {
        let mut found = Found::Node(node);
        for (place, step) in self.path.iter().enumerate() {
            found = match (step, found) {
                (Step::Name(name), Found::Node(node)) => {
                    let kind = tree.kind(node)?;
                    let spec = if place == 0 { self.first[kind as usize] } else { field_of(kind, name) };
                    match spec {
                        Some(spec) if is_length(self.path.get(place + 1)) && holds_nodes(spec) => {
                            return length_of_field(tree, node, spec);
                        }
                        Some(spec) => field(tree, node, spec)?,
                        None => position(tree, node, kind, name)?,
                    }
                }
                (step, found) if is_length(Some(step)) => match found {
                    Found::Nodes(nodes) => Found::Number(nodes.len() as i64),
                    Found::Texts(texts) => Found::Number(texts.len() as i64),
                    Found::Singletons(singletons) => Found::Number(singletons.len() as i64),
                    Found::Text(text) => Found::Number(text.chars().count() as i64),
                    Found::Constant(Constant::Str(text)) => Found::Number(characters(text)),
                    Found::Constant(Constant::Bytes(bytes)) => Found::Number(bytes.len() as i64),
                    _ => Found::Missing,
                },
                (Step::Index(index), Found::Nodes(nodes)) => match element(&nodes, *index) {
                    Some(Some(node)) => Found::Node(*node),
                    Some(None) => Found::None,
                    None => Found::Missing,
                },
                (Step::Index(index), Found::Texts(texts)) => {
                    element(&texts, *index).map_or(Found::Missing, |text| Found::Text(text))
                }
                (Step::Index(index), Found::Singletons(singletons)) => {
                    element(&singletons, *index).map_or(Found::Missing, |one| Found::Class(one.name()))
                }
                _ => Found::Missing,
            };
        }
        Ok(found)
    }
}

impl fmt::Display for AttributeTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_length(step: Option<&Step>) -> bool {
    matches!(step, Some(Step::Name(name)) if name == "length")
}

fn element<T>(elements: &[T], index: i64) -> Option<&T> {
    let index = if index < 0 { index.checked_add(elements.len() as i64)? } else { index };
    elements.get(usize::try_from(index).ok()?)
}

/// Characters of a `str`, each of them one that does not continue another.
fn characters(wtf8: &[u8]) -> i64 {
    wtf8.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as i64
}

/// The length of a list of nodes, without making it.
fn length_of_field<'a>(tree: &Tree<'_>, node: NodeId, spec: &FieldSpec) -> Result<Found<'a>, Damage> {
    if !spec.list {
        return Ok(Found::Missing);
    }
    // Lists with holes are as long as the list that goes along with them.
    let field = match spec.role {
        Role::Keys => Some(lazyast_format::Field::Values),
        Role::KwDefaults => Some(lazyast_format::Field::Kwonlyargs),
        _ => spec.field,
    };
    let mut count = 0;
    if let Some(node) = tree.node(node) {
        for child in node.children() {
            count += i64::from(Some(child?.0) == field);
        }
    }
    Ok(Found::Number(count))
}

fn field<'a>(tree: &Tree<'a>, node: NodeId, spec: &FieldSpec) -> Result<Found<'a>, Damage> {
    let Some(node) = tree.node(node) else { return Ok(Found::Missing) };
    Ok(match node.value(spec, newest())? {
        Value::None => Found::None,
        Value::Int(number) => Found::Number(i64::from(number)),
        Value::Identifier(name) => Found::Text(name),
        Value::Singleton(singleton) => Found::Class(singleton.name()),
        Value::Constant(constant) => Found::Constant(constant),
        Value::Node(node) => Found::Node(node),
        Value::Nodes(nodes) => Found::Nodes(nodes),
        Value::Identifiers(names) => Found::Texts(names),
        Value::Singletons(singletons) => Found::Singletons(singletons),
    })
}

fn position<'a>(tree: &Tree<'_>, node: NodeId, kind: Kind, name: &str) -> Result<Found<'a>, Damage> {
    if !kind.has_positions() || !POSITIONS.contains(&name) {
        return Ok(Found::Missing);
    }
    let (start, end) = tree.range(node)?;
    let place = tree.position(if name.starts_with("end_") { end } else { start })?;
    Ok(Found::Number(i64::from(if name.ends_with("lineno") { place.line } else { place.column })))
}

fn number_of(found: &Found<'_>) -> Option<Number> {
    match found {
        Found::Number(number) => Some(Number::Small(*number)),
        Found::Constant(Constant::Int(number)) => Some(Number::Small(i64::from(*number))),
        Found::Constant(Constant::Float(number)) => Some(Number::Float(*number)),
        Found::Constant(Constant::BigInt(literal)) => {
            crate::pattern::big_int(literal).map(|number| Number::Big(number.into()))
        }
        _ => None,
    }
}

fn equals(operand: &Operand, found: Found<'_>) -> Result<bool, Damage> {
    Ok(match (operand, &found) {
        (Operand::Text(text), Found::Text(found)) => text == found,
        (Operand::Text(text), Found::Class(found)) => text == found,
        (Operand::Text(text), Found::Constant(Constant::Str(found))) => text.as_bytes() == *found,
        (Operand::Bytes(bytes), Found::Constant(Constant::Bytes(found))) => bytes == found,
        (Operand::Number(number), found) => {
            number_of(found).and_then(|found| found.compare(number)) == Some(Ordering::Equal)
        }
        (Operand::Bool(wanted), Found::Constant(Constant::Bool(found))) => wanted == found,
        (Operand::None, Found::None | Found::Constant(Constant::None)) => true,
        (Operand::Ellipsis, Found::Constant(Constant::Ellipsis)) => true,
        (Operand::Regex(regex), Found::Text(text)) => regex.is_match(text),
        (Operand::Regex(regex), Found::Class(text)) => regex.is_match(text),
        (Operand::Regex(regex), Found::Constant(Constant::Str(text))) => {
            // Lone surrogates are no characters to an expression.
            regex.is_match(&String::from_utf8_lossy(text))
        }
        (Operand::Type(wanted), Found::Constant(constant)) => *wanted == type_name(constant),
        (Operand::Type(wanted), Found::Text(_)) => *wanted == "str",
        (Operand::Type(wanted), Found::Number(_)) => *wanted == "int",
        (Operand::Type(wanted), Found::None) => *wanted == "NoneType",
        _ => false,
    })
}

fn type_name(constant: &Constant<'_>) -> &'static str {
    match constant {
        Constant::None => "NoneType",
        Constant::Bool(_) => "bool",
        Constant::Ellipsis => "ellipsis",
        Constant::Str(_) => "str",
        Constant::Bytes(_) => "bytes",
        Constant::Int(_) | Constant::BigInt(_) => "int",
        Constant::Float(_) => "float",
        Constant::Imaginary(_) => "complex",
    }
}
