//! `Batch`: some rows of a table.

use arrow_array::{RecordBatch, StructArray};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::column::PyColumn;
use super::{capsule, show};

/// Some rows of a table.
#[pyclass(module = "lazyast", frozen, name = "Batch")]
pub(crate) struct PyBatch(pub(super) RecordBatch);

#[pymethods]
impl PyBatch {
    /// The number of rows.
    fn __len__(&self) -> usize {
        self.0.num_rows()
    }

    /// The names of the columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.0.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// A column by its name.
    fn __getitem__(&self, name: &str) -> PyResult<PyColumn> {
        let column = self.0.column_by_name(name).ok_or_else(|| {
            PyKeyError::new_err(format!(
                "there is no column {name:?}; there are {}",
                self.columns().join(", ")
            ))
        })?;
        Ok(PyColumn::new(column.clone()))
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        capsule::schema(py, self.0.schema().as_ref())
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        // Consumers accept any type, as the interface says.
        drop(requested_schema);
        capsule::array(py, &StructArray::from(self.0.clone()))
    }

    fn __repr__(&self) -> String {
        let title = format!("<Batch of {} rows>", self.0.num_rows());
        show::plain(&title, &self.0.schema(), Some(&self.0))
    }

    fn _repr_html_(&self) -> String {
        show::html(&format!("{} rows", self.0.num_rows()), &self.0.schema(), Some(&self.0))
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyBatch>()
}
