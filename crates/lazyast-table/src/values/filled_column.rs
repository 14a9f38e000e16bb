//! [`FilledColumn`]: a column, and which function appends to it.

use arrow_array::ArrayRef;
use hashbrown::HashMap;
use lazyast_format::read::TargetPython;

use crate::column::ColumnData;
use crate::decode::{NameCodes, TreeFacts};
use crate::error::TableError;
use crate::relation::{ColumnSpec, ColumnValue as Value};
use crate::source_tree::SourceTree;

/// A column while it is filled, with what is kept from one row to the next.
pub(crate) struct FilledColumn {
    pub(super) spec: ColumnSpec,
    pub(super) python: TargetPython,
    pub(super) data: ColumnData,
    /// The codes of the archive's names in the column.
    pub(super) names: NameCodes,
    /// The codes of the archive's constants in the column, by payload.
    pub(super) constants: HashMap<u32, i32, foldhash::fast::FixedState>,
}

impl FilledColumn {
    pub(crate) fn new(spec: ColumnSpec, python: TargetPython) -> Self {
        let (names, constants) = Default::default();
        Self { spec, python, data: ColumnData::new(&spec), names, constants }
    }

    /// Appends the rows of one source.
    pub(crate) fn append(
        &mut self,
        source: &SourceTree<'_>,
        facts: &TreeFacts,
        rows: usize,
    ) -> Result<(), TableError> {
        match (self.spec.value, &mut self.data) {
            (Value::File, ColumnData::Dictionary(files)) => files.repeat(source.path, rows),
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
            ) => self.append_definitions(source, facts),
            (
                Value::Callee
                | Value::PositionalCount
                | Value::StarCount
                | Value::Keywords
                | Value::DoubleStarCount,
                _,
            ) => self.append_calls(source, facts),
            (
                Value::Module
                | Value::Asname
                | Value::Level
                | Value::Resolved
                | Value::InFunction
                | Value::InTypeChecking
                | Value::InTry,
                _,
            ) => self.append_imports(source, facts),
            _ => self.append_nodes(source, facts),
        }
    }

    pub(crate) fn finish(self) -> Result<ArrayRef, TableError> {
        self.data.finish(&self.spec)
    }
}
