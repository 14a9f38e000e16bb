//! From hits to [`PlannedHit`]s: what is replaced in the text, and how.

use std::collections::HashMap;

use lazyast_format::{Damage, Field, Kind, NodeId};
use lazyast_query::{Capture, ExecutionError, Hit, HitMatch, Query};

use crate::nodes::{children, is_definition};
use crate::precedence::{Slot, slot};
use crate::skip::SkipReason;
use crate::source::{Source, is_statement};

/// A hit that is going to be replaced.
#[derive(Debug)]
pub(crate) struct PlannedHit<'a> {
    pub(crate) hit: Hit,
    /// The node that is replaced, and the last of several statements.
    pub(crate) nodes: (NodeId, NodeId),
    /// What is replaced in the text.
    pub(crate) range: (usize, usize),
    pub(crate) form: HitForm,
    pub(crate) captures: Vec<Capture<'a>>,
    /// Whether the decorators stay in the text before the range.
    pub(crate) keeps_decorators: bool,
}

/// What a hit is to the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HitForm {
    Expression {
        slot: Slot,
        has_brackets: bool,
        /// Whether the range includes the parentheses of a call.
        is_only_argument: bool,
        /// The string literal that it is in.
        literal: Option<(usize, usize)>,
    },
    /// Statements or clauses.
    Statements {
        /// Whether other code is in the same lines.
        shares_line: bool,
        is_elif: bool,
    },
    /// Statements that are removed; whether `pass` takes their place.
    Deletion { leaves_pass: bool },
}

/// What a template is, as far as the plan asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TemplateSort {
    Nothing,
    Expression,
    Statements {
        /// Whether it is one definition without decorators.
        is_definition: bool,
        is_if: bool,
    },
    Clause(Kind),
}

/// The hits to replace, and those that stay.
pub(crate) type HitPlan<'a> = (Vec<PlannedHit<'a>>, Vec<(Hit, SkipReason)>);

/// The hits to replace, sorted by their ranges, the outer ones first; and those that cannot be.
pub(crate) fn plan<'a>(
    source: &Source<'_, 'a>,
    query: &Query,
    sort: TemplateSort,
    hits: &[Hit],
) -> Result<HitPlan<'a>, ExecutionError> {
    let mut planned = Vec::new();
    let mut skipped = Vec::new();
    for hit in hits {
        match query.matched(source.tree, *hit)? {
            None => skipped.push((*hit, SkipReason::NoPattern)),
            Some(matched) => match plan_hit(source, sort, *hit, matched)? {
                Ok(one) => planned.push(one),
                Err(reason) => skipped.push((*hit, reason)),
            },
        }
    }
    planned.sort_by_key(|one| (one.range.0, std::cmp::Reverse(one.range.1), one.nodes.0));
    planned.dedup_by(|later, earlier| {
        let is_same = later.nodes.0 == earlier.nodes.0;
        if is_same {
            skipped.push((later.hit, SkipReason::Overlap));
        }
        is_same
    });
    let nested = remove_overlapping(&mut planned, &mut skipped);
    finish_deletions(source, &mut planned, &nested)?;
    Ok((planned, skipped))
}

/// Removes hits that reach out of the one that they start in. Returns for each of the others whether it is in another.
fn remove_overlapping(planned: &mut Vec<PlannedHit<'_>>, skipped: &mut Vec<(Hit, SkipReason)>) -> Vec<bool> {
    let mut open: Vec<usize> = Vec::new();
    let mut nested = Vec::new();
    planned.retain(|one| {
        while open.last().is_some_and(|end| *end <= one.range.0) {
            open.pop();
        }
        if open.last().is_some_and(|end| *end < one.range.1) {
            skipped.push((one.hit, SkipReason::Overlap));
            return false;
        }
        nested.push(!open.is_empty());
        open.push(one.range.1);
        true
    });
    nested
}

