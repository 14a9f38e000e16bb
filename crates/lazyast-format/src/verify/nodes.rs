//! V11, V12 and V17 to V24: one walk over the nodes, with a stack of the nodes whose subtrees have not ended.
//!
//! The walk hands each node to the checks of payloads and of the lists that name nodes, so that every node is decoded
//! once.

use super::bases::check_base;
use super::child_rules::{ChildRules, MAX_CHILD_FIELDS};
use super::findings::{Findings, LimitReached};
use super::narrow_cursor::NarrowCursor;
use super::node_lists::NodeListChecker;
use super::payloads::{PayloadChecker, check_since};
use super::rule::Rule;
use super::tables::CheckedTables;
use crate::encoding::{ESCAPE, PayloadWidth, field_code};
use crate::layout::{NarrowColumn, PayloadsView};
use crate::read::Tree;
use crate::schema::{Field, Kind};

pub(super) fn check(
    tree: &Tree<'_>,
    tables: &CheckedTables<'_>,
    findings: &mut Findings,
) -> Result<(), LimitReached> {
    let mut checker = NodeChecker {
        tree,
        rules: ChildRules::get(),
        open: Vec::new(),
        depth: 0,
        payloads: PayloadChecker::new(tree, tables),
        node_lists: NodeListChecker::new(tree),
    };
    let columns = &tree.columns;
    let mut starts = StartDecoder { cursor: NarrowCursor::new(columns, NarrowColumn::Starts), start: 0 };
    let mut lengths = NarrowCursor::new(columns, NarrowColumn::Lengths);
    let mut sizes = NarrowCursor::new(columns, NarrowColumn::Sizes);
    let mut payloads = PayloadDecoder { column: columns.payloads(), offset: 0 };
    for row in 0..tree.len() {
        let at = row as usize;
        let start = starts.next(tree, at, findings)?;
        let (length, _) = lengths.next(at);
        let (size, _) = sizes.next(at);
        let payload = payloads.next(at, findings)?;
        let end = u64::from(start) + u64::from(length);
        let text_len = tree.header().text_len;
        if end > u64::from(text_len) {
            findings.report(Rule::Range, "nodes", row, format_args!("an end of at most {text_len}"), end)?;
        }
        checker.node(row, size, payload, findings)?;
    }
    payloads.finish(findings)?;
    checker.finish(findings)
}

/// Decodes payloads from the front, and compares the number of bytes before them with the base column.
struct PayloadDecoder<'a> {
    column: PayloadsView<'a>,
    offset: usize,
}

impl PayloadDecoder<'_> {
    /// The payload of the next node. A missing payload is 0; V13 reports it.
    fn next(&mut self, row: usize, findings: &mut Findings) -> Result<u32, LimitReached> {
        check_base("payloads", self.column.bases, row, self.offset, findings)?;
        let width = PayloadWidth::in_byte(self.column.fields[row]);
        let payload = self.column.read(self.offset, width);
        self.offset += width.len();
        let Some(payload) = payload else { return Ok(0) };
        let smallest = PayloadWidth::of(payload);
        if width != smallest {
            let expected = format_args!("{} bytes for {payload}", smallest.len());
            findings.report(Rule::OverflowValues, "payloads", row, expected, width.len())?;
        }
        Ok(payload)
    }

    /// V13: the payloads of all nodes are everything.
    fn finish(&self, findings: &mut Findings) -> Result<(), LimitReached> {
        let found = self.column.bytes.len();
        if found != self.offset {
            let expected = format_args!("{} bytes", self.offset);
            findings.report(Rule::Totals, "payloads", 0, expected, format_args!("{found} bytes"))?;
        }
        Ok(())
    }
}

/// Decodes starts from the front, and compares them with the base column.
struct StartDecoder<'a> {
    cursor: NarrowCursor<'a>,
    start: u32,
}

