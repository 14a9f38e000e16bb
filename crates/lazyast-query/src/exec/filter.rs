//! Conditions over one tree, set by set.
//!
//! Each part of a condition is evaluated once for a tree, for all of its candidates together: sets are ascending
//! node numbers, a subtree is an interval, and relations are merges. So the time is that of the condition's length
//! times the tree's, whatever is nested in what.

use lazyast_format::{Damage, Field, Kind, NodeId, Tree};

use super::navigation;
use crate::pattern::{Machine, Match, Pattern, Root};
use crate::plan::{Condition, Place, Relation};
use crate::{Hit, KindSet, RunError};

/// The hits of a condition in a tree.
pub(crate) fn hits(tree: &Tree<'_>, condition: &Condition) -> Result<Vec<Hit>, RunError> {
    let nodes = all(tree, condition)?;
    // Where several statements match, the last of them is found again for the hits alone.
    let mut blocks: Vec<_> = Vec::new();
    condition.own_patterns(&mut blocks);
    blocks.retain(|pattern| matches!(pattern.root, Root::Block(_)));
    let mut hits: Vec<Hit> = nodes.iter().map(|node| Hit { node: *node, last: *node }).collect();
    if blocks.is_empty() {
        return Ok(hits);
    }
    let parents = navigation::parents(tree, &nodes)?;
    for pattern in blocks {
        let mut machine = Machine::new(pattern, tree);
        for (hit, parent) in hits.iter_mut().zip(&parents) {
            let fits = hit.last == hit.node && pattern.kinds.contains(tree.kind(hit.node)?);
            if fits
                && machine.matches(
                    hit.node,
                    &navigation::block_from(tree, *parent, hit.node, pattern.block_len())?,
                )?
            {
                hit.last = machine.last();
            }
        }
    }
    Ok(hits)
}

