//! `Column`: the values of one column.

use std::os::raw::c_int;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{Array, ArrayRef, Int8Array, Int32Array};
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};

use super::buffer::Numbers;
use super::{capsule, cells};

/// The values of one column.
///
/// Libraries that know Arrow take it as it is. Columns of numbers have the buffer protocol as well, so that
/// `numpy.asarray(column)` copies nothing; a null is -1 there.
#[pyclass(module = "lazyast", frozen, name = "Column")]
pub(crate) struct PyColumn {
    array: ArrayRef,
    numbers: Option<Numbers>,
}

impl PyColumn {
    pub(super) fn new(array: ArrayRef) -> Self {
        Self { numbers: Numbers::of(&array), array }
    }
}

#[pymethods]
impl PyColumn {
    fn __len__(&self) -> usize {
        self.array.len()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyAny>> {
        let length = self.array.len() as isize;
        let row = if index < 0 { index + length } else { index };
        if !(0..length).contains(&row) {
            return Err(PyIndexError::new_err("row out of range"));
        }
        cells::object(py, &self.array, row as usize)
    }

    /// How many values are null.
    #[getter]
    fn null_count(&self) -> usize {
        self.array.null_count()
    }

    /// The values as a list: `int`, `bool`, `str`, a list of `str`, or `None` for null.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        cells::list(py, &self.array)
    }

    /// The number of each value in `categories`, as a column of numbers; null is -1. Raises TypeError if the column has
    /// no categories.
    #[getter]
    fn codes(&self) -> PyResult<Self> {
        let dictionary = self.array.as_any_dictionary_opt().ok_or_else(no_categories)?;
        let keys = dictionary.keys();
        let codes: ArrayRef = match keys.as_primitive_opt::<Int8Type>() {
            Some(keys) => Arc::new(keys.iter().map(|code| code.unwrap_or(-1)).collect::<Int8Array>()),
            None => {
                let keys = keys.as_primitive::<Int32Type>();
                Arc::new(keys.iter().map(|code| code.unwrap_or(-1)).collect::<Int32Array>())
            }
        };
        Ok(Self::new(codes))
    }

    /// The different strings of a column, each once. Raises TypeError if the column is not made of codes.
    #[getter]
    fn categories<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        cells::list(py, self.array.as_any_dictionary_opt().ok_or_else(no_categories)?.values())
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        capsule::schema(py, self.array.data_type())
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        // Consumers accept any type, as the interface says.
        drop(requested_schema);
        capsule::array(py, &self.array)
    }

    #[allow(unsafe_code, reason = "pyo3 declares the slots of the buffer protocol so")]
    unsafe fn __getbuffer__(this: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let column = this.get();
        // SAFETY: the class is frozen, so that a column keeps its array. CPython gives a buffer that can be written.
        unsafe { Numbers::export(&this, &column.array, column.numbers.as_ref(), view, flags) }
    }

    fn __repr__(&self) -> String {
        let shown: Vec<String> =
            (0..self.array.len().min(10)).map(|row| cells::text(&self.array, row, 28)).collect();
        let more = if self.array.len() > shown.len() { ", …" } else { "" };
        let (count, name) = (self.array.len(), cells::type_name(self.array.data_type()));
        format!("<Column of {count} values, {name}: {}{more}>", shown.join(", "))
    }
}

fn no_categories() -> PyErr {
    PyTypeError::new_err("the column is not made of codes: it has no categories")
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyColumn>()
}
