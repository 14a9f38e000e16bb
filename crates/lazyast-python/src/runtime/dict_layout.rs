//! Where CPython keeps the values of a split `__dict__`.
//!
//! A node's `__dict__` is a copy of a template whose values are then replaced in place, which takes half the
//! time of setting items. Dictionaries of instances keep their values in an array that is apart from the
//! keys ("split", PEP 412); the array's address stands at a fixed place. The place is not taken on trust: it
//! is compared with known values for every template, and an interpreter where it is elsewhere is not served.

#![allow(unsafe_code)]

use pyo3::Borrowed;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

/// Offset of the pointer to the keys in a dictionary (`PyDictObject.ma_keys`).
const KEYS: usize = 32;
/// Offset of the pointer to the array of values (`PyDictObject.ma_values`), null where it is not split.
const VALUES: usize = 40;
/// Size of a `PyDictObject`.
const DICT_SIZE: usize = 48;
/// After how many instances a class's dictionaries have no more room than they need: each instance takes
/// a place from what is kept free for keys to come.
const INSTANCES: usize = 40;

/// Where things are in this interpreter's objects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Bytes in front of the first value in the array of values.
    values_start: usize,
    /// Whether `None` counts references, which it does up to 3.11.
    counts_none: bool,
}

/// A dictionary to copy: split, and with `None` as each value that is to be replaced.
#[derive(Debug)]
pub(crate) struct Template {
    dict: Py<PyDict>,
    layout: Layout,
    slots: usize,
}

impl Layout {
    /// What CPython 3.11 to 3.13 do. [`Template::new`] proves it.
    pub(crate) fn of_version(minor: u8) -> Self {
        // From 3.13 on, `PyDictValues` begins with eight bytes of its own.
        Self { values_start: if minor >= 13 { 8 } else { 0 }, counts_none: minor < 12 }
    }

    /// The address of a dictionary's keys: equal for all copies of a template that still have its keys.
    fn keys(dict: &Bound<'_, PyDict>) -> usize {
        // SAFETY: a live dictionary is at least `DICT_SIZE` bytes long, see `Template::new`.
        unsafe { dict.as_ptr().byte_add(KEYS).cast::<usize>().read() }
    }

    /// The address of the first value, or null where the dictionary is not split.
    fn values(self, dict: &Bound<'_, PyDict>) -> *mut *mut ffi::PyObject {
        // SAFETY: as above; the array's address is null or that of an array with room for its header.
        unsafe {
            let array = dict.as_ptr().byte_add(VALUES).cast::<*mut u8>().read();
            if array.is_null() { std::ptr::null_mut() } else { array.add(self.values_start).cast() }
        }
    }
}

impl Template {
    /// A template with these keys and values, or nothing if this interpreter keeps them elsewhere.
    pub(crate) fn new(
        py: Python<'_>,
        layout: Layout,
        items: &[(Bound<'_, PyString>, Bound<'_, PyAny>)],
    ) -> PyResult<Option<Self>> {
        if PyType::new::<PyDict>(py).getattr("__basicsize__")?.extract::<usize>()? != DICT_SIZE {
            return Ok(None);
        }
        let class = py.get_type::<PyType>().call1(("node", PyTuple::empty(py), PyDict::new(py)))?;
        for _ in 0..INSTANCES {
            Self::instance(&class, items)?;
        }
        let markers: Vec<_> =
            items.iter().map(|(name, _)| Ok((name.clone(), marker(py)?))).collect::<PyResult<_>>()?;
        for items in [&markers, items] {
            let dict = Self::instance(&class, items)?;
            let copy = dict.copy()?;
            let (keys, values) = (Layout::keys(&copy), layout.values(&copy));
            if values.is_null() || keys == 0 || keys != Layout::keys(&dict) {
                return Ok(None);
            }
            for (place, (_, value)) in items.iter().enumerate() {
                // SAFETY: the array of values of a split dictionary with this many keys is at least as long.
                if unsafe { values.add(place).read() } != value.as_ptr() {
                    return Ok(None);
                }
            }
        }
        let dict = Self::instance(&class, items)?.copy()?;
        Ok(Some(Self { dict: dict.unbind(), layout, slots: items.len() }))
    }