/// The first pattern of a condition that a hit of it owes its captures to, and how it matches.
pub(crate) fn match_at<'c>(
    tree: &Tree<'_>,
    condition: &'c Condition,
    node: NodeId,
) -> Result<Option<(&'c Pattern, Match)>, RunError> {
    match condition {
        Condition::Pattern(pattern) => {
            let mut machine = Machine::new(pattern, tree);
            let has_kind = pattern.kinds.contains(tree.kind(node)?);
            let block = match pattern.root {
                Root::Item(_) => Vec::new(),
                Root::Block(_) => {
                    let parent = navigation::parents(tree, &[node])?.into_iter().next().flatten();
                    navigation::block_from(tree, parent, node, pattern.block_len())?
                }
            };
            Ok((has_kind && machine.matches(node, &block)?).then(|| (&**pattern, machine.found())))
        }
        Condition::All(conditions) => {
            for condition in conditions {
                let found = match_at(tree, condition, node)?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            Ok(None)
        }
        Condition::Any(conditions) => {
            for condition in conditions {
                let mut patterns = Vec::new();
                condition.own_patterns(&mut patterns);
                // Another alternative's pattern may match as well, without having selected the node.
                if !patterns.is_empty() && !filter(tree, condition, vec![node])?.is_empty() {
                    return match_at(tree, condition, node);
                }
            }
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// Every node of which a condition is true.
fn all(tree: &Tree<'_>, condition: &Condition) -> Result<Vec<NodeId>, RunError> {
    let kinds = condition.kinds();
    let candidates = of_kinds(tree, kinds);
    match condition {
        Condition::Kinds(_) => Ok(candidates),
        Condition::All(conditions) => {
            // The first part may be that they are of these kinds.
            let is_known = |condition: &&Condition| matches!(condition, Condition::Kinds(all) if all.and(kinds) == kinds);
            let mut left = candidates;
            for condition in conditions.iter().filter(|condition| !is_known(condition)) {
                left = filter(tree, condition, left)?;
            }
            Ok(left)
        }
        condition => filter(tree, condition, candidates),
    }
}

/// The nodes of some kinds.
fn of_kinds(tree: &Tree<'_>, kinds: KindSet) -> Vec<NodeId> {
    let codes = tree.kinds();
    let wanted: Vec<u8> = kinds.iter().map(|kind| kind as u8).collect();
    let mut nodes: Vec<NodeId> = match wanted[..] {
        [] => Vec::new(),
        [one] => places_of(codes, one),
        [one, two] => memchr::memchr2_iter(one, two, codes).map(|place| place as NodeId).collect(),
        [one, two, three] => {
            memchr::memchr3_iter(one, two, three, codes).map(|place| place as NodeId).collect()
        }
        _ => {
            let mut is_wanted = [false; 256];
            wanted.iter().for_each(|code| is_wanted[usize::from(*code)] = true);
            let places = codes.iter().enumerate().filter(|(_, code)| is_wanted[usize::from(**code)]);
            places.map(|(place, _)| place as NodeId).collect()
        }
    };
    let fields = tree.fields();
    if kinds.contains(Kind::Constant) && memchr::memchr(Field::Values312 as u8, fields).is_some() {
        // They are in the trees of a few releases of Python alone.
        nodes.retain(|node| fields[*node as usize] != Field::Values312 as u8);
    }
    nodes
}

/// Where a code is. Common kinds are a few bytes apart, so that eight bytes are looked at at a time, without the
/// price of a new search behind each.
fn places_of(codes: &[u8], code: u8) -> Vec<NodeId> {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let wanted = u64::from_le_bytes([code; 8]);
    let mut places = Vec::with_capacity(codes.len() / 32);
    let (words, rest) = codes.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let differences = u64::from_le_bytes(*word) ^ wanted;
        // The highest bit of each byte that is zero, and no other bit.
        let mut found = !(((differences & LOW) + LOW) | differences | LOW);
        while found != 0 {
            places.push((number * 8) as NodeId + found.trailing_zeros() / 8);
            found &= found - 1;
        }
    }
    let start = codes.len() - rest.len();
    places.extend(
        rest.iter().zip(start..).filter(|(found, _)| **found == code).map(|(_, place)| place as NodeId),
    );
    places
}

/// The candidates of which a condition is true. Both are ascending.
fn filter(tree: &Tree<'_>, condition: &Condition, candidates: Vec<NodeId>) -> Result<Vec<NodeId>, RunError> {
    if candidates.is_empty() {
        return Ok(candidates);
    }
    match condition {
        Condition::Kinds(kinds) if kinds.is_all() => Ok(candidates),
        Condition::Kinds(kinds) => retain(candidates, |node| Ok(kinds.contains(tree.kind(node)?))),
        Condition::Fields(fields) => in_fields(tree, fields, candidates),
        Condition::Attribute(test) => Ok(test.filter(tree, candidates)?),
        Condition::Pattern(pattern) => matching(tree, pattern, candidates),
        Condition::Place(place) => at_place(tree, *place, candidates),
        Condition::All(conditions) => {
            let mut left = candidates;
            for condition in conditions {
                left = filter(tree, condition, left)?;
            }
            Ok(left)
        }
        Condition::Any(conditions) => {
            let mut found = Vec::new();
            for condition in conditions {
                let one = filter(tree, condition, candidates.clone())?;
                found = union(found, one);
            }
            Ok(found)
        }
        Condition::Not(inner) => {
            let found = filter(tree, inner, candidates.clone())?;
            let mut found = found.into_iter().peekable();
            retain(candidates, |node| Ok(found.next_if_eq(&node).is_none()))
        }
        Condition::Related(relation, other) => related(tree, *relation, other, candidates),
    }
}

fn retain(
    mut nodes: Vec<NodeId>,
    mut keep: impl FnMut(NodeId) -> Result<bool, Damage>,
) -> Result<Vec<NodeId>, RunError> {
    let mut wrong = None;
    nodes.retain(|node| match keep(*node) {
        Ok(keeps) => keeps,
        Err(damage) => {
            wrong.get_or_insert(damage);
            false
        }
    });
    wrong.map_or(Ok(nodes), |damage| Err(damage.into()))
}

/// What is in one of two ascending lists, or in both.
fn union(one: Vec<NodeId>, other: Vec<NodeId>) -> Vec<NodeId> {
    if one.is_empty() {
        return other;
    }
    let mut all = one;
    all.extend(other);
    // Two ascending runs: this sort merges them.
    all.sort();
    all.dedup();
    all
}

fn in_fields(
    tree: &Tree<'_>,
    fields: &[(&'static str, Field)],
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, RunError> {
    let Some(((_, last), outer)) = fields.split_last() else { return Ok(candidates) };
    let found = retain(candidates, |node| Ok(tree.field(node)? == *last))?;
    if outer.is_empty() || found.is_empty() {
        return Ok(found);
    }
    let mut above = navigation::parents(tree, &found)?;
    let mut fits = vec![true; found.len()];
    for (place, (_, field)) in outer.iter().enumerate().rev() {
        for (fits, node) in fits.iter_mut().zip(&above) {
            *fits = *fits && node.is_some_and(|node| tree.field(node).is_ok_and(|found| found == *field));
        }
        if place > 0 {
            let mut nodes: Vec<NodeId> = above.iter().flatten().copied().collect();
            nodes.sort_unstable();
            nodes.dedup();
            let parents = navigation::parents(tree, &nodes)?;
            for node in &mut above {
                *node = node.and_then(|node| parents[nodes.binary_search(&node).ok()?]);
            }
        }
    }
    let mut fits = fits.into_iter();
    retain(found, |_| Ok(fits.next().unwrap_or_default()))
}

fn matching(tree: &Tree<'_>, pattern: &Pattern, candidates: Vec<NodeId>) -> Result<Vec<NodeId>, RunError> {
    let mut machine = Machine::new(pattern, tree);
    if machine.is_hopeless_everywhere() {
        return Ok(Vec::new());
    }
    let kinds = tree.kinds();
    let is_possible = |machine: &Machine<'_, '_, '_>, node: NodeId| {
        pattern.kinds.contains_code(kinds[node as usize]) && !machine.is_hopeless(node)
    };
    let mut found = Vec::new();
    if let Root::Item(_) = pattern.root {
        for node in candidates {
            if is_possible(&machine, node) && machine.matches(node, &[])? {
                found.push(node);
            }
        }
        return without_parts(tree, pattern, found);
    }
    let mut possible = Vec::new();
    for node in candidates {
        if is_possible(&machine, node) && machine.begins(node)? {
            possible.push(node);
        }
    }
    let parents = navigation::parents(tree, &possible)?;
    for (node, parent) in possible.into_iter().zip(parents) {
        if machine.matches(node, &navigation::block_from(tree, parent, node, pattern.block_len())?)? {
            found.push(node);
        }
    }
    Ok(found)
}

/// Takes away parts of f-strings, which are no expressions.
fn without_parts(tree: &Tree<'_>, pattern: &Pattern, found: Vec<NodeId>) -> Result<Vec<NodeId>, RunError> {
    if pattern
        .kinds
        .and(KindSet::from_iter([Kind::Constant, Kind::JoinedStr, Kind::FormattedValue]))
        .is_empty()
    {
        return Ok(found);
    }
    let parents = navigation::parents(tree, &found)?;
    let mut parents = parents.into_iter();
    retain(found, |node| {
        let parent = parents.next().flatten();
        let is_part = match tree.field(node)? {
            Field::FormatSpec => true,
            Field::Values => parent.map(|parent| tree.kind(parent)).transpose()? == Some(Kind::JoinedStr),
            _ => false,
        };
        Ok(!is_part)
    })
}

fn at_place(tree: &Tree<'_>, place: Place, candidates: Vec<NodeId>) -> Result<Vec<NodeId>, RunError> {
    let parents = navigation::parents(tree, &candidates)?;
    let mut marks = navigation::Marks::new(tree);
    for parent in navigation::distinct(&parents) {
        for list in navigation::lists(tree, parent)? {
            for (number, node) in list.iter().enumerate() {
                if place.fits(number, list.len()) {
                    marks.set(*node);
                }
            }
        }
    }
    retain(candidates, |node| Ok(marks.has(node)))
}

fn related(
    tree: &Tree<'_>,
    relation: Relation,
    other: &Condition,
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, RunError> {
    match relation {
        Relation::Ancestor => {
            let others = all(tree, other)?;
            let mut others = others.into_iter().peekable();
            // The ends of the others' subtrees that are open, the innermost last.
            let mut open: Vec<NodeId> = Vec::new();
            retain(candidates, |node| {
                while let Some(other) = others.next_if(|other| *other < node) {
                    while open.last().is_some_and(|end| *end <= other) {
                        open.pop();
                    }
                    open.push(tree.subtree_end(other));
                }
                while open.last().is_some_and(|end| *end <= node) {
                    open.pop();
                }
                Ok(!open.is_empty())
            })
        }
        Relation::Descendant => {
            let others = all(tree, other)?;
            let mut next = 0;
            retain(candidates, |node| {
                while others.get(next).is_some_and(|other| *other <= node) {
                    next += 1;
                }
                Ok(others.get(next).is_some_and(|other| *other < tree.subtree_end(node)))
            })
        }
        Relation::Parent => {
            let parents = navigation::parents(tree, &candidates)?;
            let distinct = navigation::distinct(&parents);
            let right = navigation::Marks::of(tree, &filter(tree, other, distinct)?);
            let mut parents = parents.into_iter();
            retain(candidates, |_| Ok(parents.next().flatten().is_some_and(|parent| right.has(parent))))
        }
        Relation::Child => {
            let others = all(tree, other)?;
            let parents =
                navigation::Marks::of(tree, &navigation::distinct(&navigation::parents(tree, &others)?));
            retain(candidates, |node| Ok(parents.has(node)))
        }
        Relation::Before | Relation::Earlier | Relation::Behind | Relation::Later => {
            let others = navigation::Marks::of(tree, &all(tree, other)?);
            let parents = navigation::parents(tree, &candidates)?;
            let mut marks = navigation::Marks::new(tree);
            for parent in navigation::distinct(&parents) {
                for mut list in navigation::lists(tree, parent)? {
                    if matches!(relation, Relation::Behind | Relation::Later) {
                        list.reverse();
                    }
                    let is_any = matches!(relation, Relation::Earlier | Relation::Later);
                    let mut seen = false;
                    for node in list {
                        if seen {
                            marks.set(node);
                        }
                        seen = others.has(node) || is_any && seen;
                    }
                }
            }
            retain(candidates, |node| Ok(marks.has(node)))
        }
    }
}
