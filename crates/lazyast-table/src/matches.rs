//! [`MatchBatch`]: the table of a search. Its columns depend on the query.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::builder::LargeStringBuilder;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use lazyast_format::encoding::Span;

use crate::column::{Dictionary, int32_array};
use crate::error::TableError;

/// The columns before those of captures.
pub const MATCH_COLUMNS: [&str; 6] = ["file", "lineno", "col_offset", "end_lineno", "end_col_offset", "text"];

/// The schema of the matches of a query with these metavariables: [`MATCH_COLUMNS`], and `$NAME` for each metavariable
/// `NAME`, with the text that it matched.
pub fn match_schema(metavariables: &[&str]) -> SchemaRef {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let types =
        [dictionary, DataType::Int32, DataType::Int32, DataType::Int32, DataType::Int32, DataType::LargeUtf8];
    let fixed = MATCH_COLUMNS.iter().zip(types).map(|(name, data)| Field::new(*name, data, true));
    let captured = metavariables.iter().map(|name| Field::new(format!("${name}"), DataType::LargeUtf8, true));
    Arc::new(Schema::new(fixed.chain(captured).collect::<Vec<_>>()))
}

/// A record batch of matches while it is filled.
pub struct MatchBatch {
    schema: SchemaRef,
    files: Dictionary,
    positions: [Vec<i32>; 4],
    text: LargeStringBuilder,
    captures: Vec<LargeStringBuilder>,
}

impl MatchBatch {
    /// An empty batch with a schema that [`match_schema`] has made.
    pub fn new(schema: SchemaRef) -> Self {
        let captures = schema.fields().len().saturating_sub(MATCH_COLUMNS.len());
        let captures = (0..captures).map(|_| LargeStringBuilder::new()).collect();
        let (files, positions) = Default::default();
        Self { schema, files, positions, text: LargeStringBuilder::new(), captures }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.positions[0].len()
    }

    /// Appends a match. Texts are `None` where the source is not available.
    pub fn push<'t>(
        &mut self,
        path: Option<&str>,
        span: Span,
        text: Option<&str>,
        captures: impl Iterator<Item = Option<&'t str>>,
    ) -> Result<(), TableError> {
        let code = self.files.optional_code(path)?;
        self.files.codes.push(code);
        let Span { start, end } = span;
        let numbers = [start.line, start.column, end.line, end.column];
        for (column, number) in self.positions.iter_mut().zip(numbers) {
            column.push(number as i32);
        }
        self.text.append_option(text);
        for (column, text) in self.captures.iter_mut().zip(captures) {
            column.append_option(text);
        }
        Ok(())
    }

    /// The batch.
    pub fn finish(self) -> Result<RecordBatch, TableError> {
        let mut columns = vec![self.files.finish()?];
        columns.extend(self.positions.map(int32_array));
        for mut text in std::iter::once(self.text).chain(self.captures) {
            columns.push(Arc::new(text.finish()));
        }
        Ok(RecordBatch::try_new(self.schema, columns)?)
    }
}