impl StartDecoder<'_> {
    /// The start of the next node. Only a start that is far after the previous start, or before it, may be escaped.
    fn next(&mut self, tree: &Tree<'_>, row: usize, findings: &mut Findings) -> Result<u32, LimitReached> {
        check_base("starts", tree.columns.start_bases, row, self.start as usize, findings)?;
        let (value, absolute) = self.cursor.next(row);
        let previous = self.start;
        self.start = if absolute { value } else { previous.saturating_add(value) };
        if absolute && value.checked_sub(previous).is_some_and(|step| step < u32::from(ESCAPE)) {
            let expected = format_args!(
                "less than {previous}, or at least {}",
                previous.saturating_add(u32::from(ESCAPE))
            );
            findings.report(Rule::OverflowValues, "starts", row, expected, value)?;
        }
        Ok(self.start)
    }
}

/// A node whose subtree has not ended.
struct OpenSubtree {
    id: u32,
    end: u32,
    kind: Option<Kind>,
    /// The number of children in each of the kind's fields.
    counts: [u32; MAX_CHILD_FIELDS],
    /// The field of the previous child.
    last_field: Field,
    /// The length of the list in the payload.
    list_len: u32,
}

struct NodeChecker<'t, 'a> {
    tree: &'t Tree<'a>,
    rules: &'static ChildRules,
    open: Vec<OpenSubtree>,
    depth: usize,
    payloads: PayloadChecker<'t, 'a>,
    node_lists: NodeListChecker<'t, 'a>,
}

impl NodeChecker<'_, '_> {
    fn node(
        &mut self,
        id: u32,
        size: u32,
        payload: u32,
        findings: &mut Findings,
    ) -> Result<(), LimitReached> {
        while let Some(node) = self.open.pop_if(|node| node.end <= id) {
            self.close(&node, findings)?;
        }
        let (kind, field) = self.codes(id, findings)?;
        let end = self.nest(id, size, findings)?;
        if let (Some(kind), Some(field)) = (kind, field) {
            self.child(id, kind, field, findings)?;
            self.node_lists.check(id, end, kind, field, findings)?;
        }
        let list_len = match kind {
            Some(kind) => self.payloads.check(id, kind, payload, findings)?,
            None => 0,
        };
        let counts = [0; MAX_CHILD_FIELDS];
        self.open.push(OpenSubtree { id, end, kind, counts, last_field: Field::Root, list_len });
        self.depth = self.depth.max(self.open.len());
        Ok(())
    }

    /// V17: the codes are known.
    fn codes(&self, id: u32, findings: &mut Findings) -> Result<(Option<Kind>, Option<Field>), LimitReached> {
        let columns = &self.tree.columns;
        let (kind, field) = (columns.kinds[id as usize], field_code(columns.fields[id as usize]));
        let revision = self.tree.header().revision;
        let codes = (
            Kind::ALL.get(usize::from(kind)).copied().filter(|_| kind < revision.kinds),
            Field::ALL.get(usize::from(field)).copied().filter(|_| field < revision.fields),
        );
        if codes.0.is_none() {
            findings.report(
                Rule::Codes,
                "kinds",
                id,
                format_args!("at most {}", revision.kinds - 1),
                kind,
            )?;
        }
        if codes.1.is_none() {
            findings.report(
                Rule::Codes,
                "fields",
                id,
                format_args!("at most {}", revision.fields - 1),
                field,
            )?;
        }
        Ok(codes)
    }

    /// V18: subtrees are nested. Returns the number after the last node of the subtree.
    fn nest(&self, id: u32, size: u32, findings: &mut Findings) -> Result<u32, LimitReached> {
        let node_count = self.tree.len();
        let limit = self.open.last().map_or(node_count, |parent| parent.end);
        let end = u64::from(id) + 1 + u64::from(size);
        if end > u64::from(limit) {
            findings.report(
                Rule::Nesting,
                "sizes",
                id,
                format_args!("a subtree that ends at most at {limit}"),
                end,
            )?;
            return Ok(limit);
        }
        if id == 0 && end != u64::from(node_count) {
            findings.report(
                Rule::Nesting,
                "sizes",
                id,
                format_args!("{} descendants", node_count - 1),
                size,
            )?;
            return Ok(node_count);
        }
        Ok(end as u32)
    }

