//! The calls of CPython's C API that make nodes and their values.
//!
//! Nodes are made without their constructors, as CPython's parser makes them: those would set defaults,
//! and warn about what is missing.

#![allow(unsafe_code)]

use std::ffi::CString;

use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

use super::dict_layout::Copy;
use super::interpreter::Interpreter;

/// New objects for which it is worth to ask whether a collection is due.
const MANY: usize = 128;

/// As long as it lives, the interpreter does not look for garbage: a tree that is being made has none, and
/// looking at it again and again takes as long as making it.
pub(crate) struct CollectorPause<'py> {
    was_enabled: bool,
    py: Python<'py>,
}

impl<'py> CollectorPause<'py> {
    pub(crate) fn new(py: Python<'py>) -> Self {
        // SAFETY: the interpreter is attached, and the call has no other requirements.
        Self { was_enabled: unsafe { ffi::PyGC_Disable() } != 0, py }
    }

    /// Has the youngest objects collected if that is due, before what was made is tracked: the collector then
    /// has next to nothing to look at. `made` is how many objects these are; for a few it is not worth it.
    ///
    /// The interpreter counts new objects whether they are tracked or not, and this sets the count back to
    /// zero.
    pub(crate) fn collect_if_due(&self, made: usize) -> PyResult<()> {
        if !self.was_enabled || made < MANY {
            return Ok(());
        }
        let gc = self.py.import("gc")?;
        let first = |name: &str| gc.call_method0(name)?.get_item(0)?.extract::<usize>();
        let threshold = first("get_threshold")?;
        if threshold > 0 && first("get_count")? > threshold {
            gc.call_method1("collect", (0,))?;
        }
        Ok(())
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

/// Containers that were made and that the collector does not know yet. They are kept alive here, so that no
/// address is in the list twice: what a damaged archive has in a wrong place is made and dropped again.
#[derive(Default)]
pub(crate) struct Untracked<'py>(Vec<Bound<'py, PyAny>>);

impl<'py> Untracked<'py> {
    /// Remembers a container that is not tracked, and that is new.
    fn add(&mut self, object: Bound<'py, PyAny>) {
        self.0.push(object);
    }

    /// Remembers a dictionary that is not tracked, and that is new.
    pub(crate) fn add_dict(&mut self, copy: Copy<'_, 'py>) -> Bound<'py, PyDict> {
        let dict = copy.finish();
        self.add(dict.clone().into_any());
        dict
    }

    /// How many objects there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Tracks them all.
    pub(crate) fn track(self) {
        for object in self.0 {
            // SAFETY: the object is one that garbage collection is for; it is new, came here when it was
            // made, once, and nothing else tracks it.
            unsafe { ffi::PyObject_GC_Track(object.as_ptr().cast()) };
        }
    }
}

/// An instance of a class of nodes with the given `__dict__`.
pub(crate) fn node<'py>(
    interpreter: &Interpreter,
    class: &Bound<'py, PyType>,
    dict: Bound<'py, PyDict>,
    untracked: &mut Untracked<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the class is one of `ast`'s, whose `tp_new` is `PyType_GenericNew`, which does just this:
    // memory for an instance, zero behind its header. The result is a new reference or null with an
    // exception set, and the interpreter itself said where the pointer to the `__dict__` is.
    unsafe {
        let node = ffi::PyObject_GC_New::<ffi::PyObject>(class.as_type_ptr());
        let node = Bound::from_owned_ptr_or_err(class.py(), node)?;
        let header = size_of::<ffi::PyObject>();
        node.as_ptr().byte_add(header).cast::<u8>().write_bytes(0, interpreter.node_size - header);
        let slot = node.as_ptr().byte_add(interpreter.dict_offset).cast::<*mut ffi::PyObject>();
        slot.write(dict.into_ptr());
        untracked.add(node.clone());
        Ok(node)
    }
}

/// Whether an object's type is a class or derived from it. Unlike `isinstance`, this runs no code.
pub(crate) fn is_of_type(object: &Bound<'_, PyAny>, class: &Bound<'_, PyType>) -> bool {
    // SAFETY: both are live types.
    unsafe { ffi::PyType_IsSubtype(object.get_type_ptr(), class.as_type_ptr()) != 0 }
}

/// A list of exactly `length` objects.
pub(crate) fn list<'py>(
    py: Python<'py>,
    length: usize,
    items: impl Iterator<Item = Bound<'py, PyAny>>,
    untracked: &mut Untracked<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let length = ffi::Py_ssize_t::try_from(length).map_err(|_| PyValueError::new_err("list too long"))?;
    // SAFETY: the result is a new reference or null with an exception set. Lists are born tracked.
    let list = unsafe {
        let list = Bound::from_owned_ptr_or_err(py, ffi::PyList_New(length))?;
        ffi::PyObject_GC_UnTrack(list.as_ptr().cast());
        list
    };
    untracked.add(list.clone());
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

/// An `int` from an integer literal in base 2, 8, 10 or 16. Literals with more decimal digits than every
/// interpreter converts have no archive.
pub(crate) fn big_int<'py>(py: Python<'py>, literal: &str) -> PyResult<Bound<'py, PyAny>> {
    let literal = CString::new(literal)?;
    // SAFETY: the literal ends with a null byte, the end pointer may be null, and the result is a new
    // reference or null with an exception set.
    unsafe {
        let int = ffi::PyLong_FromString(literal.as_ptr(), std::ptr::null_mut(), 0);
        Bound::from_owned_ptr_or_err(py, int)
    }
}
