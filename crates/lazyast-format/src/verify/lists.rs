//! V29 to V32: comments, warnings, and the lists of f-strings and of 3.11's positions.

use super::tables::Cursor;
use super::{Findings, Full, Rule};
use crate::generated::tables::{Field, Kind};
use crate::layout::ArchivedColumns;
use crate::read::{SPAN_RECORD, Tree};
use crate::shape::WARNING_KINDS;

/// V29 and V30.
pub(super) fn check(tree: &Tree<'_>, findings: &mut Findings) -> Result<(), Full> {
    let columns = tree.columns;
    let text_len = u64::from(tree.header().text_len);
    let (mut gaps, mut lengths) = (Cursor::new(&columns.comment_gaps), Cursor::new(&columns.comment_lengths));
    let mut end = 0_u64;
    for row in 0..columns.comment_gaps.bytes.len() {
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

fn check_warnings(tree: &Tree<'_>, findings: &mut Findings) -> Result<(), Full> {
    let (warnings, text_len) = (&tree.columns.warnings, tree.header().text_len);
    let mut before = 0;
    for (row, pair) in warnings.chunks(2).enumerate() {
        let [offset, kind] = pair else {
            return findings.report(Rule::Warnings, "warnings", row, "an offset and a kind", "an offset");
        };
        let (offset, kind) = (offset.to_native(), kind.to_native());
        if offset < before || offset >= text_len {
            findings.report(
                Rule::Warnings,
                "warnings",
                row,
                format_args!("an offset from {before} to {text_len}"),
                offset,
            )?;
        }
        if kind >= WARNING_KINDS {
            findings.report(
                Rule::Warnings,
                "warnings",
                row,
                format_args!("a kind below {WARNING_KINDS}"),
                kind,
            )?;
        }
        before = offset;
    }
    let warns = tree.header().facts.warns;
    if warns == warnings.is_empty() {
        findings.report(Rule::Warnings, "header", 13, format_args!("the flag 1 to be {}", !warns), warns)?;
    }
    Ok(())
}

/// The lists that name nodes, read along with the nodes.
pub(super) struct Listed<'a> {
    columns: &'a ArchivedColumns,
    joined: usize,
    spans: usize,
    /// The end of the last f-string that is listed.
    joined_end: u32,
}

impl<'a> Listed<'a> {
    pub(super) fn new(tree: &Tree<'a>) -> Self {
        Self { columns: tree.columns, joined: 0, spans: 0, joined_end: 0 }
    }

    pub(super) fn node(
        &mut self,
        id: u32,
        end: u32,
        kind: Kind,
        field: Field,
        findings: &mut Findings,
    ) -> Result<(), Full> {
        if kind == Kind::JoinedStr && field != Field::FormatSpec && id >= self.joined_end {
            self.joined_end = end;
            match self.columns.joined_strings.get(self.joined).map(|node| node.to_native()) {
                Some(node) if node == id => {}
                Some(node) => {
                    findings.report(Rule::JoinedStrings, "joined_strings", self.joined, id, node)?
                }
                None => findings.report(Rule::JoinedStrings, "joined_strings", self.joined, id, "no more")?,
            }
            self.joined += 1;
        }
        let record = self.columns.spans_311.get(self.spans * SPAN_RECORD);
        if record.is_some_and(|node| node.to_native() == id) {
            self.span(id, kind, findings)?;
            self.spans += 1;
        }
        Ok(())
    }

    fn span(&self, id: u32, kind: Kind, findings: &mut Findings) -> Result<(), Full> {
        let lines = self.columns.lines.len().max(1);
        let words = self.columns.spans_311.get(self.spans * SPAN_RECORD..).unwrap_or_default();
        let Some(record) = words.first_chunk::<SPAN_RECORD>() else {
            return findings.report(Rule::Spans311, "spans_311", self.spans, "5 words", words.len());
        };
        let [_, line, _, end_line, _] = record.map(|word| word.to_native());
        for line in [line, end_line] {
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

    pub(super) fn finish(&self, findings: &mut Findings) -> Result<(), Full> {
        if let Some(node) = self.columns.joined_strings.get(self.joined) {
            findings.report(Rule::JoinedStrings, "joined_strings", self.joined, "no more", node)?;
        }
        if let Some(node) = self.columns.spans_311.get(self.spans * SPAN_RECORD) {
            findings.report(Rule::Spans311, "spans_311", self.spans, "a node behind the one before", node)?;
        }
        Ok(())
    }
}
