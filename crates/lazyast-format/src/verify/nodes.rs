//! V11, V12 and V17 to V24: one walk over the nodes, with a stack of those that are open.

use super::legal::{Legal, MAX_SLOTS};
use super::lists::Listed;
use super::payloads::Payloads;
use super::tables::{Cursor, Tables};
use super::{Findings, Full, Rule};
use crate::generated::tables::{Field, Kind};
use crate::read::Tree;
use crate::write::{BLOCK, ESCAPE, PAYLOAD_ESCAPE};

pub(super) fn check(tree: &Tree<'_>, tables: &Tables<'_>, findings: &mut Findings) -> Result<(), Full> {
    let mut walk = Walk {
        tree,
        legal: Legal::get(),
        open: Vec::new(),
        deepest: 0,
        payloads: Payloads::new(tree, tables),
        listed: Listed::new(tree),
    };
    let columns = tree.columns;
    let mut starts = Starts { cursor: Cursor::new(&columns.starts), start: 0 };
    let (mut lengths, mut sizes) = (Cursor::new(&columns.lengths), Cursor::new(&columns.sizes));
    let mut payload_overflow = columns.payload_overflow.values.iter();
    for row in 0..tree.len() {
        let at = row as usize;
        let start = starts.next(tree, at, findings)?;
        let (length, _) = lengths.next(at);
        let (size, _) = sizes.next(at);
        let payload = match columns.payloads[at].to_native() {
            PAYLOAD_ESCAPE => payload_overflow.next().map_or(0, |value| value.to_native()),
            payload => u32::from(payload),
        };
        let end = u64::from(start) + u64::from(length);
        let text_len = tree.header().text_len;
        if end > u64::from(text_len) {
            findings.report(Rule::Range, "nodes", row, format_args!("an end of at most {text_len}"), end)?;
        }
        walk.node(row, size, payload, findings)?;
    }
    walk.finish(findings)
}

/// Decodes starts.
struct Starts<'a> {
    cursor: Cursor<'a>,
    start: u32,
}

impl Starts<'_> {
    /// The start of the next node. An overflow value is needed where the step is large or backwards.
    fn next(&mut self, tree: &Tree<'_>, row: usize, findings: &mut Findings) -> Result<u32, Full> {
        let (value, absolute) = self.cursor.next(row);
        let before = self.start;
        self.start = if absolute { value } else { before.saturating_add(value) };
        if absolute && value.checked_sub(before).is_some_and(|step| step < u32::from(ESCAPE)) {
            let expected =
                format_args!("less than {before}, or at least {}", before.saturating_add(u32::from(ESCAPE)));
            findings.report(Rule::OverflowValues, "starts", row, expected, value)?;
        }
        if row.is_multiple_of(BLOCK) {
            let base = tree.columns.start_bases[row / BLOCK].to_native();
            if base != self.start {
                findings.report(Rule::Bases, "start_bases", row / BLOCK, self.start, base)?;
            }
        }
        Ok(self.start)
    }
}

/// A node whose subtree has not ended.
struct Open {
    id: u32,
    end: u32,
    kind: Option<Kind>,
    counts: [u32; MAX_SLOTS],
    /// The field of the child before.
    last: Field,
    /// The length of the list in the payload.
    listed: u32,
}

struct Walk<'t, 'a> {
    tree: &'t Tree<'a>,
    legal: &'static Legal,
    open: Vec<Open>,
    deepest: usize,
    payloads: Payloads<'t, 'a>,
    listed: Listed<'a>,
}

impl Walk<'_, '_> {
    fn node(&mut self, id: u32, size: u32, payload: u32, findings: &mut Findings) -> Result<(), Full> {
        while let Some(node) = self.open.pop_if(|node| node.end <= id) {
            self.close(&node, findings)?;
        }
        let (kind, field) = self.codes(id, findings)?;
        let end = self.nest(id, size, findings)?;
        if let (Some(kind), Some(field)) = (kind, field) {
            self.place(id, kind, field, findings)?;
            self.listed.node(id, end, kind, field, findings)?;
        }
        let listed = match kind {
            Some(kind) => self.payloads.check(id, kind, payload, findings)?,
            None => 0,
        };
        self.open.push(Open { id, end, kind, counts: [0; MAX_SLOTS], last: Field::Root, listed });
        self.deepest = self.deepest.max(self.open.len());
        Ok(())
    }

    /// V17.
    fn codes(&self, id: u32, findings: &mut Findings) -> Result<(Option<Kind>, Option<Field>), Full> {
        let columns = self.tree.columns;
        let (kind, field) = (columns.kinds[id as usize], columns.fields[id as usize]);
        let known = (Kind::ALL.get(usize::from(kind)).copied(), Field::ALL.get(usize::from(field)).copied());
        if known.0.is_none() {
            findings.report(
                Rule::Codes,
                "kinds",
                id,
                format_args!("at most {}", Kind::ALL.len() - 1),
                kind,
            )?;
        }
        if known.1.is_none() {
            findings.report(
                Rule::Codes,
                "fields",
                id,
                format_args!("at most {}", Field::ALL.len() - 1),
                field,
            )?;
        }
        Ok(known)
    }

