//! Hits as a stream of Arrow IPC: the columns of CSV, and the text that each metavariable matched.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch, UInt32Array};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema};
use lazyast::table::captured_text;

use crate::search::file_hits::{FileHits, HitText};
use crate::search::located::locate;
use crate::search::queries::SearchedQueries;

/// Rows of a batch.
const BATCH_ROWS: usize = 1 << 16;

/// A hit with the text that is printed of it.
pub(in crate::search) struct HitRow {
    path: Arc<str>,
    /// The first and the last line and column, as in CSV.
    numbers: [u32; 4],
    kind: &'static str,
    /// The index of the query.
    query: usize,
    text: String,
    /// The cell of a notebook, in which lines count.
    cell: Option<u32>,
    captures: Vec<(String, Option<String>)>,
}

/// The rows of a file.
pub(in crate::search) fn rows(file: &FileHits<'_>, source: &HitText<'_>) -> Result<Vec<HitRow>, String> {
    let (start, end) = file.whole_text();
    let text = source.text(start, end);
    let path: Arc<str> = file.path.to_string_lossy().into();
    let attributed = file.queries.attribute(file.tree, &file.hits);
    let rows = locate(file, source)?.into_iter().zip(attributed).map(|(located, (query, hit))| {
        let captures =
            file.queries.query(query).captures(file.tree, hit).map_err(|error| error.to_string())?;
        let captured = captures.into_iter().map(|capture| {
            let text = captured_text(file.tree, &capture, Some(text)).map(str::to_owned);
            (capture.name, text)
        });
        Ok(HitRow {
            path: Arc::clone(&path),
            numbers: [located.start.line, located.start.byte, located.end.line, located.end.byte],
            kind: located.kind,
            query,
            text: located.text.to_owned(),
            cell: located.cell,
            captures: captured.collect(),
        })
    });
    rows.collect()
}

/// Writes all rows.
pub(in crate::search) fn write(
    out: &mut impl Write,
    queries: &SearchedQueries,
    rows: &[HitRow],
) -> io::Result<()> {
    let metavariables = queries.capture_names();
    let strings = |name: &str| Field::new(name, DataType::Utf8, true);
    let number = |name: &str| Field::new(name, DataType::UInt32, false);
    let mut fields = vec![strings("path")];
    fields.extend(["line", "column", "end_line", "end_column"].map(number));
    fields.extend(["kind", "query", "text"].map(strings));
    fields.push(Field::new("cell", DataType::UInt32, true));
    fields.extend(metavariables.iter().map(|name| strings(&format!("${name}"))));
    let schema = Arc::new(Schema::new(fields));
    let failed = |error: ArrowError| match error {
        ArrowError::IoError(_, error) => error,
        error => io::Error::other(error),
    };
    let mut writer = StreamWriter::try_new(out, &schema).map_err(failed)?;
    for rows in rows.chunks(BATCH_ROWS) {
        let mut columns = vec![texts(rows.iter().map(|row| Some(&*row.path)))];
        for index in 0..4 {
            let numbers = rows.iter().map(|row| row.numbers[index]);
            columns.push(Arc::new(UInt32Array::from_iter_values(numbers)));
        }
        columns.push(texts(rows.iter().map(|row| Some(row.kind))));
        columns.push(texts(rows.iter().map(|row| Some(queries.texts[row.query].as_str()))));
        columns.push(texts(rows.iter().map(|row| Some(row.text.as_str()))));
        columns.push(Arc::new(rows.iter().map(|row| row.cell).collect::<UInt32Array>()));
        for name in &metavariables {
            columns.push(texts(rows.iter().map(|row| {
                let capture = row.captures.iter().find(|(other, _)| other == name);
                capture.and_then(|(_, text)| text.as_deref())
            })));
        }
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(failed)?;
        writer.write(&batch).map_err(failed)?;
    }
    writer.finish().map_err(failed)
}

fn texts<'t>(texts: impl Iterator<Item = Option<&'t str>>) -> ArrayRef {
    let mut column = StringBuilder::new();
    texts.for_each(|text| column.append_option(text));
    Arc::new(column.finish())
}
