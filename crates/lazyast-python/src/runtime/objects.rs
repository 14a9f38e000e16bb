//! The calls of CPython's C API that create nodes and their values.
//!
//! Nodes are created without their constructors, as CPython's parser creates them: the constructors would set defaults
//! and warn about missing fields.

#![allow(unsafe_code)]

use std::ffi::CString;

use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

use super::collector::Untracked;

/// The layout of instances, which all classes of nodes have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NodeLayout {
    /// Bytes of a node.
    pub(crate) size: usize,
    /// Offset of the pointer to the node's `__dict__`.
    pub(crate) dict_offset: usize,
}

/// Creates an instance of a class of nodes with the given `__dict__`.
#[inline]
pub(crate) fn node<'py>(
    layout: NodeLayout,
    class: &Bound<'py, PyType>,
    dict: Bound<'py, PyDict>,
    untracked: &mut Untracked<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the class is one of `ast`'s, whose `tp_new` is `PyType_GenericNew`, which does just this:
    // memory for an instance, zero behind its header. The result is a new reference or null with an
    // exception set, and the interpreter itself reported the offset of the pointer to the `__dict__`.
    unsafe {
        let node = ffi::PyObject_GC_New::<ffi::PyObject>(class.as_type_ptr());
        let node = Bound::from_owned_ptr_or_err(class.py(), node)?;
        let header = size_of::<ffi::PyObject>();
        node.as_ptr().byte_add(header).cast::<u8>().write_bytes(0, layout.size - header);
        let slot = node.as_ptr().byte_add(layout.dict_offset).cast::<*mut ffi::PyObject>();
        slot.write(dict.into_ptr());
        untracked.add(&node);
        Ok(node)
    }
}

/// Whether an object's type is a class or derived from it. Unlike `isinstance`, this runs no Python code.
#[inline]
pub(crate) fn is_of_type(object: &Bound<'_, PyAny>, class: &Bound<'_, PyType>) -> bool {
    // SAFETY: both are live types.
    unsafe { ffi::PyType_IsSubtype(object.get_type_ptr(), class.as_type_ptr()) != 0 }
}

/// Creates a list of exactly `length` objects.
#[inline]
pub(crate) fn list<'py>(
    py: Python<'py>,
    length: usize,
    items: impl Iterator<Item = Bound<'py, PyAny>>,
    untracked: &mut Untracked<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let length = ffi::Py_ssize_t::try_from(length).map_err(|_| PyValueError::new_err("list too long"))?;
    // SAFETY: the result is a new reference or null with an exception set.
    let list = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyList_New(length))? };
    // New lists are tracked. An empty one may stay so: nothing of the tree can be reached from it.
    if length == 0 {
        return Ok(list);
    }
    // SAFETY: a live list.
    unsafe { ffi::PyObject_GC_UnTrack(list.as_ptr().cast()) };
    untracked.add(&list);
    let mut filled = 0;
    for item in items.take(length as usize) {
        // SAFETY: the index is inside the list, which no other code has seen; the call takes the reference over.
        unsafe { ffi::PyList_SetItem(list.as_ptr(), filled, item.into_ptr()) };
        filled += 1;
    }
    assert_eq!(filled, length, "the caller has counted the items");
    Ok(list)
}

/// Creates a `str` from WTF-8, in which a lone surrogate takes three bytes.
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

/// Creates an `int` from an integer literal in base 2, 8, 10 or 16.
///
/// CPython limits the decimal digits of a conversion; sources with longer literals have no archive.
pub(crate) fn big_int<'py>(py: Python<'py>, literal: &str) -> PyResult<Bound<'py, PyAny>> {
    let literal = CString::new(literal)?;
    // SAFETY: the literal ends with a null byte, the end pointer may be null, and the result is a new
    // reference or null with an exception set.
    unsafe {
        let int = ffi::PyLong_FromString(literal.as_ptr(), std::ptr::null_mut(), 0);
        Bound::from_owned_ptr_or_err(py, int)
    }
}

/// Calls a function with arguments, without a tuple of them. At most three are passed on.
#[inline]
pub(crate) fn call<'py, const N: usize>(
    function: &Bound<'py, PyAny>,
    arguments: [&Bound<'py, PyAny>; N],
) -> PyResult<Bound<'py, PyAny>> {
    const { assert!(N <= 3) };
    let end = std::ptr::null_mut::<ffi::PyObject>();
    let argument = |index: usize| arguments.get(index).map_or(end, |argument| argument.as_ptr());
    // SAFETY: all are live objects, null ends the arguments, and the result is a new reference or null with an
    // exception set.
    unsafe {
        let (first, second, third) = (argument(0), argument(1), argument(2));
        let result = ffi::PyObject_CallFunctionObjArgs(function.as_ptr(), first, second, third, end);
        Bound::from_owned_ptr_or_err(function.py(), result)
    }
}
