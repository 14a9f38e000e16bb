//! The buffer protocol of columns of numbers.

#![allow(unsafe_code, reason = "a buffer is a structure with pointers")]

use std::ffi::CStr;
use std::os::raw::{c_int, c_void};
use std::ptr;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int32Type, UInt16Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use pyo3::exceptions::PyBufferError;
use pyo3::ffi;
use pyo3::prelude::*;

/// How the numbers of an array are described in a buffer.
pub(super) struct Numbers {
    /// The shape and the strides of the buffer, which point here.
    count: ffi::Py_ssize_t,
    width: ffi::Py_ssize_t,
    format: &'static CStr,
}

impl Numbers {
    /// The description of an array; `None` if it has others than numbers.
    pub(super) fn of(array: &ArrayRef) -> Option<Self> {
        let (format, width) = match array.data_type() {
            DataType::Int8 => (c"b", 1),
            DataType::Int32 => (c"i", 4),
            DataType::UInt16 => (c"H", 2),
            _ => return None,
        };
        Some(Self { count: array.len() as ffi::Py_ssize_t, width, format })
    }

    /// Fills a buffer with the numbers of an array. The buffer keeps `owner`.
    ///
    /// # Safety
    ///
    /// `owner` keeps the array and its description, and does not change. `view` is null or can be written.
    pub(super) unsafe fn export<T>(
        owner: &Bound<'_, T>,
        array: &ArrayRef,
        numbers: Option<&Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        if view.is_null() {
            return Err(PyBufferError::new_err("there is no buffer to fill"));
        }
        // SAFETY: the caller gives a buffer that can be written, and it is not null.
        unsafe { (*view).obj = ptr::null_mut() };
        let Some(numbers) = numbers else {
            let message =
                "only columns of numbers are buffers; use `codes`, `to_pylist()`, or a library for Arrow";
            return Err(PyBufferError::new_err(message));
        };
        if flags & ffi::PyBUF_WRITABLE == ffi::PyBUF_WRITABLE {
            return Err(PyBufferError::new_err("columns cannot be written"));
        }
        let start: *const c_void = match array.data_type() {
            DataType::Int8 => array.as_primitive::<Int8Type>().values().as_ptr().cast(),
            DataType::UInt16 => array.as_primitive::<UInt16Type>().values().as_ptr().cast(),
            _ => array.as_primitive::<Int32Type>().values().as_ptr().cast(),
        };
        let requested = |flag: c_int| flags & flag == flag;
        let pointer_if = |wanted: bool, value: &ffi::Py_ssize_t| {
            if wanted { ptr::from_ref(value).cast_mut() } else { ptr::null_mut() }
        };
        // SAFETY: the caller gives a buffer that can be written. Shape and strides point into `owner`, which is frozen,
        // does not move, and which the buffer keeps alive; so it does with the array that owns the numbers. Nothing
        // writes through these pointers, because the buffer is read-only.
        unsafe {
            (*view).buf = start.cast_mut();
            (*view).len = numbers.count * numbers.width;
            (*view).readonly = 1;
            (*view).itemsize = numbers.width;
            (*view).format = if requested(ffi::PyBUF_FORMAT) {
                numbers.format.as_ptr().cast_mut()
            } else {
                ptr::null_mut()
            };
            (*view).ndim = 1;
            (*view).shape = pointer_if(requested(ffi::PyBUF_ND), &numbers.count);
            (*view).strides = pointer_if(requested(ffi::PyBUF_STRIDES), &numbers.width);
            (*view).suboffsets = ptr::null_mut();
            (*view).internal = ptr::null_mut();
            (*view).obj = owner.clone().into_ptr();
        }
        Ok(())
    }
}
