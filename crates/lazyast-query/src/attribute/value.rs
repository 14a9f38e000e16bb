//! [`AttributeValue`]: what the path of an attribute test leads to.

use lazyast_format::NodeId;
use lazyast_format::read::{Constant, Singleton};

use super::number::Number;
use crate::integer::parse_integer;

/// A value that a path leads to.
pub(super) enum AttributeValue<'a> {
    /// There is no such field, element or position.
    Missing,
    None,
    Node(NodeId),
    Nodes(Vec<Option<NodeId>>),
    Identifier(&'a str),
    Identifiers(Vec<&'a str>),
    /// The class of an operator or a context.
    Class(&'static str),
    Singletons(Vec<Singleton>),
    Constant(Constant<'a>),
    /// A length, a position or another `int` field.
    Int(i64),
}

impl<'a> AttributeValue<'a> {
    /// Whether this is something else than `None` or `[]`.
    pub(super) fn is_present(&self) -> bool {
        match self {
            Self::Missing | Self::None | Self::Constant(Constant::None) => false,
            Self::Nodes(nodes) => !nodes.is_empty(),
            Self::Identifiers(names) => !names.is_empty(),
            _ => true,
        }
    }

    /// The length of a list or a string: elements, characters of a `str`, bytes of a `bytes`.
    pub(super) fn length(self) -> Self {
        Self::Int(match self {
            Self::Nodes(nodes) => nodes.len() as i64,
            Self::Identifiers(names) => names.len() as i64,
            Self::Singletons(singletons) => singletons.len() as i64,
            Self::Identifier(name) => name.chars().count() as i64,
            Self::Constant(Constant::Str(text)) => character_count(text),
            Self::Constant(Constant::Bytes(bytes)) => bytes.len() as i64,
            _ => return Self::Missing,
        })
    }

    /// An element of a list, counted from the end where the index is negative.
    pub(super) fn element(self, index: i64) -> Self {
        match self {
            Self::Nodes(nodes) => match element(&nodes, index) {
                Some(Some(node)) => Self::Node(*node),
                Some(None) => Self::None,
                None => Self::Missing,
            },
            Self::Identifiers(names) => {
                element(&names, index).map_or(Self::Missing, |name| Self::Identifier(name))
            }
            Self::Singletons(singletons) => {
                element(&singletons, index).map_or(Self::Missing, |one| Self::Class(one.name()))
            }
            _ => Self::Missing,
        }
    }

    /// The elements of a list.
    pub(super) fn elements(self) -> Vec<Self> {
        match self {
            Self::Nodes(nodes) => nodes.into_iter().map(|node| node.map_or(Self::None, Self::Node)).collect(),
            Self::Identifiers(names) => names.into_iter().map(Self::Identifier).collect(),
            Self::Singletons(singletons) => {
                singletons.into_iter().map(|one| Self::Class(one.name())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The value of an `int` or a `float`. `True` and `False` are not numbers.
    pub(super) fn number(&self) -> Option<Number> {
        match self {
            Self::Int(number) => Some(Number::Small(*number)),
            Self::Constant(Constant::Int(number)) => Some(Number::Small(i64::from(*number))),
            Self::Constant(Constant::Float(number)) => Some(Number::Float(*number)),
            Self::Constant(Constant::BigInt(literal)) => {
                parse_integer(literal).map(|number| Number::Big(number.into()))
            }
            _ => None,
        }
    }
}

fn element<T>(elements: &[T], index: i64) -> Option<&T> {
    let index = if index < 0 { index.checked_add(elements.len() as i64)? } else { index };
    elements.get(usize::try_from(index).ok()?)
}

/// The number of characters of a `str`: every byte that is not a continuation byte starts one.
fn character_count(wtf8: &[u8]) -> i64 {
    wtf8.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as i64
}
