//! V29 to V32: comments, warnings, and the lists of f-strings and of positions in 3.11.

use super::findings::{Findings, LimitReached};
use super::narrow_cursor::NarrowCursor;
use super::rule::Rule;
use crate::encoding::{SPAN_RECORD_LEN, SpanRecord, WarningKind};
use crate::layout::{ColumnsView, LittleEndian as _, NarrowColumn};
use crate::read::Tree;
use crate::schema::{Field, Kind};

/// V29 and V30: comments and warnings.
pub(super) fn check(tree: &Tree<'_>, findings: &mut Findings) -> Result<(), LimitReached> {
    let columns = &tree.columns;
    let text_len = u64::from(tree.header().text_len);
    let mut gaps = NarrowCursor::new(columns, NarrowColumn::CommentGaps);
    let mut lengths = NarrowCursor::new(columns, NarrowColumn::CommentLengths);
    let mut end = 0_u64;
    for row in 0..columns.comment_gaps.len() {
        let ((gap, _), (length, _)) = (gaps.next(row), lengths.next(row));
        end += u64::from(gap) + u64::from(length);
        if length == 0 {
            findings.report(Rule::Comments, "comment_lengths", row, "at least 1", length)?;
        }
        if end > text_len {
            return findings.report(
                Rule::Comments,
                "comments",
                row,
                format_args!("an end of at most {text_len}"),
                end,
            );
        }
    }
    check_warnings(tree, findings)
}

fn check_warnings(tree: &Tree<'_>, findings: &mut Findings) -> Result<(), LimitReached> {
    let (warnings, text_len) = (&tree.columns.warnings, tree.header().text_len);
    let mut previous = 0;
    for (row, pair) in warnings.chunks(2).enumerate() {
        let [offset, kind] = pair else {
            return findings.report(Rule::Warnings, "warnings", row, "an offset and a kind", "an offset");
        };
        let (offset, kind) = (offset.to_native(), kind.to_native());
        if offset < previous || offset >= text_len {
            findings.report(
                Rule::Warnings,
                "warnings",
                row,
                format_args!("an offset from {previous} to {text_len}"),
                offset,
            )?;
        }
        if kind as usize >= WarningKind::ALL.len() {
            findings.report(
                Rule::Warnings,
                "warnings",
                row,
                format_args!("a kind below {}", WarningKind::ALL.len()),
                kind,
            )?;
        }
        previous = offset;
    }
    let warns = tree.header().facts.warns;
    if warns == warnings.is_empty() {
        findings.report(Rule::Warnings, "header", 13, format_args!("the flag 1 to be {}", !warns), warns)?;
    }
    Ok(())
}

/// V31 and V32: the lists that name nodes, compared with the nodes in order.
pub(super) struct NodeListChecker<'t, 'a> {
    columns: &'t ColumnsView<'a>,
    /// The next entry of `joined_strings`.
    joined: usize,
    /// The next record of `spans_311`.
    spans: usize,
    /// The end of the last outermost f-string.
    joined_end: u32,
}

impl<'t, 'a> NodeListChecker<'t, 'a> {
    pub(super) fn new(tree: &'t Tree<'a>) -> Self {
        Self { columns: &tree.columns, joined: 0, spans: 0, joined_end: 0 }
    }

    /// Compares a node with the lists.
    pub(super) fn check(
        &mut self,
        id: u32,
        end: u32,
        kind: Kind,
        field: Field,
        findings: &mut Findings,
    ) -> Result<(), LimitReached> {
        if kind == Kind::JoinedStr && field != Field::FormatSpec && id >= self.joined_end {
            self.joined_end = end;
            match self.columns.joined_strings.get(self.joined).map(|node| node.to_native()) {
                Some(node) if node == id => {}
                Some(node) => {
                    findings.report(Rule::JoinedStrings, "joined_strings", self.joined, id, node)?
                }
                None => findings.report(
                    Rule::JoinedStrings,
                    "joined_strings",
                    self.joined,
                    id,
                    "no more nodes",
                )?,
            }
            self.joined += 1;
        }
        let record = self.columns.spans_311.get(self.spans * SPAN_RECORD_LEN);
        if record.is_some_and(|node| node.to_native() == id) {
            self.span(id, kind, findings)?;
            self.spans += 1;
        }
        Ok(())
    }

    fn span(&self, id: u32, kind: Kind, findings: &mut Findings) -> Result<(), LimitReached> {
        let lines = self.columns.lines().len().max(1);
        let words = self.columns.spans_311.get(self.spans * SPAN_RECORD_LEN..).unwrap_or_default();
        let Some(record) = words.first_chunk::<SPAN_RECORD_LEN>() else {
            return findings.report(Rule::Spans311, "spans_311", self.spans, "5 words", words.len());
        };
        let span = SpanRecord::from_words(record.map(|word| word.to_native())).span;
        for line in [span.start.line, span.end.line] {
            if line == 0 || line as usize > lines {
                findings.report(
                    Rule::Spans311,
                    "spans_311",
                    self.spans,
                    format_args!("a line from 1 to {lines}"),
                    line,
                )?;
            }
        }
        if id >= self.joined_end || !kind.has_positions() {
            findings.report(
                Rule::Spans311,
                "spans_311",
                self.spans,
                "a node with a position in an f-string",
                id,
            )?;
        }
        Ok(())
    }

    /// Reports entries that belong to no node.
    pub(super) fn finish(&self, findings: &mut Findings) -> Result<(), LimitReached> {
        if let Some(node) = self.columns.joined_strings.get(self.joined) {
            findings.report(
                Rule::JoinedStrings,
                "joined_strings",
                self.joined,
                "no more nodes",
                node.to_native(),
            )?;
        }
        if let Some(node) = self.columns.spans_311.get(self.spans * SPAN_RECORD_LEN) {
            findings.report(
                Rule::Spans311,
                "spans_311",
                self.spans,
                "a node after the previous one",
                node.to_native(),
            )?;
        }
        Ok(())
    }
}