/// Decides for each deletion whether `pass` has to stay, and which lines go.
fn finish_deletions(
    source: &Source<'_, '_>,
    planned: &mut [PlannedHit<'_>],
    nested: &[bool],
) -> Result<(), ExecutionError> {
    let mut remaining: HashMap<(NodeId, Field), usize> = HashMap::new();
    let suite = |node: NodeId| -> Result<(NodeId, Field), Damage> {
        Ok((source.parent(node), source.tree.field(node)?))
    };
    for one in planned.iter().filter(|one| matches!(one.form, HitForm::Deletion { .. })) {
        let (parent, field) = suite(one.nodes.0)?;
        if let std::collections::hash_map::Entry::Vacant(entry) = remaining.entry((parent, field)) {
            let all = children(source.tree, parent)?;
            entry.insert(all.iter().filter(|(of, _)| *of == field).count());
        }
        let count = one.hit.statements(source.tree).len();
        if let Some(left) = remaining.get_mut(&(parent, field)) {
            *left = left.saturating_sub(count);
        }
    }
    let mut has_pass = Vec::new();
    for (one, is_nested) in planned.iter_mut().zip(nested) {
        let HitForm::Deletion { .. } = one.form else { continue };
        let suite = suite(one.nodes.0)?;
        let (start, end) = one.range;
        let is_module = suite.0 == 0;
        let is_emptied = !is_module && remaining.get(&suite) == Some(&0) && !has_pass.contains(&suite);
        let shares_line = shares_line(source, start, end);
        if *is_nested || is_emptied || shares_line {
            has_pass.extend(is_emptied.then_some(suite));
            one.form = HitForm::Deletion { leaves_pass: true };
            continue;
        }
        let layout = &source.layout;
        one.range = match layout.comment_after(end) {
            Some((comment, _)) => (start, comment),
            None => (layout.line_start(start), (layout.line_end(end) + 1).min(layout.text.len())),
        };
    }
    Ok(())
}

fn plan_hit<'a>(
    source: &Source<'_, 'a>,
    sort: TemplateSort,
    hit: Hit,
    matched: HitMatch<'a>,
) -> Result<Result<PlannedHit<'a>, SkipReason>, Damage> {
    let kind = source.tree.kind(hit.node)?;
    let mut nodes = (hit.node, hit.last);
    let in_string = source.layout.string_around(source.range(hit.node)?.0);
    if in_string.is_some()
        && let Some(reason) = text_of_field(source, hit.node)?
    {
        return Ok(Err(reason));
    }
    match (kind.class(), sort) {
        ("expr", TemplateSort::Expression) => return plan_expression(source, hit, matched).map(Ok),
        ("expr", TemplateSort::Nothing | TemplateSort::Statements { .. }) => {
            let parent = source.parent(hit.node);
            if source.tree.kind(parent)? != Kind::Expr {
                return Ok(Err(SkipReason::NotAStatement));
            }
            nodes = (parent, parent);
        }
        ("stmt", TemplateSort::Clause(_)) => return Ok(Err(SkipReason::OtherSort)),
        ("stmt", _) | (_, TemplateSort::Nothing) if is_statement(kind) => {}
        (_, TemplateSort::Clause(of)) if of == kind => {}
        _ => return Ok(Err(SkipReason::OtherSort)),
    }
    let (first, last) = nodes;
    let mut start = source.range(first)?.0;
    let end = source.range(last)?.1;
    let is_template_definition = matches!(sort, TemplateSort::Statements { is_definition: true, .. });
    let kept = matched.uncompared.contains(&Field::DecoratorList) && is_template_definition;
    if let Some(reason) = dropped(source, hit, &matched, sort)? {
        return Ok(Err(reason));
    }
    if !kept {
        start = source.start_with_decorators(first)?;
    }
    let is_elif = kind == Kind::If && source.layout.text[start..].starts_with("elif");
    let form = match sort {
        TemplateSort::Nothing if is_elif => return Ok(Err(SkipReason::Elif)),
        TemplateSort::Nothing => HitForm::Deletion { leaves_pass: false },
        TemplateSort::Statements { is_if: true, .. } if is_elif => {
            HitForm::Statements { shares_line: false, is_elif }
        }
        _ if is_elif => return Ok(Err(SkipReason::Elif)),
        _ => HitForm::Statements { shares_line: shares_line(source, start, end), is_elif: false },
    };
    let captures = matched.captures;
    Ok(Ok(PlannedHit { hit, nodes, range: (start, end), form, captures, keeps_decorators: kept }))
}

