//! Whether two things in a tree are equal, apart from positions, contexts and what else a pattern does not compare.

use lazyast_format::shape::{ConstantTag, OPERATOR_LIST, Payload};
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};
use num_bigint::BigUint;

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
            let payload = tree.payload(node)?;
            match tree.kind(node)? {
                Kind::Name => Some(payload >> 2),
                Kind::Arg if !has_children => Some(payload),
                Kind::MatchAs if !has_children => payload.checked_sub(1),
                Kind::Alias if payload & 1 == 0 => Some(payload >> 1),
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
    let (one, other) = (tree.payload(one)?, tree.payload(other)?);
    if one == other {
        return Ok(true);
    }
    Ok(match kind.payload() {
        Payload::None | Payload::Context => true,
        Payload::Flag => kind == Kind::AnnAssign,
        Payload::NameContext => one >> 2 == other >> 2,
        Payload::Operators => match (one.checked_sub(OPERATOR_LIST), other.checked_sub(OPERATOR_LIST)) {
            (Some(one), Some(other)) => tree.extra_list(one)?.eq(tree.extra_list(other)?),
            _ => false,
        },
        Payload::Names => tree.extra_list(one)?.eq(tree.extra_list(other)?),
        Payload::Alias | Payload::ImportFrom if one & other & 1 == 1 => {
            tree.extra::<2>(one >> 1)? == tree.extra::<2>(other >> 1)?
        }
        Payload::Interpolation => tree.extra::<2>(one)? == tree.extra::<2>(other)?,
        Payload::Constant => constants(tree, one, other)?,
        _ => false,
    })
}

fn tag(payload: u32) -> ConstantTag {
    match ConstantTag::ALL[(payload & 7) as usize] {
        ConstantTag::UnicodeStr => ConstantTag::Str,
        tag => tag,
    }
}

fn constants(tree: &Tree<'_>, one: u32, other: u32) -> Result<bool, Damage> {
    let (tag_of_one, number, other_number) = (tag(one), one >> 3, other >> 3);
    if tag_of_one != tag(other) {
        return Ok(false);
    }
    Ok(match tag_of_one {
        ConstantTag::Float | ConstantTag::Imaginary => {
            tree.float(number)?.to_bits() == tree.float(other_number)?.to_bits()
        }
        ConstantTag::BigInt => big_int_at(tree, number)? == big_int_at(tree, other_number)?,
        // Strings are stored once each, and other numbers are the values.
        _ => number == other_number,
    })
}

/// Whether a node's constant is the one that a pattern writes.
pub(super) fn literal(tree: &Tree<'_>, wanted: &Literal, node: NodeId, payload: u32) -> Result<bool, Damage> {
    if tree.kind(node)? == Kind::MatchSingleton {
        return Ok(matches!(wanted, Literal::Payload(wanted) if *wanted == payload));
    }
    let number = payload >> 3;
    Ok(match (wanted, tag(payload)) {
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
    Ok(std::str::from_utf8(tree.string(number)?).ok().and_then(big_int))
}

/// The value of an integer literal as archives have it: without underscores, in base 2, 8, 10 or 16.
pub(crate) fn big_int(literal: &str) -> Option<BigUint> {
    let (digits, base) = match literal.get(..2) {
        Some("0x" | "0X") => (&literal[2..], 16),
        Some("0o" | "0O") => (&literal[2..], 8),
        Some("0b" | "0B") => (&literal[2..], 2),
        _ => (literal, 10),
    };
    BigUint::parse_bytes(digits.as_bytes(), base)
}
