//! The calls of CPython's C API that make nodes and their values.
//!
//! Nodes are made without their constructors, as CPython's parser makes them: those would set defaults,
//! and warn about what is missing.

#![allow(unsafe_code)]

use std::ffi::CString;

use num_bigint::BigUint;
use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

/// As long as it lives, the interpreter does not look for garbage: a tree that is being made has none, and
/// looking at it again and again takes as long as making it.
pub(crate) struct CollectorPause<'py> {
    was_enabled: bool,
    _py: Python<'py>,
}

impl<'py> CollectorPause<'py> {
    pub(crate) fn new(py: Python<'py>) -> Self {
        // SAFETY: the interpreter is attached, and the call has no other requirements.
        Self { was_enabled: unsafe { ffi::PyGC_Disable() } != 0, _py: py }
    }
}

impl Drop for CollectorPause<'_> {
    fn drop(&mut self) {
        if self.was_enabled {
            // SAFETY: as above.
            unsafe { ffi::PyGC_Enable() };
        }
    }
}

/// An instance of a class of nodes with the given `__dict__`, whose place in nodes is `dict_offset`.
pub(crate) fn node<'py>(
    class: &Bound<'py, PyType>,
    dict_offset: usize,
    dict: Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the class is one of `ast`'s, whose `tp_new` is `PyType_GenericNew`, which does just this;
    // the result is a new reference or null with an exception set. All of it behind the header is zero, and
    // the interpreter itself said where the pointer to the `__dict__` is.
    unsafe {
        let node = ffi::PyType_GenericAlloc(class.as_type_ptr(), 0);
        let node = Bound::from_owned_ptr_or_err(class.py(), node)?;
        node.as_ptr().byte_add(dict_offset).cast::<*mut ffi::PyObject>().write(dict.into_ptr());
        Ok(node)
    }
}

/// Whether an object's type is a class or derived from it. Unlike `isinstance`, this runs no code.
pub(crate) fn is_of_type(object: &Bound<'_, PyAny>, class: &Bound<'_, PyType>) -> bool {
    // SAFETY: both are live types.
    unsafe { ffi::PyType_IsSubtype(object.get_type_ptr(), class.as_type_ptr()) != 0 }
}

/// The `__dict__` of a node that is no shell, if it has one.
pub(crate) fn dict_of<'py>(dict_offset: usize, node: &Bound<'py, PyAny>) -> Option<Bound<'py, PyDict>> {
    // SAFETY: the interpreter itself said where nodes have the pointer to their `__dict__`, which is null
    // until there is one.
    let dict = unsafe {
        let dict = node.as_ptr().byte_add(dict_offset).cast::<*mut ffi::PyObject>().read();
        Bound::from_borrowed_ptr_or_opt(node.py(), dict)
    };
    dict.and_then(|dict| dict.cast_into().ok())
}

/// A list of exactly `length` objects.
pub(crate) fn list<'py>(
    py: Python<'py>,
    length: usize,
    items: impl Iterator<Item = Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let length = ffi::Py_ssize_t::try_from(length).map_err(|_| PyValueError::new_err("list too long"))?;
    // SAFETY: the result is a new reference or null with an exception set.
    let list = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyList_New(length))? };
    let mut filled = 0;
    for item in items.take(length as usize) {
        // SAFETY: the index is in the list, which nobody else has seen; the reference is given away.
        unsafe { ffi::PyList_SetItem(list.as_ptr(), filled, item.into_ptr()) };
        filled += 1;
    }
    assert_eq!(filled, length, "the caller has counted the items");
    Ok(list)
}

/// A `str` from WTF-8: lone surrogates have their three bytes.
pub(crate) fn string<'py>(py: Python<'py>, wtf8: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let length =
        ffi::Py_ssize_t::try_from(wtf8.len()).map_err(|_| PyValueError::new_err("string too long"))?;
    // SAFETY: pointer and length are those of a live slice, the handler's name ends with a null byte, and
    // the result is a new reference or null with an exception set.
    unsafe {
        let text = ffi::PyUnicode_DecodeUTF8(wtf8.as_ptr().cast(), length, c"surrogatepass".as_ptr());
        Bound::from_owned_ptr_or_err(py, text)
    }
}

/// An `int` from an integer literal in base 2, 8, 10 or 16. How many digits the interpreter would convert
/// does not matter here: it was asked when the source was parsed.
pub(crate) fn big_int<'py>(py: Python<'py>, literal: &str) -> PyResult<Bound<'py, PyAny>> {
    let decimal = literal.parse::<BigUint>();
    let literal = CString::new(decimal.map_or_else(|_| literal.to_owned(), |value| format!("{value:#x}")))?;
    // SAFETY: the literal ends with a null byte, the end pointer may be null, and the result is a new
    // reference or null with an exception set.
    unsafe {
        let int = ffi::PyLong_FromString(literal.as_ptr(), std::ptr::null_mut(), 0);
        Bound::from_owned_ptr_or_err(py, int)
    }
}
