//! The metaclass of the hidden classes.
//!
//! It makes a hidden class equal to its `ast` class, with the same hash, so that `type(node) == ast.Name` and
//! dictionaries by class work before a node is materialised. `isinstance` and `issubclass` treat a hidden class as its
//! `ast` class. Only `type(node) is ast.Name` tells a proxy from a node.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_int, c_void};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyType};

use super::callback::callback;
use crate::runtime::once::once;

static METACLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// The metaclass, created now if it does not exist yet.
pub(super) fn get(py: Python<'_>) -> PyResult<&Py<PyType>> {
    once(py, &METACLASS, || create(py))
}

/// Whether a type is the metaclass.
#[inline]
pub(super) fn is(py: Python<'_>, class: *mut ffi::PyTypeObject) -> bool {
    METACLASS.get(py).is_some_and(|metaclass| class == metaclass.as_ptr().cast())
}

/// The `ast` class of a hidden class; any other class is returned as it is.
pub(super) fn ast_class<'py>(class: &Bound<'py, PyType>) -> Bound<'py, PyType> {
    let py = class.py();
    if !is(py, class.get_type_ptr()) {
        return class.clone();
    }
    // SAFETY: the slot of a class's base is a borrowed reference to it; hidden classes have one.
    unsafe {
        let base = ffi::PyType_GetSlot(class.as_type_ptr(), ffi::Py_tp_base);
        PyType::from_borrowed_type_ptr(py, base.cast())
    }
}

fn create(py: Python<'_>) -> PyResult<Py<PyType>> {
    let slot = |slot: c_int, function: *mut c_void| ffi::PyType_Slot { slot, pfunc: function };
    let method = |name: &'static CStr, function: ffi::PyCFunction| ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunction: function },
        ml_flags: ffi::METH_O,
        ml_doc: std::ptr::null(),
    };
    // CPython keeps the pointer; there is one table for each process.
    let methods = Box::leak(Box::new([
        method(c"__instancecheck__", is_instance),
        method(c"__subclasscheck__", is_subclass),
        ffi::PyMethodDef::zeroed(),
    ]));
    let mut slots = [
        slot(ffi::Py_tp_richcompare, compare as *mut c_void),
        slot(ffi::Py_tp_hash, hash as *mut c_void),
        slot(ffi::Py_tp_methods, methods.as_mut_ptr().cast()),
        slot(0, std::ptr::null_mut()),
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"lazyast._native.proxy".as_ptr(),
        basicsize: 0,
        itemsize: 0,
        flags: ffi::Py_TPFLAGS_DEFAULT as _,
        slots: slots.as_mut_ptr(),
    };
    let base = py.get_type::<PyType>();
    // SAFETY: the specification is valid, its slots end with a zero, its functions have the signatures
    // of their slots, and the base is a class, whose size the zero in the specification stands for.
    unsafe {
        let class = ffi::PyType_FromSpecWithBases(&mut spec, base.as_ptr());
        Ok(Bound::from_owned_ptr_or_err(py, class)?.cast_into::<PyType>()?.unbind())
    }
}

unsafe extern "C" fn compare(
    one: *mut ffi::PyObject,
    other: *mut ffi::PyObject,
    operation: c_int,
) -> *mut ffi::PyObject {
    callback(std::ptr::null_mut(), |py, _| {
        // SAFETY: CPython passes live objects.
        let (one, other) =
            unsafe { (Bound::from_borrowed_ptr(py, one), Bound::from_borrowed_ptr(py, other)) };
        let same = match (one.cast::<PyType>(), other.cast::<PyType>()) {
            (Ok(one), Ok(other)) => ast_class(one).is(ast_class(other)),
            _ => false,
        };
        Ok(match operation {
            ffi::Py_EQ => same.into_pyobject(py)?.to_owned().into_any().into_ptr(),
            ffi::Py_NE => (!same).into_pyobject(py)?.to_owned().into_any().into_ptr(),
            _ => py.NotImplemented().into_ptr(),
        })
    })
}

unsafe extern "C" fn hash(class: *mut ffi::PyObject) -> ffi::Py_hash_t {
    callback(-1, |py, _| {
        // SAFETY: CPython passes a live object.
        let class = unsafe { Bound::from_borrowed_ptr(py, class) };
        ast_class(class.cast::<PyType>()?).hash()
    })
}

/// `isinstance(node, type(proxy))` tests for the `ast` class.
unsafe extern "C" fn is_instance(
    class: *mut ffi::PyObject,
    object: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    callback(std::ptr::null_mut(), |py, _| {
        // SAFETY: CPython passes live objects.
        let (class, object) =
            unsafe { (Bound::from_borrowed_ptr(py, class), Bound::from_borrowed_ptr(py, object)) };
        let result = object.is_instance(ast_class(class.cast::<PyType>()?).as_any())?;
        Ok(PyBool::new(py, result).to_owned().into_any().into_ptr())
    })
}

/// `issubclass(class, type(proxy))` tests for the `ast` class.
unsafe extern "C" fn is_subclass(class: *mut ffi::PyObject, other: *mut ffi::PyObject) -> *mut ffi::PyObject {
    callback(std::ptr::null_mut(), |py, _| {
        // SAFETY: CPython passes live objects.
        let (class, other) =
            unsafe { (Bound::from_borrowed_ptr(py, class), Bound::from_borrowed_ptr(py, other)) };
        let class = ast_class(class.cast::<PyType>()?);
        // SAFETY: live objects; the result is negative with an exception set.
        match unsafe { ffi::PyObject_IsSubclass(other.as_ptr(), class.as_ptr()) } {
            -1 => Err(PyErr::fetch(py)),
            result => Ok(PyBool::new(py, result != 0).to_owned().into_any().into_ptr()),
        }
    })
}
