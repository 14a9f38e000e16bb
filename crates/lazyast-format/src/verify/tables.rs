//! V10 to V16: overflow tables, base columns, lines, names and strings.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::findings::{Findings, LimitReached};
use super::narrow_cursor::NarrowCursor;
use super::rule::Rule;
use crate::encoding::{BLOCK, ESCAPE, PAYLOAD_ESCAPE};
use crate::layout::{LittleEndian as _, NarrowView, OverflowView, RunsView};
use crate::read::Tree;

/// What later rules need to know about the tables.
pub(super) struct CheckedTables<'a> {
    /// The bytes of each string, by number.
    pub(super) strings: Vec<&'a [u8]>,
    /// The number of names.
    pub(super) names: usize,
}

pub(super) fn check<'a>(tree: &Tree<'a>, findings: &mut Findings) -> Result<CheckedTables<'a>, LimitReached> {
    let columns = &tree.columns;
    let narrow = [
        ("lengths", &columns.lengths),
        ("sizes", &columns.sizes),
        ("lines", &columns.lines.lengths),
        ("names", &columns.names.lengths),
        ("strings", &columns.strings.lengths),
        ("comment_gaps", &columns.comment_gaps),
        ("comment_lengths", &columns.comment_lengths),
    ];
    check_rows("starts", escaped(&columns.starts), &columns.starts.overflow, findings)?;
    for (what, column) in narrow {
        check_rows(what, escaped(column), &column.overflow, findings)?;
        check_values(what, &column.overflow, u32::from(ESCAPE), findings)?;
    }
    let escaped_payloads =
        columns.payloads.iter().enumerate().filter(|(_, payload)| payload.to_native() == PAYLOAD_ESCAPE);
    check_rows("payloads", escaped_payloads.map(|(row, _)| row), &columns.payload_overflow, findings)?;
    check_values("payloads", &columns.payload_overflow, u32::from(PAYLOAD_ESCAPE), findings)?;

    let text_len = tree.header().text_len as usize;
    check_runs("lines", &columns.lines, text_len, findings, |row, range, findings| {
        if !range.is_empty() {
            Ok(())
        } else {
            findings.report(Rule::Lines, "lines", row, "at least 1 byte", 0)
        }
    })?;
    if let Err(error) = core::str::from_utf8(columns.producer) {
        findings.report(Rule::Constants, "producer", error.valid_up_to(), "UTF-8", error)?;
    }
    let names = check_names(tree, findings)?;
    let strings = check_strings(tree, findings)?;
    Ok(CheckedTables { strings, names })
}

fn check_names(tree: &Tree<'_>, findings: &mut Findings) -> Result<usize, LimitReached> {
    let columns = &tree.columns;
    let bytes: &[u8] = columns.name_bytes;
    let mut distinct = HashSet::with_capacity_and_hasher(columns.names.len(), RandomState::default());
    check_runs("names", &columns.names, bytes.len(), findings, |row, range, findings| {
        let Some(name) = bytes.get(range) else { return Ok(()) };
        let name = match core::str::from_utf8(name) {
            Ok("") => return findings.report(Rule::Names, "names", row, "an identifier", "nothing"),
            Ok(name) => name,
            Err(error) => return findings.report(Rule::Names, "names", row, "UTF-8", error),
        };
        if distinct.insert(name) {
            return Ok(());
        }
        findings.report(
            Rule::Names,
            "names",
            row,
            "a name that does not occur before",
            format_args!("{name:?} again"),
        )
    })?;
    Ok(columns.names.len())
}

fn check_strings<'a>(tree: &Tree<'a>, findings: &mut Findings) -> Result<Vec<&'a [u8]>, LimitReached> {
    let columns = &tree.columns;
    let bytes: &'a [u8] = columns.string_bytes;
    let mut distinct = HashSet::with_capacity_and_hasher(columns.strings.len(), RandomState::default());
    let mut strings = Vec::with_capacity(columns.strings.len());
    check_runs("strings", &columns.strings, bytes.len(), findings, |row, range, findings| {
        let string = bytes.get(range).unwrap_or_default();
        strings.push(string);
        if distinct.insert(string) {
            return Ok(());
        }
        findings.report(
            Rule::Strings,
            "strings",
            row,
            "a string that does not occur before",
            "a repeated string",
        )
    })?;
    Ok(strings)
}

/// V12 and V13 for one column of runs. `each` gets the range of every run.
fn check_runs(
    what: &'static str,
    runs: &RunsView<'_>,
    total_expected: usize,
    findings: &mut Findings,
    mut each: impl FnMut(usize, core::ops::Range<usize>, &mut Findings) -> Result<(), LimitReached>,
) -> Result<(), LimitReached> {
    let mut lengths = NarrowCursor::new(&runs.lengths);
    let mut total = 0_usize;
    for row in 0..runs.len() {
        if row.is_multiple_of(BLOCK) {
            let base = runs.bases[row / BLOCK].to_native() as usize;
            if base != total {
                findings.report(Rule::Bases, what, row, total, base)?;
            }
        }
        let length = lengths.next(row).0 as usize;
        let end = total.saturating_add(length);
        each(row, total..end, findings)?;
        total = end;
    }
    if total != total_expected {
        findings.report(
            Rule::Totals,
            what,
            runs.len(),
            format_args!("{total_expected} bytes"),
            format_args!("{total} bytes"),
        )?;
    }
    Ok(())
}

fn escaped(column: &NarrowView<'_>) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(ESCAPE, column.bytes)
}

/// V10: the rows of an overflow table are the escaped rows.
fn check_rows(
    what: &'static str,
    mut escaped: impl Iterator<Item = usize>,
    overflow: &OverflowView<'_>,
    findings: &mut Findings,
) -> Result<(), LimitReached> {
    for (index, row) in overflow.rows.iter().enumerate() {
        let row = row.to_native() as usize;
        let expected = escaped.next();
        if expected != Some(row) {
            let expected = expected.map_or_else(|| "no more rows".to_owned(), |row| format!("row {row}"));
            return findings.report(Rule::OverflowRows, what, index, expected, format_args!("row {row}"));
        }
    }
    match escaped.next() {
        Some(row) => findings.report(
            Rule::OverflowRows,
            what,
            overflow.rows.len(),
            format_args!("row {row}"),
            "no more rows",
        ),
        None => Ok(()),
    }
}

/// V11: the values of an overflow table do not fit into the column.
fn check_values(
    what: &'static str,
    overflow: &OverflowView<'_>,
    least: u32,
    findings: &mut Findings,
) -> Result<(), LimitReached> {
    for (index, value) in overflow.values.iter().map(|value| value.to_native()).enumerate() {
        if value < least {
            findings.report(Rule::OverflowValues, what, index, format_args!("at least {least}"), value)?;
        }
    }
    Ok(())
}