    fn instance<'py>(
        class: &Bound<'py, PyAny>,
        items: &[(Bound<'py, PyString>, Bound<'py, PyAny>)],
    ) -> PyResult<Bound<'py, PyDict>> {
        let instance = class.call0()?;
        for (name, value) in items {
            instance.setattr(name, value)?;
        }
        Ok(instance.getattr("__dict__")?.cast_into()?)
    }

    /// A copy whose values can be replaced.
    pub(crate) fn copy<'py>(&self, py: Python<'py>) -> PyResult<Copy<'_, 'py>> {
        let dict = self.dict.bind(py).copy()?;
        let values = self.layout.values(&dict);
        Ok(Copy { dict, values, template: self, replaced: 0 })
    }

    /// What is in a slot of a node's `__dict__`, if that still has the template's keys. `dict_offset` is where
    /// nodes have the pointer to it.
    pub(crate) fn held<'py>(&self, dict_offset: usize, node: &Bound<'py, PyAny>, slot: usize) -> Held<'py> {
        assert!(slot < self.slots, "slots are those of the template");
        let py = node.py();
        // SAFETY: the interpreter itself said where nodes have the pointer to their `__dict__`, which is null
        // or that of a dictionary. It is borrowed, and no Python code runs here. Split dictionaries with the
        // same keys have arrays of at least as many values as there were keys in the template; a value is
        // null where a key was deleted.
        unsafe {
            let dict = node.as_ptr().byte_add(dict_offset).cast::<*mut ffi::PyObject>().read();
            let Some(dict) = Borrowed::from_ptr_or_opt(py, dict) else { return Held::Elsewhere };
            let Ok(dict) = dict.cast_exact::<PyDict>() else { return Held::Elsewhere };
            let values = self.layout.values(&dict);
            if values.is_null() || Layout::keys(&dict) != Layout::keys(self.dict.bind(py)) {
                return Held::Elsewhere;
            }
            let value = values.add(slot).read();
            if value.is_null() {
                return Held::Elsewhere;
            }
            let class = ffi::Py_TYPE(value);
            let atoms = [&raw mut ffi::PyUnicode_Type, &raw mut ffi::PyLong_Type];
            if value == ffi::Py_None() || atoms.contains(&class) {
                return Held::Atom;
            }
            Held::Value(Bound::from_borrowed_ptr(py, value))
        }
    }
}

/// What a slot holds.
pub(crate) enum Held<'py> {
    /// `None`, a `str` or an `int`: nothing that is a node or has nodes.
    Atom,
    /// Something else.
    Value(Bound<'py, PyAny>),
    /// The dictionary was changed: ask the node.
    Elsewhere,
}

/// Some object that nothing else refers to.
fn marker(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    py.get_type::<PyAny>().call0()
}

/// A copy of a template that is being filled.
pub(crate) struct Copy<'t, 'py> {
    dict: Bound<'py, PyDict>,
    values: *mut *mut ffi::PyObject,
    template: &'t Template,
    /// How many references to `None` were overwritten.
    replaced: isize,
}

impl<'py> Copy<'_, 'py> {
    /// Replaces a `None` of the template; each at most once.
    pub(crate) fn set(&mut self, slot: usize, value: Bound<'py, PyAny>) {
        assert!(slot < self.template.slots, "slots are those of the template");
        // SAFETY: the copy has its own array of values, with the template's number of slots at least. What
        // is overwritten is the template's `None`, whose reference is given back below.
        unsafe { self.values.add(slot).write(value.into_ptr()) };
        self.replaced += 1;
    }

    /// The filled dictionary, which the collector does not track: the template has atoms alone, so that it
    /// was never tracked, nor are its copies.
    pub(crate) fn finish(self) -> Bound<'py, PyDict> {
        self.dict.clone()
    }
}

impl Drop for Copy<'_, '_> {
    fn drop(&mut self) {
        if self.template.layout.counts_none && self.replaced > 0 {
            // SAFETY: `None` lives for ever, and these references were this dictionary's own.
            unsafe { (*ffi::Py_None()).ob_refcnt -= self.replaced };
        }
    }
}
