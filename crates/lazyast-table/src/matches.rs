//! [`MatchBatch`]: the table of a search. Its columns depend on the query.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::builder::LargeStringBuilder;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use lazyast_format::encoding::Span;

use crate::column::{Dictionary, NULL, int32_array};
use crate::error::TableError;
use crate::source_tree::SourceLabel;

/// What the first column of a table of matches has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchLabels {
    /// Paths, in the column `file`.
    Paths,
    /// Numbers, in the column `source`.
    Numbers,
}

/// The columns between the first one and those of captures.
const MATCH_COLUMNS: [&str; 5] = ["lineno", "col_offset", "end_lineno", "end_col_offset", "text"];

/// The schema of the matches of a query with these metavariables: `file` or `source`, the position and the text, and
/// `$NAME` for each metavariable `NAME`, with the text that it matched.
pub fn match_schema(labels: MatchLabels, metavariables: &[&str]) -> SchemaRef {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let first = match labels {
        MatchLabels::Paths => Field::new("file", dictionary, true),
        MatchLabels::Numbers => Field::new("source", DataType::Int32, true),
    };
    let types = [DataType::Int32, DataType::Int32, DataType::Int32, DataType::Int32, DataType::LargeUtf8];
    let fixed = MATCH_COLUMNS.iter().zip(types).map(|(name, data)| Field::new(*name, data, true));
    let fixed = std::iter::once(first).chain(fixed);
    let captured = metavariables.iter().map(|name| Field::new(format!("${name}"), DataType::LargeUtf8, true));
    Arc::new(Schema::new(fixed.chain(captured).collect::<Vec<_>>()))
}

/// A record batch of matches while it is filled.
pub struct MatchBatch {
    schema: SchemaRef,
    labels: MatchLabels,
    files: Dictionary,
    sources: Vec<i32>,
    positions: [Vec<i32>; 4],
    text: LargeStringBuilder,
    captures: Vec<LargeStringBuilder>,
}

impl MatchBatch {
    /// An empty batch with a schema that [`match_schema`] has made.
    pub fn new(labels: MatchLabels, schema: SchemaRef) -> Self {
        let captures = schema.fields().len().saturating_sub(1 + MATCH_COLUMNS.len());
        let captures = (0..captures).map(|_| LargeStringBuilder::new()).collect();
        let (files, sources, positions) = Default::default();
        Self { schema, labels, files, sources, positions, text: LargeStringBuilder::new(), captures }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.positions[0].len()
    }

    /// Appends a match. Texts are `None` where the source is not available.
    pub fn push<'t>(
        &mut self,
        label: Option<SourceLabel<'_>>,
        span: Span,
        text: Option<&str>,
        captures: impl Iterator<Item = Option<&'t str>>,
    ) -> Result<(), TableError> {
        match (self.labels, label) {
            (MatchLabels::Paths, Some(SourceLabel::Path(path))) => self.files.repeat(path, 1)?,
            (MatchLabels::Paths, _) => self.files.codes.push(NULL),
            (MatchLabels::Numbers, Some(SourceLabel::Number(number))) => self.sources.push(number),
            (MatchLabels::Numbers, _) => self.sources.push(-1),
        }
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
        let mut columns = vec![match self.labels {
            MatchLabels::Paths => self.files.finish()?,
            MatchLabels::Numbers => int32_array(self.sources),
        }];
        columns.extend(self.positions.map(int32_array));
        for mut text in std::iter::once(self.text).chain(self.captures) {
            columns.push(Arc::new(text.finish()));
        }
        Ok(RecordBatch::try_new(self.schema, columns)?)
    }
}
