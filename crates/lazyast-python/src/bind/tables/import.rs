//! Columns of sources that other libraries have: the importing side of the Arrow PyCapsule interface.

#![allow(unsafe_code, reason = "Arrow's C interface passes pointers")]

use std::ptr::NonNull;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{Array, ArrayRef, StructArray, make_array};
use arrow_schema::ArrowError;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

/// The arrays of an object that has Arrow data: those of its only column, if it has columns. `None` for other objects.
pub(super) fn arrays(object: &Bound<'_, PyAny>) -> PyResult<Option<Vec<ArrayRef>>> {
    let py = object.py();
    let arrays = if object.hasattr(intern!(py, "__arrow_c_array__"))? {
        let capsules = object.call_method0(intern!(py, "__arrow_c_array__"))?.cast_into::<PyTuple>()?;
        vec![of_capsules(&capsules)?]
    } else if object.hasattr(intern!(py, "__arrow_c_stream__"))? {
        of_stream(&object.call_method0(intern!(py, "__arrow_c_stream__"))?.cast_into::<PyCapsule>()?)?
    } else {
        return Ok(None);
    };
    arrays.into_iter().map(only_column).collect::<PyResult<_>>().map(Some)
}

/// The only column of a table, or the array itself.
fn only_column(array: ArrayRef) -> PyResult<ArrayRef> {
    let Some(table) = array.as_any().downcast_ref::<StructArray>() else { return Ok(array) };
    match table.columns() {
        [column] => Ok(column.clone()),
        columns => Err(PyTypeError::new_err(format!(
            "sources must be one column of texts or bytes, not a table of {} columns",
            columns.len()
        ))),
    }
}

fn of_capsules(capsules: &Bound<'_, PyTuple>) -> PyResult<ArrayRef> {
    let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) = capsules.extract()?;
    let schema: NonNull<FFI_ArrowSchema> = schema.pointer_checked(Some(c"arrow_schema"))?.cast();
    let array: NonNull<FFI_ArrowArray> = array.pointer_checked(Some(c"arrow_array"))?.cast();
    // SAFETY: capsules with these names hold such structures, which the interface says. The array is moved out, which
    // leaves a released one, so that the capsule releases nothing. The schema stays the capsule's.
    let data = unsafe { from_ffi(FFI_ArrowArray::from_raw(array.as_ptr()), schema.as_ref()) };
    Ok(make_array(data.map_err(invalid)?))
}

fn of_stream(capsule: &Bound<'_, PyCapsule>) -> PyResult<Vec<ArrayRef>> {
    let stream: NonNull<FFI_ArrowArrayStream> = capsule.pointer_checked(Some(c"arrow_array_stream"))?.cast();
    // SAFETY: a capsule with this name holds such a structure, which the interface says. It is moved out and leaves a
    // released one, so that the capsule releases nothing.
    let reader = unsafe { ArrayStreamReader::from_raw(stream.as_ptr()) };
    reader.map_err(invalid)?.map(|array| array.map_err(invalid)).collect()
}

fn invalid(error: ArrowError) -> PyErr {
    PyValueError::new_err(format!("the column of sources is invalid: {error}"))
}
