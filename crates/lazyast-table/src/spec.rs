//! [`TableSpec`]: which columns of a relation are made, and of which rows.

use std::sync::Arc;

use arrow_schema::{Schema, SchemaRef};
use lazyast_format::read::{NameNeedle, TargetPython};
use lazyast_format::{Kind, KindScanner, KindSet};

use crate::error::SpecError;
use crate::relation::{ColumnSpec, ColumnValue, TableRelation};

/// Which rows of a relation are made. By default all.
#[derive(Clone, Debug, Default)]
pub struct RowFilter {
    /// Only those of nodes of these kinds. The names are those of classes in `ast`, concrete or abstract.
    pub kinds: Option<Vec<String>>,
    /// Only those whose column `name` has one of these values.
    pub names: Option<Vec<String>>,
}

/// Which columns of a relation are made, and of which rows.
#[derive(Clone, Debug)]
pub struct TableSpec {
    relation: TableRelation,
    columns: Vec<ColumnSpec>,
    schema: SchemaRef,
    pub(crate) python: TargetPython,
    /// The nodes of which rows are made; `None` if rows are not nodes.
    pub(crate) kinds: Option<KindScanner>,
    pub(crate) names: Option<Vec<NameNeedle>>,
}

impl TableSpec {
    /// Checks a choice of columns, by default all, and of rows. Trees are read as `python` has them.
    pub fn new(
        relation: TableRelation,
        columns: Option<&[String]>,
        filter: &RowFilter,
        python: TargetPython,
    ) -> Result<Self, SpecError> {
        Self::of_columns(relation, relation.columns(), columns, filter, python)
    }

    /// As [`new`](Self::new), for sources that are no files. The column `source` is their number, and stands for `file`.
    pub fn of_sources(
        relation: TableRelation,
        columns: Option<&[String]>,
        filter: &RowFilter,
        python: TargetPython,
    ) -> Result<Self, SpecError> {
        Self::of_columns(relation, &relation.columns_of_sources(), columns, filter, python)
    }

    fn of_columns(
        relation: TableRelation,
        all: &[ColumnSpec],
        columns: Option<&[String]>,
        filter: &RowFilter,
        python: TargetPython,
    ) -> Result<Self, SpecError> {
        let columns = match columns {
            None => all.to_vec(),
            Some(names) => {
                names.iter().map(|name| find_column(relation, all, name)).collect::<Result<Vec<_>, _>>()?
            }
        };
        for (index, column) in columns.iter().enumerate() {
            if columns[..index].contains(column) {
                return Err(SpecError::Repeated { column: column.name });
            }
        }
        let schema = Schema::new(columns.iter().map(ColumnSpec::arrow_field).collect::<Vec<_>>());
        let kinds = kinds_of(relation, filter)?;
        let names = names_of(relation, filter)?;
        Ok(Self { relation, columns, schema: Arc::new(schema), python, kinds, names })
    }

    /// The relation.
    pub fn relation(&self) -> TableRelation {
        self.relation
    }

    /// The Python as which trees are read.
    pub fn python(&self) -> TargetPython {
        self.python
    }

    /// The schema of all batches.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Whether a column needs the text of the source.
    pub fn reads_text(&self) -> bool {
        self.has(&[ColumnValue::CommentText])
    }

    /// Whether a column needs the name of the module.
    pub fn resolves_imports(&self) -> bool {
        self.has(&[ColumnValue::Resolved])
    }

    /// Whether there is a row for each node.
    pub(crate) fn has_every_node(&self) -> bool {
        self.names.is_none() && self.kinds.as_ref().is_some_and(|kinds| kinds.kinds().is_all())
    }

    /// Whether one of the values is chosen.
    pub(crate) fn has(&self, values: &[ColumnValue]) -> bool {
        self.columns.iter().any(|column| values.contains(&column.value))
    }

    pub(crate) fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }
}

fn find_column(relation: TableRelation, columns: &[ColumnSpec], name: &str) -> Result<ColumnSpec, SpecError> {
    columns.iter().find(|column| column.name == name).copied().ok_or_else(|| SpecError::Column {
        relation: relation.name(),
        found: name.to_owned(),
        expected: columns.iter().map(|column| column.name).collect(),
    })
}

/// The kinds of the nodes that are rows of a relation.
fn kinds_of(relation: TableRelation, filter: &RowFilter) -> Result<Option<KindScanner>, SpecError> {
    let all: KindSet = match relation {
        TableRelation::Nodes => KindSet::all(),
        TableRelation::Definitions => {
            [Kind::FunctionDef, Kind::AsyncFunctionDef, Kind::ClassDef].into_iter().collect()
        }
        TableRelation::Calls => Kind::Call.into(),
        TableRelation::Imports => Kind::Alias.into(),
        TableRelation::Constants => Kind::Constant.into(),
        TableRelation::Files | TableRelation::Comments => KindSet::EMPTY,
    };
    let Some(names) = &filter.kinds else { return Ok((!all.is_empty()).then(|| KindScanner::new(all))) };
    if all.is_empty() {
        return Err(SpecError::Filter { relation: relation.name(), by: "kinds" });
    }
    let mut chosen = KindSet::EMPTY;
    for name in names {
        let class = KindSet::of_class(name);
        let kind = Kind::ALL.iter().copied().find(|kind| kind.name() == name).map(KindSet::from);
        let found = kind.or((!class.is_empty()).then_some(class));
        chosen = chosen.or(found.ok_or_else(|| SpecError::Kind { found: name.clone() })?);
    }
    Ok(Some(KindScanner::new(all.and(chosen))))
}

fn names_of(relation: TableRelation, filter: &RowFilter) -> Result<Option<Vec<NameNeedle>>, SpecError> {
    let Some(names) = &filter.names else { return Ok(None) };
    match relation {
        TableRelation::Nodes | TableRelation::Definitions | TableRelation::Imports => {
            Ok(Some(names.iter().map(|name| NameNeedle::new(name)).collect()))
        }
        _ => Err(SpecError::Filter { relation: relation.name(), by: "names" }),
    }
}
