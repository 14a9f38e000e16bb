//! [`FilledColumn`]: a column, and which function appends to it.

use arrow_array::ArrayRef;
use hashbrown::HashMap;
use lazyast_format::read::TargetPython;

use crate::column::ColumnData;
use crate::decode::{DottedCodes, NameCodes, NameTexts, TreeFacts};
use crate::error::TableError;
use crate::relation::{ColumnSpec, ColumnValue as Value};
use crate::source_tree::{SourceLabel, SourceTree};

/// A source, and what was decoded of it.
#[derive(Clone, Copy)]
pub(crate) struct DecodedTree<'d> {
    pub(crate) source: &'d SourceTree<'d>,
    pub(crate) facts: &'d TreeFacts,
    pub(crate) names: NameTexts<'d>,
}

/// A column while it is filled, with what is kept from one row to the next.
pub(crate) struct FilledColumn {
    pub(super) spec: ColumnSpec,
    pub(super) python: TargetPython,
    pub(super) data: ColumnData,
    /// The codes of the archive's names in the column.
    pub(super) names: NameCodes,
    /// The codes of the archive's dotted names in the column.
    pub(super) dotted: DottedCodes,
    /// The codes of the archive's constants in the column, by payload.
    pub(super) constants: HashMap<u32, i32, foldhash::fast::FixedState>,
}

impl FilledColumn {
    pub(crate) fn new(spec: ColumnSpec, python: TargetPython) -> Self {
        let (names, dotted, constants) = Default::default();
        Self { spec, python, data: ColumnData::new(&spec), names, dotted, constants }
    }

    /// Makes room for rows.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.data.reserve(rows);
    }

    /// Appends the rows of one source.
    pub(crate) fn append(&mut self, decoded: DecodedTree<'_>, rows: usize) -> Result<(), TableError> {
        let source = decoded.source;
        match (self.spec.value, &mut self.data) {
            (Value::File | Value::Source, data) => append_label(data, source.label, rows),
            (
                Value::Hash
                | Value::Bytes
                | Value::Lines
                | Value::Nodes
                | Value::MinimumPython
                | Value::Reason,
                _,
            ) => self.append_file(source),
            (Value::CommentLine | Value::CommentColumn | Value::CommentEndColumn | Value::CommentText, _) => {
                self.append_comments(source)
            }
            (
                Value::QualifiedName
                | Value::IsAsync
                | Value::Decorators
                | Value::Parameters
                | Value::AnnotatedParameters
                | Value::HasReturns
                | Value::Docstring,
                _,
            ) => self.append_definitions(decoded),
            (
                Value::Callee
                | Value::PositionalCount
                | Value::StarCount
                | Value::Keywords
                | Value::DoubleStarCount,
                _,
            ) => self.append_calls(decoded),
            (
                Value::Module
                | Value::Asname
                | Value::Level
                | Value::Resolved
                | Value::InFunction
                | Value::InTypeChecking
                | Value::InTry,
                _,
            ) => self.append_imports(decoded),
            _ => self.append_nodes(decoded),
        }
    }

    pub(crate) fn finish(self) -> Result<ArrayRef, TableError> {
        self.data.finish(&self.spec)
    }
}

/// Appends the path or the number of a source some times.
fn append_label(column: &mut ColumnData, label: SourceLabel<'_>, rows: usize) -> Result<(), TableError> {
    match (column, label) {
        (ColumnData::Dictionary(files), SourceLabel::Path(path)) => files.repeat(path, rows)?,
        (ColumnData::Int32(sources), SourceLabel::Number(number)) => {
            sources.resize(sources.len() + rows, number);
        }
        // A table of files has no numbers, and one of sources no paths.
        (ColumnData::Dictionary(files), SourceLabel::Number(number)) => {
            files.repeat(&number.to_string(), rows)?;
        }
        (ColumnData::Int32(sources), SourceLabel::Path(_)) => sources.resize(sources.len() + rows, -1),
        _ => {}
    }
    Ok(())
}
