//! V10 to V16: overflow tables, base columns, lines, names and strings.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::bases::check_base;
use super::findings::{Findings, LimitReached};
use super::narrow_cursor::NarrowCursor;
use super::rule::Rule;
use crate::encoding::{ESCAPE, column_and_row};
use crate::layout::{ColumnsView, LittleEndian as _, NarrowColumn, RunsView};
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
    check_overflow(columns, findings)?;
    let text_len = tree.header().text_len as usize;
    check_runs(
        columns,
        (NarrowColumn::Lines, columns.lines()),
        text_len,
        findings,
        |row, range, findings| {
            if !range.is_empty() {
                Ok(())
            } else {
                findings.report(Rule::Lines, "lines", row, "at least 1 byte", 0)
            }
        },
    )?;
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
    let mut distinct = HashSet::with_capacity_and_hasher(columns.names().len(), RandomState::default());
    check_runs(
        columns,
        (NarrowColumn::Names, columns.names()),
        bytes.len(),
        findings,
        |row, range, findings| {
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
        },
    )?;
    Ok(columns.names().len())
}

fn check_strings<'a>(tree: &Tree<'a>, findings: &mut Findings) -> Result<Vec<&'a [u8]>, LimitReached> {
    let columns = &tree.columns;
    let bytes: &'a [u8] = columns.string_bytes;
    let mut distinct = HashSet::with_capacity_and_hasher(columns.strings().len(), RandomState::default());
    let mut strings = Vec::with_capacity(columns.strings().len());
    check_runs(
        columns,
        (NarrowColumn::Strings, columns.strings()),
        bytes.len(),
        findings,
        |row, range, findings| {
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
        },
    )?;
    Ok(strings)
}

/// V12 and V13 for one column of runs. `each` gets the range of every run.
fn check_runs(
    columns: &ColumnsView<'_>,
    (column, runs): (NarrowColumn, RunsView<'_>),
    total_expected: usize,
    findings: &mut Findings,
    mut each: impl FnMut(usize, core::ops::Range<usize>, &mut Findings) -> Result<(), LimitReached>,
) -> Result<(), LimitReached> {
    let mut lengths = NarrowCursor::new(columns, column);
    let mut total = 0_usize;
    for row in 0..runs.len() {
        check_base(column.name(), runs.bases, row, total, findings)?;
        let length = lengths.next(row).0 as usize;
        let end = total.saturating_add(length);
        each(row, total..end, findings)?;
        total = end;
    }
    if total != total_expected {
        findings.report(
            Rule::Totals,
            column.name(),
            runs.len(),
            format_args!("{total_expected} bytes"),
            format_args!("{total} bytes"),
        )?;
    }
    Ok(())
}

/// V10 and V11: the rows of the overflow table are the escaped rows, and its values do not fit into their columns. Values of
/// `starts` are compared where starts are decoded.
fn check_overflow(columns: &ColumnsView<'_>, findings: &mut Findings) -> Result<(), LimitReached> {
    let escaped_in = |column: NarrowColumn| {
        memchr::memchr_iter(ESCAPE, columns.narrow(column).bytes).map(move |row| (column as usize, row))
    };
    let mut escaped = NarrowColumn::ALL.iter().flat_map(|column| escaped_in(*column));
    let text = |(column, row): (usize, usize)| {
        let name = NarrowColumn::ALL.get(column).map_or("no column", |column| column.name());
        format!("row {row} of {name}")
    };
    let none = || "no more rows".to_owned();
    let found = columns.overflow_rows.iter().map(|entry| column_and_row(entry.to_native()));
    let mut agree = true;
    for (index, (found, value)) in found.zip(columns.overflow_values).enumerate() {
        let (expected, value) = (escaped.next(), value.to_native());
        if agree && expected != Some(found) {
            agree = false;
            let expected = expected.map_or_else(none, text);
            findings.report(Rule::OverflowRows, "overflow_rows", index, expected, text(found))?;
        }
        if found.0 != NarrowColumn::Starts as usize && value < u32::from(ESCAPE) {
            let expected = format_args!("at least {ESCAPE}");
            findings.report(Rule::OverflowValues, "overflow_values", index, expected, value)?;
        }
    }
    match escaped.next() {
        Some(row) if agree => findings.report(
            Rule::OverflowRows,
            "overflow_rows",
            columns.overflow_rows.len(),
            text(row),
            none(),
        ),
        _ => Ok(()),
    }
}
