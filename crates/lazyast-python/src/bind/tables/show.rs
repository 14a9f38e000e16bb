//! The first rows of a table for people: as text and as HTML.

use arrow_array::RecordBatch;
use arrow_schema::Schema;

use super::cells::{text, type_name};

/// Rows that are shown.
const ROWS: usize = 10;
/// Characters of a cell that are shown.
const WIDTH: usize = 28;

/// The schema, and the first rows.
pub(super) fn plain(title: &str, schema: &Schema, batch: Option<&RecordBatch>) -> String {
    let cells = cells(schema, batch);
    let widths: Vec<usize> = (0..schema.fields().len())
        .map(|column| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or_default())
        .collect();
    let mut out = title.to_owned();
    for row in &cells {
        let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        out.push('\n');
        out.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
    }
    if has_more(batch) {
        out.push_str("\n…");
    }
    out
}

/// The same as an HTML table.
pub(super) fn html(title: &str, schema: &Schema, batch: Option<&RecordBatch>) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let row = |cells: &[String], tag: &str| {
        let cells = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escape(cell)));
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let cells = cells(schema, batch);
    let head: String = cells.iter().take(2).map(|cells| row(cells, "th")).collect();
    let body: String = cells.iter().skip(2).map(|cells| row(cells, "td")).collect();
    let more = if has_more(batch) { "<p>…</p>\n" } else { "" };
    format!(
        "<p>{}</p>\n<table>\n<thead>\n{head}</thead>\n<tbody>\n{body}</tbody>\n</table>\n{more}",
        escape(title)
    )
}

fn has_more(batch: Option<&RecordBatch>) -> bool {
    batch.is_some_and(|batch| batch.num_rows() > ROWS)
}

/// The names, the types, and the first rows.
fn cells(schema: &Schema, batch: Option<&RecordBatch>) -> Vec<Vec<String>> {
    let fields = schema.fields();
    let mut rows = vec![
        fields.iter().map(|field| field.name().clone()).collect(),
        fields.iter().map(|field| type_name(field.data_type())).collect::<Vec<_>>(),
    ];
    if let Some(batch) = batch {
        for row in 0..batch.num_rows().min(ROWS) {
            rows.push(batch.columns().iter().map(|column| text(column, row, WIDTH)).collect());
        }
    }
    rows
}
