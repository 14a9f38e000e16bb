//! Equality of subjects: whether a metavariable that occurs twice matches the same thing.
//!
//! Equal are subtrees of the same structure and values. Positions, contexts, string prefixes and the like are not
//! compared, as docs/queries.md says. What consists of a name alone equals anything that consists of the same name: in
//! `def $F(): return $F` an identifier equals a `Name`.

use lazyast_format::encoding::{ConstantTag, InterpolationRecord, Payload, Stored};
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};
use num_bigint::BigUint;

use super::program::ConstantLiteral;
use super::subject::{Subject, SubjectForm};
use crate::integer::parse_integer;

/// Whether two subjects are equal.
pub(crate) fn subjects_equal(tree: &Tree<'_>, one: Subject, other: Subject) -> Result<bool, Damage> {
    match (text_of(tree, one)?, text_of(tree, other)?) {
        (None, None) => {}
        (one, other) => return Ok(one == other),
    }
    match (bare_name(tree, one)?, bare_name(tree, other)?) {
        (Some(one), Some(other)) => return Ok(one == other),
        (None, None) => {}
        _ => return Ok(false),
    }
    let forms_equal = match (one.form, other.form) {
        // A default is not a part of its `arg`.
        (SubjectForm::Parameter(..), SubjectForm::Parameter(..)) => true,
        (SubjectForm::DictItem(one), SubjectForm::DictItem(other)) => match (one, other) {
            (Some(one), Some(other)) => subtrees_equal(tree, one, other)?,
            (None, None) => true,
            _ => false,
        },
        (SubjectForm::KeywordPattern(one), SubjectForm::KeywordPattern(other)) => one == other,
        (SubjectForm::Node, SubjectForm::Node) => true,
        _ => false,
    };
    Ok(forms_equal && subtrees_equal(tree, one.node, other.node)?)
}

/// The text that a subject is: a part of a string.
pub(crate) fn text_of<'a>(tree: &Tree<'a>, subject: Subject) -> Result<Option<&'a [u8]>, Damage> {
    let SubjectForm::Text(start, end) = subject.form else { return Ok(None) };
    let Payload::Constant { value, .. } = tree.payload(subject.node, Kind::Constant)? else {
        return Ok(None);
    };
    Ok(tree.string(value)?.get(start as usize..end as usize))
}

/// The name that a subject consists of, if it consists of a name alone.
fn bare_name<'a>(tree: &Tree<'a>, subject: Subject) -> Result<Option<&'a str>, Damage> {
    let node = subject.node;
    let name = match subject.form {
        SubjectForm::Name(name) => Some(name),
        SubjectForm::DottedPart(name, part) => {
            return Ok(tree.name(name)?.split('.').nth(usize::from(part)));
        }
        SubjectForm::Underscore => return Ok(Some("_")),
        SubjectForm::Parameter(_, Some(_))
        | SubjectForm::DictItem(_)
        | SubjectForm::KeywordPattern(_)
        | SubjectForm::Text(..) => None,
        SubjectForm::Node | SubjectForm::Parameter(_, None) => {
            let has_children = tree.subtree_end(node) > node + 1;
            match tree.kind(node)? {
                kind @ (Kind::Name | Kind::Alias) => tree.payload(node, kind)?.name(),
                kind @ (Kind::Arg | Kind::MatchAs) if !has_children => tree.payload(node, kind)?.name(),
                _ => None,
            }
        }
    };
    name.map(|name| tree.name(name)).transpose()
}

/// Whether two subtrees are equal.
fn subtrees_equal(tree: &Tree<'_>, one: NodeId, other: NodeId) -> Result<bool, Damage> {
    let mut pending = vec![(one, other)];
    while let Some((one, other)) = pending.pop() {
        if one == other {
            continue;
        }
        let kind = tree.kind(one)?;
        if kind != tree.kind(other)?
            || tree.subtree_end(one) - one != tree.subtree_end(other) - other
            || !payloads_equal(tree, kind, one, other)?
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
            pending.push((one, other));
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

fn payloads_equal(tree: &Tree<'_>, kind: Kind, one: NodeId, other: NodeId) -> Result<bool, Damage> {
    let (one, other) = (tree.payload(one, kind)?, tree.payload(other, kind)?);
    if one == other {
        return Ok(true);
    }
    Ok(match (one, other) {
        (Payload::Context(_), Payload::Context(_)) => true,
        (Payload::Flag(_), Payload::Flag(_)) => kind == Kind::AnnAssign,
        (Payload::NameContext { name: one, .. }, Payload::NameContext { name: other, .. }) => one == other,
        (Payload::Operators(Stored::Record(one)), Payload::Operators(Stored::Record(other)))
        | (Payload::Names(one), Payload::Names(other)) => tree.list(one)?.eq(tree.list(other)?),
        (Payload::Alias(one), Payload::Alias(other)) => tree.alias(one)? == tree.alias(other)?,
        (Payload::ImportFrom(one), Payload::ImportFrom(other)) => {
            tree.import_from(one)? == tree.import_from(other)?
        }
        (Payload::Interpolation(one), Payload::Interpolation(other)) => {
            tree.record::<InterpolationRecord>(one)? == tree.record::<InterpolationRecord>(other)?
        }
        (Payload::Constant { tag, value }, Payload::Constant { tag: other_tag, value: other_value }) => {
            without_prefix(tag) == without_prefix(other_tag)
                && constants_equal(tree, tag, value, other_value)?
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
fn constants_equal(tree: &Tree<'_>, tag: ConstantTag, one: u32, other: u32) -> Result<bool, Damage> {
    Ok(match tag {
        ConstantTag::Float | ConstantTag::Imaginary => {
            tree.float(one)?.to_bits() == tree.float(other)?.to_bits()
        }
        ConstantTag::BigInt => big_int_at(tree, one)? == big_int_at(tree, other)?,
        // Strings are stored once each, and other numbers are the values.
        _ => one == other,
    })
}

/// Whether a node's constant is the one in a pattern.
pub(super) fn constant_equals(
    tree: &Tree<'_>,
    expected: &ConstantLiteral,
    kind: Kind,
    payload: Payload,
) -> Result<bool, Damage> {
    if kind == Kind::MatchSingleton {
        return Ok(matches!(expected, ConstantLiteral::Payload(expected) if *expected == payload));
    }
    let Payload::Constant { tag, value: number } = payload else { return Ok(false) };
    Ok(match (expected, without_prefix(tag)) {
        (ConstantLiteral::Str(expected), ConstantTag::Str)
        | (ConstantLiteral::Bytes(expected), ConstantTag::Bytes) => {
            tree.string(number)? == expected.as_slice()
        }
        (ConstantLiteral::Payload(expected), _) => *expected == payload,
        (ConstantLiteral::BigInt(expected), ConstantTag::BigInt) => {
            big_int_at(tree, number)?.as_ref() == Some(expected)
        }
        (ConstantLiteral::Float(expected), ConstantTag::Float)
        | (ConstantLiteral::Imaginary(expected), ConstantTag::Imaginary) => {
            tree.float(number)?.to_bits() == *expected
        }
        _ => false,
    })
}

fn big_int_at(tree: &Tree<'_>, number: u32) -> Result<Option<BigUint>, Damage> {
    Ok(std::str::from_utf8(tree.string(number)?).ok().and_then(parse_integer))
}