/// What a replacement would drop that the pattern does not compare.
fn dropped(
    source: &Source<'_, '_>,
    hit: Hit,
    matched: &HitMatch<'_>,
    sort: TemplateSort,
) -> Result<Option<SkipReason>, Damage> {
    let count = |node: NodeId, field: Field| -> Result<usize, Damage> {
        Ok(children(source.tree, node)?.iter().filter(|(of, _)| *of == field).count())
    };
    if let Some(compared) = matched.compared_names {
        let sequences = matched.captures.iter().filter(|capture| capture.is_sequence);
        let captured: usize = sequences.map(|capture| capture.elements.len()).sum();
        if compared + captured < count(hit.node, Field::Names)? {
            return Ok(Some(SkipReason::Drops("other names")));
        }
    }
    if sort == TemplateSort::Nothing {
        return Ok(None);
    }
    let decorators = count(hit.node, Field::DecoratorList)?;
    if matched.compared_decorators.is_some_and(|compared| compared < decorators) {
        return Ok(Some(SkipReason::Drops("other decorators")));
    }
    if matches!(sort, TemplateSort::Statements { is_definition: true, .. }) {
        for (field, name) in [(Field::TypeParams, "type parameters"), (Field::Returns, "return annotation")] {
            if matched.uncompared.contains(&field) && count(hit.node, field)? > 0 {
                return Ok(Some(SkipReason::Drops(name)));
            }
        }
    }
    // Definitions in a pattern of several statements.
    if hit.node != hit.last {
        let captured = |node: NodeId| {
            let elements = matched.captures.iter().flat_map(|capture| &capture.elements);
            elements.into_iter().any(|element| *element == lazyast_query::CapturedElement::Node(node))
        };
        for node in hit.statements(source.tree) {
            let is_open = is_definition(source.tree.kind(node)?) && !captured(node);
            if is_open && count(node, Field::DecoratorList)? > 0 {
                return Ok(Some(SkipReason::Drops("decorators")));
            }
        }
    }
    Ok(None)
}

fn plan_expression<'a>(
    source: &Source<'_, 'a>,
    hit: Hit,
    matched: HitMatch<'a>,
) -> Result<PlannedHit<'a>, Damage> {
    let (start, end) = source.range(hit.node)?;
    let parent = source.parent(hit.node);
    let field = source.tree.field(hit.node)?;
    let is_only_argument = source.tree.kind(hit.node)? == Kind::GeneratorExp
        && source.tree.kind(parent)? == Kind::Call
        && field == Field::Args
        && source.range(parent)?.1 == end;
    let pairs = source.layout.parentheses_around(start, end);
    let own = usize::from(source.has_call_parentheses(hit.node, &pairs)?);
    let slot = if pairs.len() > own || is_only_argument {
        Slot::parenthesised()
    } else if source.is_unpacked(parent, start)? {
        Slot::unpacked()
    } else {
        slot(source.tree, parent, field)?
    };
    let has_brackets = source.layout.depth(start) > 0 || is_only_argument;
    let literal = source.layout.string_around(start);
    let literal = literal.filter(|(literal, _)| *literal < start);
    Ok(PlannedHit {
        hit,
        nodes: (hit.node, hit.node),
        range: (start, end),
        form: HitForm::Expression { slot, has_brackets, is_only_argument, literal },
        captures: matched.captures,
        keeps_decorators: false,
    })
}

/// Why a hit in an f-string or a t-string cannot be replaced: its text is a part of the value.
fn text_of_field(source: &Source<'_, '_>, mut node: NodeId) -> Result<Option<SkipReason>, Damage> {
    while node != 0 {
        let parent = source.parent(node);
        match source.tree.kind(parent)? {
            Kind::Interpolation => return Ok(Some(SkipReason::TemplateString)),
            Kind::FormattedValue if source.tree.field(node)? == Field::Value => {
                let (end, field_end) = (source.range(node)?.1, source.range(parent)?.1);
                let rest = source.layout.text.get(end..field_end).unwrap_or_default();
                if rest.trim_start_matches([' ', '\t', '\n', ')']).starts_with('=') {
                    return Ok(Some(SkipReason::SelfDocumenting));
                }
            }
            _ => {}
        }
        node = parent;
    }
    Ok(None)
}

/// Whether other code is in the first line before a range, or in the last line after it.
fn shares_line(source: &Source<'_, '_>, start: usize, end: usize) -> bool {
    let layout = &source.layout;
    let rest = layout.text[end..layout.line_end(end)].trim_start_matches([' ', '\t', '\x0c', ';']);
    !layout.starts_line(start) || !(rest.is_empty() || rest.starts_with('#'))
}