    /// V21, V24, and a part of V23: what one child must fulfil in its parent.
    fn child(
        &mut self,
        id: u32,
        kind: Kind,
        field: Field,
        findings: &mut Findings,
    ) -> Result<(), LimitReached> {
        check_since(self.tree, id, "kinds", kind.since(), findings)?;
        let Some(parent) = self.open.last_mut() else {
            return match field {
                Field::Root => Ok(()),
                _ => findings.report(Rule::Field, "fields", id, "root", format_args!("{field:?}")),
            };
        };
        let Some(parent_kind) = parent.kind else { return Ok(()) };
        let last_field = core::mem::replace(&mut parent.last_field, field);
        let parent_id = parent.id;
        let Some(rule) = self.rules.field(parent_kind, field) else {
            let expected = format_args!("a field of {}", parent_kind.name());
            return findings.report(Rule::Field, "fields", id, expected, format_args!("{field:?}"));
        };
        parent.counts[rule.index] = parent.counts[rule.index].saturating_add(1);
        if kind.class() != rule.class || field == Field::Values312 && kind != Kind::Constant {
            let expected =
                format_args!("a kind of the class {} for {field:?} of {}", rule.class, parent_kind.name());
            findings.report(Rule::Field, "kinds", id, expected, kind.name())?;
        }
        check_since(self.tree, id, "fields", rule.since, findings)?;
        if last_field == Field::Keys && parent_kind == Kind::Dict && field != Field::Values {
            findings.report(Rule::Pairs, "fields", id, "Values after Keys", format_args!("{field:?}"))?;
        }
        if field == Field::KwDefaults && last_field != Field::Kwonlyargs {
            findings.report(
                Rule::Pairs,
                "fields",
                id,
                "Kwonlyargs before KwDefaults",
                format_args!("{last_field:?}"),
            )?;
        }
        if field == Field::Values312 && self.tree.field(parent_id) != Ok(Field::FormatSpec) {
            findings.report(
                Rule::Field,
                "fields",
                id,
                "Values312 in a format specification",
                "a node elsewhere",
            )?;
        }
        Ok(())
    }

    /// V22 and V23: what all children of a node must fulfil together.
    fn close(&self, node: &OpenSubtree, findings: &mut Findings) -> Result<(), LimitReached> {
        let Some(kind) = node.kind else { return Ok(()) };
        for rule in self.rules.fields(kind) {
            let found = node.counts[rule.index];
            if found < rule.min || found > rule.max {
                let expected = format_args!("{} to {} children {:?}", rule.min, rule.max, rule.field);
                findings.report(Rule::Count, "nodes", node.id, expected, found)?;
            }
        }
        let count =
            |field| -> u32 { self.rules.field(kind, field).map_or(0, |rule| node.counts[rule.index]) };
        let (field, found, expected) = match kind {
            Kind::Dict if node.last_field == Field::Keys => ("Values after the last of Keys", 0, 1),
            Kind::Arguments => {
                let parameters = count(Field::Posonlyargs).saturating_add(count(Field::Args));
                ("Defaults", count(Field::Defaults), parameters.min(count(Field::Defaults)))
            }
            Kind::MatchMapping => ("Patterns", count(Field::Patterns), count(Field::Keys)),
            Kind::MatchClass => ("KwdPatterns", count(Field::KwdPatterns), node.list_len),
            Kind::Compare => ("Comparators", count(Field::Comparators), node.list_len),
            _ => return Ok(()),
        };
        if found != expected {
            findings.report(Rule::Pairs, "nodes", node.id, format_args!("{expected} of {field}"), found)?;
        }
        Ok(())
    }

    /// V19, and the rules that hold once every node was seen.
    fn finish(mut self, findings: &mut Findings) -> Result<(), LimitReached> {
        while let Some(node) = self.open.pop() {
            self.close(&node, findings)?;
        }
        let depth = self.tree.header().depth;
        if usize::from(depth) != self.depth {
            findings.report(Rule::Depth, "header", 14, self.depth, depth)?;
        }
        self.payloads.finish(findings)?;
        self.node_lists.finish(findings)
    }
}