    /// V18. The number behind the last node of the subtree.
    fn nest(&self, id: u32, size: u32, findings: &mut Findings) -> Result<u32, Full> {
        let all = self.tree.len();
        let limit = self.open.last().map_or(all, |parent| parent.end);
        let end = u64::from(id) + 1 + u64::from(size);
        if end > u64::from(limit) {
            findings.report(
                Rule::Nesting,
                "sizes",
                id,
                format_args!("a subtree that ends at {limit} at most"),
                end,
            )?;
            return Ok(limit);
        }
        if id == 0 && end != u64::from(all) {
            findings.report(Rule::Nesting, "sizes", id, format_args!("{} descendants", all - 1), size)?;
            return Ok(all);
        }
        Ok(end as u32)
    }

    /// V21, V24, and half of V23: what a node says about the one that it stands in.
    fn place(&mut self, id: u32, kind: Kind, field: Field, findings: &mut Findings) -> Result<(), Full> {
        self.since(id, "kinds", kind.since(), findings)?;
        let Some(parent) = self.open.last_mut() else {
            return match field {
                Field::Root => Ok(()),
                _ => findings.report(Rule::Field, "fields", id, "root", format_args!("{field:?}")),
            };
        };
        let Some(parent_kind) = parent.kind else { return Ok(()) };
        let last = core::mem::replace(&mut parent.last, field);
        let parent_id = parent.id;
        let Some(slot) = self.legal.slot(parent_kind, field) else {
            let expected = format_args!("a field of {}", parent_kind.name());
            return findings.report(Rule::Field, "fields", id, expected, format_args!("{field:?}"));
        };
        parent.counts[slot.place] = parent.counts[slot.place].saturating_add(1);
        if kind.class() != slot.class || field == Field::Values312 && kind != Kind::Constant {
            let expected =
                format_args!("a kind of the class {} for {field:?} of {}", slot.class, parent_kind.name());
            findings.report(Rule::Field, "kinds", id, expected, kind.name())?;
        }
        self.since(id, "fields", slot.since, findings)?;
        if last == Field::Keys && parent_kind == Kind::Dict && field != Field::Values {
            findings.report(Rule::Pairs, "fields", id, "Values behind Keys", format_args!("{field:?}"))?;
        }
        if field == Field::KwDefaults && last != Field::Kwonlyargs {
            findings.report(
                Rule::Pairs,
                "fields",
                id,
                "Kwonlyargs before KwDefaults",
                format_args!("{last:?}"),
            )?;
        }
        if field == Field::Values312 && self.tree.field(parent_id) != Ok(Field::FormatSpec) {
            findings.report(
                Rule::Field,
                "fields",
                id,
                "Values312 in a format specification",
                "it elsewhere",
            )?;
        }
        Ok(())
    }

    /// V24.
    fn since(&self, id: u32, what: &'static str, since: u8, findings: &mut Findings) -> Result<(), Full> {
        let minimum = self.tree.header().facts.minimum_python.max(crate::shape::OLDEST_PYTHON);
        if since <= minimum {
            return Ok(());
        }
        findings.report(
            Rule::Since,
            what,
            id,
            format_args!("nothing newer than 3.{minimum}"),
            format_args!("3.{since}"),
        )
    }

    /// V22 and V23: what all children of a node say together.
    fn close(&self, node: &Open, findings: &mut Findings) -> Result<(), Full> {
        let Some(kind) = node.kind else { return Ok(()) };
        for slot in self.legal.slots(kind) {
            let found = node.counts[slot.place];
            if found < slot.least || found > slot.most {
                let expected = format_args!("{} to {} children {:?}", slot.least, slot.most, slot.field);
                findings.report(Rule::Count, "nodes", node.id, expected, found)?;
            }
        }
        let count = |field| self.legal.slot(kind, field).map_or(0, |slot| node.counts[slot.place]);
        let (field, found, expected) = match kind {
            Kind::Dict if node.last == Field::Keys => ("Values behind the last of Keys", 0, 1),
            Kind::Arguments => {
                let most = count(Field::Posonlyargs).saturating_add(count(Field::Args));
                ("Defaults", count(Field::Defaults), most.min(count(Field::Defaults)))
            }
            Kind::MatchMapping => ("Patterns", count(Field::Patterns), count(Field::Keys)),
            Kind::MatchClass => ("KwdPatterns", count(Field::KwdPatterns), node.listed),
            Kind::Compare => ("Comparators", count(Field::Comparators), node.listed),
            _ => return Ok(()),
        };
        if found != expected {
            findings.report(Rule::Pairs, "nodes", node.id, format_args!("{expected} of {field}"), found)?;
        }
        Ok(())
    }

    /// V19, and what the whole archive has to have used up.
    fn finish(mut self, findings: &mut Findings) -> Result<(), Full> {
        while let Some(node) = self.open.pop() {
            self.close(&node, findings)?;
        }
        let depth = self.tree.header().depth;
        if usize::from(depth) != self.deepest {
            findings.report(Rule::Depth, "header", 14, self.deepest, depth)?;
        }
        self.payloads.finish(findings)?;
        self.listed.finish(findings)
    }
}
