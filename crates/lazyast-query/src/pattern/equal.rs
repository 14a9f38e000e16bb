//! Whether two things in a tree are equal, apart from positions, contexts and what else a pattern does not compare.

use lazyast_format::encoding::{ConstantTag, InterpolationRecord, Payload, Stored};
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};
use num_bigint::BigUint;

use crate::integer::parse_integer;

use super::program::{Literal, Target, What};

/// Whether two captures are equal.
pub(super) fn targets(tree: &Tree<'_>, one: Target, other: Target) -> Result<bool, Damage> {
    match (name(tree, one)?, name(tree, other)?) {
        (Some(one), Some(other)) => return Ok(one == other),
        (None, None) => {}
        _ => return Ok(false),
    }
    let pair = |one: Option<NodeId>, other: Option<NodeId>| match (one, other) {
        (Some(one), Some(other)) => nodes(tree, one, other),
        (None, None) => Ok(true),
        _ => Ok(false),
    };
    let parts = match (one.what, other.what) {
        // Defaults do not belong to an `arg`.
        (What::Parameter(..), What::Parameter(..)) => true,
        (What::Pair(one), What::Pair(other)) => pair(one, other)?,
        (What::Keyword(one), What::Keyword(other)) => one == other,
        (What::Node, What::Node) => true,
        _ => false,
    };
    Ok(parts && nodes(tree, one.node, other.node)?)
}

/// The name that something is nothing but.
fn name<'a>(tree: &Tree<'a>, target: Target) -> Result<Option<&'a str>, Damage> {
    let node = target.node;
    let number = match target.what {
        What::Name(number) => Some(number),
        What::Part(number, part) => return Ok(tree.name(number)?.split('.').nth(usize::from(part))),
        What::Underscore => return Ok(Some("_")),
        What::Parameter(_, Some(_)) | What::Pair(_) | What::Keyword(_) => None,
        What::Node | What::Parameter(_, None) => {
            let has_children = tree.subtree_end(node) > node + 1;
            match tree.kind(node)? {
                kind @ (Kind::Name | Kind::Alias) => tree.payload(node, kind)?.name(),
                kind @ (Kind::Arg | Kind::MatchAs) if !has_children => tree.payload(node, kind)?.name(),
                _ => None,
            }
        }
    };
    number.map(|number| tree.name(number)).transpose()
}

/// Whether two subtrees are equal.
fn nodes(tree: &Tree<'_>, one: NodeId, other: NodeId) -> Result<bool, Damage> {
    let mut left = vec![(one, other)];
    while let Some((one, other)) = left.pop() {
        if one == other {
            continue;
        }
        let kind = tree.kind(one)?;
        if kind != tree.kind(other)?
            || tree.subtree_end(one) - one != tree.subtree_end(other) - other
            || !payloads(tree, kind, one, other)?
        {
            return Ok(false);
        }
        let (ones, others) = (children(tree, kind, one)?, children(tree, kind, other)?);
        if ones.len() != others.len() {
            return Ok(false);
        }
        for ((field, one), (other_field, other)) in ones.into_iter().zip(others) {
            if field != other_field {
                return Ok(false);
            }
            left.push((one, other));
        }
    }
    Ok(true)
}

/// The children, in an order that is the same for equal nodes.
fn children(tree: &Tree<'_>, kind: Kind, node: NodeId) -> Result<Vec<(Field, NodeId)>, Damage> {
    let Some(node) = tree.node(node) else { return Ok(Vec::new()) };
    let children = node.children().map(|child| child.map(|(field, child)| (field, child.id())));
    let mut children = children.collect::<Result<Vec<_>, _>>()?;
    if matches!(kind, Kind::Call | Kind::ClassDef) {
        // `f(a=1, *b)` is `f(*b, a=1)`: two lists.
        children.sort_by_key(|(field, _)| *field as u8);
    }
    Ok(children)
}

fn payloads(tree: &Tree<'_>, kind: Kind, one: NodeId, other: NodeId) -> Result<bool, Damage> {
    let (one, other) = (tree.payload(one, kind)?, tree.payload(other, kind)?);
    if one == other {
        return Ok(true);
    }
    Ok(match (one, other) {
        (Payload::Context(_), Payload::Context(_)) => true,
        (Payload::Flag(_), Payload::Flag(_)) => kind == Kind::AnnAssign,
        (Payload::NameContext { name: one, .. }, Payload::NameContext { name: other, .. }) => one == other,
        (Payload::Operators(Stored::Record(one)), Payload::Operators(Stored::Record(other)))
        | (Payload::Names(one), Payload::Names(other)) => tree.extra_list(one)?.eq(tree.extra_list(other)?),
        (Payload::Alias(one), Payload::Alias(other)) => tree.alias(one)? == tree.alias(other)?,
        (Payload::ImportFrom(one), Payload::ImportFrom(other)) => {
            tree.import_from(one)? == tree.import_from(other)?
        }
        (Payload::Interpolation(one), Payload::Interpolation(other)) => {
            tree.record::<InterpolationRecord>(one)? == tree.record::<InterpolationRecord>(other)?
        }
        (Payload::Constant { tag, value }, Payload::Constant { tag: other_tag, value: other_value }) => {
            without_prefix(tag) == without_prefix(other_tag) && constants(tree, tag, value, other_value)?
        }
        _ => false,
    })
}

/// The tag of the same value without the prefix `u`.
fn without_prefix(tag: ConstantTag) -> ConstantTag {
    match tag {
        ConstantTag::UnicodeStr => ConstantTag::Str,
        tag => tag,
    }
}

/// Whether two constants with the same tag are equal.
fn constants(tree: &Tree<'_>, tag: ConstantTag, one: u32, other: u32) -> Result<bool, Damage> {
    Ok(match tag {
        ConstantTag::Float | ConstantTag::Imaginary => {
            tree.float(one)?.to_bits() == tree.float(other)?.to_bits()
        }
        ConstantTag::BigInt => big_int_at(tree, one)? == big_int_at(tree, other)?,
        // Strings are stored once each, and other numbers are the values.
        _ => one == other,
    })
}

/// Whether a node's constant is the one that a pattern writes.
pub(super) fn literal(
    tree: &Tree<'_>,
    wanted: &Literal,
    kind: Kind,
    payload: Payload,
) -> Result<bool, Damage> {
    if kind == Kind::MatchSingleton {
        return Ok(matches!(wanted, Literal::Payload(wanted) if *wanted == payload));
    }
    let Payload::Constant { tag, value: number } = payload else { return Ok(false) };
    Ok(match (wanted, without_prefix(tag)) {
        (Literal::Str(wanted), ConstantTag::Str) | (Literal::Bytes(wanted), ConstantTag::Bytes) => {
            tree.string(number)? == wanted.as_slice()
        }
        (Literal::Payload(wanted), _) => *wanted == payload,
        (Literal::BigInt(wanted), ConstantTag::BigInt) => big_int_at(tree, number)?.as_ref() == Some(wanted),
        (Literal::Float(wanted), ConstantTag::Float)
        | (Literal::Imaginary(wanted), ConstantTag::Imaginary) => tree.float(number)?.to_bits() == *wanted,
        _ => false,
    })
}

fn big_int_at(tree: &Tree<'_>, number: u32) -> Result<Option<BigUint>, Damage> {
    Ok(std::str::from_utf8(tree.string(number)?).ok().and_then(parse_integer))
}
