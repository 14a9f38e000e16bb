//! Arrow data as capsules: the PyCapsule interface.
//!
//! A capsule owns the structure of Arrow's C interface. A consumer that moves the structure out leaves an empty one.

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, to_ffi};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, RecordBatchReader};
use arrow_schema::ArrowError;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// A schema, or the type of an array.
pub(super) fn schema<T>(py: Python<'_>, of: T) -> PyResult<Bound<'_, PyCapsule>>
where
    FFI_ArrowSchema: TryFrom<T, Error = ArrowError>,
{
    let schema = FFI_ArrowSchema::try_from(of).map_err(|error| failed(&error))?;
    PyCapsule::new_with_value(py, schema, c"arrow_schema")
}

/// The type of an array, and the array.
pub(super) fn array<'py>(
    py: Python<'py>,
    array: &dyn Array,
) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
    let (array, schema): (FFI_ArrowArray, FFI_ArrowSchema) =
        to_ffi(&array.to_data()).map_err(|error| failed(&error))?;
    let schema = PyCapsule::new_with_value(py, schema, c"arrow_schema")?;
    Ok((schema, PyCapsule::new_with_value(py, array, c"arrow_array")?))
}

/// A stream of batches.
pub(super) fn stream<'py>(
    py: Python<'py>,
    batches: Box<dyn RecordBatchReader + Send>,
) -> PyResult<Bound<'py, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(batches), c"arrow_array_stream")
}

/// The exception for an error of Arrow's.
pub(super) fn failed(error: &ArrowError) -> PyErr {
    match error {
        ArrowError::ExternalError(error) => crate::errors::CorruptArchive::new_err(error.to_string()),
        error => PyValueError::new_err(error.to_string()),
    }
}
