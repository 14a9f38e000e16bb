//! `Table`: a relation over a project, or the matches of a query.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{Schema, SchemaRef};
use lazyast::Project;
use lazyast::table::{RowFilter, SpecError, TableOptions, TableRelation, TableSpec, TargetPython};
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::batch::PyBatch;
use super::column::PyColumn;
use super::{capsule, show};

type Batches = Box<dyn RecordBatchReader + Send>;

/// Rows with named columns, which are made when they are asked for, each time anew.
///
/// Libraries that know Arrow take a table as it is. Iteration gives batches of rows, `table["name"]` one column as a whole.
#[pyclass(module = "lazyast", frozen, name = "Table")]
pub(crate) struct PyTable {
    name: String,
    schema: SchemaRef,
    rows: TableRows,
    /// The sources without rows, if the table is one of sources in memory.
    errors: Option<Py<PyTable>>,
}

/// Where rows come from.
enum TableRows {
    /// From the archives of a project.
    Project { project: Arc<Project>, spec: TableSpec, filter: RowFilter, options: TableOptions },
    /// From memory.
    Memory(Vec<RecordBatch>),
}

impl PyTable {
    /// A table that is made already, of one batch.
    pub(super) fn in_memory(name: String, schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { name, schema, rows: TableRows::Memory(batches), errors: None }
    }

    /// The same table, with another one of the sources without rows.
    pub(super) fn with_errors(self, errors: Py<PyTable>) -> Self {
        Self { errors: Some(errors), ..self }
    }

    /// A relation over a project.
    #[expect(clippy::too_many_arguments, reason = "they are the parameters of a Python method")]
    pub(crate) fn of_project(
        py: Python<'_>,
        project: Arc<Project>,
        relation: &str,
        columns: Option<Vec<String>>,
        kinds: Option<Vec<String>>,
        names: Option<Vec<String>>,
        files: Option<Vec<PathBuf>>,
        jobs: Option<usize>,
    ) -> PyResult<Self> {
        let version = py.version_info();
        let python = TargetPython::new(version.minor, version.patch);
        let filter = RowFilter { kinds, names };
        let relation = TableRelation::from_name(relation).map_err(|error| wrong(&error))?;
        let spec = TableSpec::new(relation, columns.as_deref(), &filter, python);
        let spec = spec.map_err(|error| wrong(&error))?;
        let (name, schema) = (relation.name().to_owned(), spec.schema().clone());
        let options = TableOptions { files, jobs, ..TableOptions::default() };
        let rows = TableRows::Project { project, spec, filter, options };
        let table = Self { name, schema, rows, errors: None };
        // Files that do not exist are an error now, and not when rows are read.
        table.batches(None)?;
        Ok(table)
    }

    /// The batches: of all columns, or of the column with a name in one batch.
    fn batches(&self, column: Option<&str>) -> PyResult<Batches> {
        match &self.rows {
            TableRows::Memory(batches) => {
                let batches = batches.clone().into_iter().map(Ok);
                Ok(Box::new(RecordBatchIterator::new(batches, self.schema.clone())))
            }
            TableRows::Project { project, spec, filter, options } => {
                let (spec, options) = match column {
                    None => (spec.clone(), options.clone()),
                    Some(name) => {
                        let columns = [name.to_owned()];
                        let spec = TableSpec::new(spec.relation(), Some(&columns), filter, spec.python());
                        (
                            spec.map_err(|error| wrong(&error))?,
                            TableOptions { one_batch: true, ..options.clone() },
                        )
                    }
                };
                let stream = project.table(spec, &options);
                Ok(Box::new(stream.map_err(|error| PyValueError::new_err(error.to_string()))?))
            }
        }
    }

    fn first_batch(&self, py: Python<'_>) -> PyResult<Option<RecordBatch>> {
        let mut batches = self.batches(None)?;
        let mut first = None;
        py.detach(|| {
            for batch in batches.by_ref() {
                let batch = batch?;
                let has_rows = batch.num_rows() > 0;
                first = Some(batch);
                if has_rows {
                    break;
                }
            }
            Ok(())
        })
        .map_err(|error| capsule::failed(&error))?;
        Ok(first)
    }
}

#[pymethods]
impl PyTable {
    /// The name of the relation, or the query.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    /// The names of the columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// The sources without rows, each with `source`, `kind`, `message` and `line`; `None` unless the table is one of
    /// `columns` or `matches`.
    #[getter]
    fn errors(&self, py: Python<'_>) -> Option<Py<PyTable>> {
        self.errors.as_ref().map(|errors| errors.clone_ref(py))
    }

    /// A column as a whole, by its name. No other column is made.
    fn __getitem__(&self, py: Python<'_>, name: &str) -> PyResult<PyColumn> {
        if self.schema.column_with_name(name).is_none() {
            let columns = self.columns().join(", ");
            return Err(PyKeyError::new_err(format!(
                "{} has no column {name:?}; it has {columns}",
                self.name
            )));
        }
        let mut batches = self.batches(Some(name))?;
        let batch = py.detach(|| batches.next()).transpose().map_err(|error| capsule::failed(&error))?;
        let batch = batch.unwrap_or_else(|| RecordBatch::new_empty(batches.schema()));
        let column = batch.column_by_name(name).ok_or_else(|| PyKeyError::new_err(name.to_owned()))?;
        Ok(PyColumn::new(column.clone()))
    }

    /// The rows, batch by batch.
    fn __iter__(&self) -> PyResult<PyBatchIterator> {
        Ok(PyBatchIterator(Mutex::new(self.batches(None)?)))
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        capsule::schema(py, self.schema.as_ref())
    }

    /// The schema, in which the name of the table stands before each column's.
    fn _prefixed_schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let prefixed = self.schema.fields().iter().map(|field| {
            let name = format!("{}.{}", self.name, field.name());
            field.as_ref().clone().with_name(name)
        });
        capsule::schema(py, &Schema::new(prefixed.collect::<Vec<_>>()))
    }

    /// Other types than those of the table are not made: consumers accept any, as the interface says.
    #[pyo3(signature = (requested_schema = None))]
    pub(crate) fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        capsule::stream(py, self.batches(None)?)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(show::plain(&format!("<Table {}>", self.name), &self.schema, self.first_batch(py)?.as_ref()))
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        Ok(show::html(&self.name, &self.schema, self.first_batch(py)?.as_ref()))
    }
}

/// The batches of a table.
#[pyclass(module = "lazyast._native", name = "BatchIterator")]
struct PyBatchIterator(Mutex<Batches>);

#[pymethods]
impl PyBatchIterator {
    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__(&mut self, py: Python<'_>) -> PyResult<Option<PyBatch>> {
        let batches = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        let batch = py.detach(|| batches.next()).transpose();
        Ok(batch.map_err(|error| capsule::failed(&error))?.map(PyBatch))
    }
}

fn wrong(error: &SpecError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyTable>()
}
