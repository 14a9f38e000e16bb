//! The columns of `files`.

use std::fmt::Write;

use super::filled_column::FilledColumn;
use crate::column::ColumnData;
use crate::decode::hidden_nodes;
use crate::error::TableError;
use crate::relation::ColumnValue as Value;
use crate::source_tree::SourceTree;

impl FilledColumn {
    pub(super) fn append_file(&mut self, source: &SourceTree<'_>) -> Result<(), TableError> {
        let header = source.tree.header();
        match (self.spec.value, &mut self.data) {
            (Value::Hash, ColumnData::Utf8(column)) => {
                let mut text = String::with_capacity(64);
                for byte in header.source_hash {
                    // Writing to a `String` cannot fail.
                    let _ = write!(text, "{byte:02x}");
                }
                column.append_value(text);
            }
            (Value::Bytes, ColumnData::Int32(column)) => column.push(header.source_len as i32),
            (Value::Lines, ColumnData::Int32(column)) => column.push(source.tree.line_count() as i32),
            (Value::Nodes, ColumnData::Int32(column)) => {
                let hidden = hidden_nodes(source.tree, self.python);
                column.push(header.node_count as i32 - hidden as i32);
            }
            (Value::MinimumPython, ColumnData::Int32(column)) => {
                column.push(i32::from(header.facts.minimum_python));
            }
            (Value::Reason, ColumnData::Utf8(column)) => column.append_null(),
            _ => {}
        }
        Ok(())
    }
}

/// Appends the row of a source without an archive.
pub(crate) fn append_failure(column: &mut FilledColumn, path: &str, reason: &str) -> Result<(), TableError> {
    match (column.spec.value, &mut column.data) {
        (Value::File, ColumnData::Dictionary(files)) => files.repeat(path, 1)?,
        (Value::Reason, ColumnData::Utf8(reasons)) => reasons.append_value(reason),
        (_, ColumnData::Utf8(strings)) => strings.append_null(),
        (_, ColumnData::Int32(numbers)) => numbers.push(-1),
        _ => {}
    }
    Ok(())
}
