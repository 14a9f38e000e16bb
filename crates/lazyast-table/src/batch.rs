//! [`BatchBuilder`]: from sources to a record batch.

use arrow_array::{RecordBatch, RecordBatchOptions};

use crate::decode::{NameTexts, Requirements, TreeFacts};
use crate::error::TableError;
use crate::relation::TableRelation;
use crate::source_tree::SourceTree;
use crate::spec::TableSpec;
use crate::values::{DecodedTree, FilledColumn, append_failure};

/// Where there is a row for so many names, reading all names takes less time than reading the row's.
const NAMES_PER_ROW: usize = 8;

/// A record batch while it is filled with the rows of one source after the other. It keeps its memory for the next batch.
pub struct BatchBuilder {
    spec: TableSpec,
    required: Requirements,
    facts: TreeFacts,
    columns: Vec<FilledColumn>,
    rows: usize,
}

impl BatchBuilder {
    /// An empty batch.
    pub fn new(spec: TableSpec) -> Self {
        let (required, columns) = (Requirements::of(&spec), empty_columns(&spec));
        Self { spec, required, facts: TreeFacts::default(), columns, rows: 0 }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Makes room for the rows of some sources, if all their nodes are rows. `nodes` is the number of their nodes.
    pub fn reserve(&mut self, nodes: usize) {
        if self.spec.has_every_node() {
            self.columns.iter_mut().for_each(|column| column.reserve(nodes));
        }
    }

    /// Appends the rows of a source. After an error, the batch cannot be finished.
    pub fn push(&mut self, source: &SourceTree<'_>) -> Result<(), TableError> {
        let rows = match self.spec.relation() {
            TableRelation::Files => 1,
            TableRelation::Comments => source.tree.comments().count(),
            _ => {
                self.facts.load(source.tree, &self.spec, self.required)?;
                self.facts.nodes.len()
            }
        };
        if rows > 0 {
            let tree = source.tree;
            let needs_all = self.required.names && rows > tree.name_count() as usize / NAMES_PER_ROW;
            let all = if needs_all { tree.names()? } else { Vec::new() };
            let names = NameTexts::new(tree, &all);
            let decoded = DecodedTree { source, facts: &self.facts, names };
            for column in &mut self.columns {
                column.append(decoded, rows)?;
            }
        }
        self.rows += rows;
        Ok(())
    }

    /// Appends a source without an archive, and the reason. Only `files` has a row for it.
    pub fn push_failure(&mut self, path: &str, reason: &str) -> Result<(), TableError> {
        if self.spec.relation() == TableRelation::Files {
            for column in &mut self.columns {
                append_failure(column, path, reason)?;
            }
            self.rows += 1;
        }
        Ok(())
    }

    /// The batch of all rows so far. The next rows begin another one.
    pub fn finish(&mut self) -> Result<RecordBatch, TableError> {
        let columns = std::mem::replace(&mut self.columns, empty_columns(&self.spec));
        let rows = std::mem::take(&mut self.rows);
        let arrays = columns.into_iter().map(FilledColumn::finish).collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(self.spec.schema().clone(), arrays, &options)?)
    }
}

fn empty_columns(spec: &TableSpec) -> Vec<FilledColumn> {
    spec.columns().iter().map(|column| FilledColumn::new(*column, spec.python)).collect()
}
