//! Where CPython stores the values of a split `__dict__`.
//!
//! The dictionaries of a class's instances store their values in an array, apart from the keys that they share
//! ("split" dictionaries, PEP 412). A node's `__dict__` is created as a copy of a template, whose values are then
//! overwritten in that array. This takes half of the time of setting items.
//!
//! The dictionary contains the address of the array at a fixed offset, which is not part of the public API. So
//! [`DictTemplate::new`] compares known values with what it finds there, for every template; an interpreter with
//! another layout is not served.

#![allow(unsafe_code)]

use pyo3::Borrowed;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

/// Offset of the pointer to the keys in a dictionary (`PyDictObject.ma_keys`).
const KEYS: usize = 32;
/// Offset of the pointer to the array of values (`PyDictObject.ma_values`), null if the dictionary is not split.
const VALUES: usize = 40;
/// Size of a `PyDictObject`.
const DICT_SIZE: usize = 48;
/// Number of instances after which a class's dictionaries have no spare room: CPython reserves room for further
/// keys and reduces it with each instance.
const INSTANCES: usize = 40;

/// The layout of dictionaries in this interpreter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DictLayout {
    /// Bytes in front of the first value in the array of values.
    values_start: usize,
    /// Whether `None` counts references, which it does up to 3.11.
    counts_none: bool,
    /// Whether the collector tracks every dictionary from its creation, which it does from 3.14 on. Up to 3.13 it does not
    /// track copies of a template, which contains atoms alone.
    tracks_dicts: bool,
}

/// A split dictionary to copy, with `None` as each value that is to be replaced.
#[derive(Debug)]
pub(crate) struct DictTemplate {
    dict: Py<PyDict>,
    layout: DictLayout,
    slots: usize,
}

impl DictLayout {
    /// The layout of CPython 3.11 to 3.15, to be confirmed by [`DictTemplate::new`].
    pub(crate) fn of_version(minor: u8) -> Self {
        // From 3.13 on, `PyDictValues` begins with eight bytes of its own.
        Self {
            values_start: if minor >= 13 { 8 } else { 0 },
            counts_none: minor < 12,
            tracks_dicts: minor >= 14,
        }
    }

    /// The address of a dictionary's keys: equal for all copies of a template that still have its keys.
    #[inline]
    fn keys(dict: &Bound<'_, PyDict>) -> usize {
        // SAFETY: a live dictionary is at least `DICT_SIZE` bytes long, see `DictTemplate::new`.
        unsafe { dict.as_ptr().byte_add(KEYS).cast::<usize>().read() }
    }

    /// The address of the first value, or null if the dictionary is not split.
    #[inline]
    fn values(self, dict: &Bound<'_, PyDict>) -> *mut *mut ffi::PyObject {
        // SAFETY: as above; the array's address is null or that of an array with room for its header.
        unsafe {
            let array = dict.as_ptr().byte_add(VALUES).cast::<*mut u8>().read();
            if array.is_null() { std::ptr::null_mut() } else { array.add(self.values_start).cast() }
        }
    }
}

impl DictTemplate {
    /// A template with these keys and values, or `None` if this interpreter stores them elsewhere.
    pub(crate) fn new(
        py: Python<'_>,
        layout: DictLayout,
        items: &[(Bound<'_, PyString>, Bound<'_, PyAny>)],
    ) -> PyResult<Option<Self>> {
        if PyType::new::<PyDict>(py).getattr("__basicsize__")?.extract::<usize>()? != DICT_SIZE {
            return Ok(None);
        }
        let class = py.get_type::<PyType>().call1(("node", PyTuple::empty(py), PyDict::new(py)))?;
        // The first one adds the keys, while there is room for them.
        Self::instance(&class, items)?;
        for _ in 0..INSTANCES {
            class.call0()?;
        }
        let markers: Vec<_> =
            items.iter().map(|(name, _)| Ok((name.clone(), marker(py)?))).collect::<PyResult<_>>()?;
        for items in [&markers, items] {
            let dict = Self::instance(&class, items)?;
            let copy = dict.copy()?;
            let (keys, values) = (DictLayout::keys(&copy), layout.values(&copy));
            if values.is_null() || keys == 0 || keys != DictLayout::keys(&dict) {
                return Ok(None);
            }
            for (slot, (_, value)) in items.iter().enumerate() {
                // SAFETY: the array of values of a split dictionary with this many keys is at least as long.
                if unsafe { values.add(slot).read() } != value.as_ptr() {
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
    #[inline]
    pub(crate) fn copy<'py>(&self, py: Python<'py>) -> PyResult<DictCopy<'_, 'py>> {
        let dict = self.dict.bind(py).copy()?;
        let values = self.layout.values(&dict);
        Ok(DictCopy { dict: Some(dict), values, template: self, replaced: 0 })
    }

    /// Reads a slot of a node's `__dict__`, if that dictionary still has the template's keys. `dict_offset` is the
    /// offset of the pointer to the `__dict__` in nodes.
    #[inline]
    pub(crate) fn read_slot<'py>(
        &self,
        dict_offset: usize,
        node: &Bound<'py, PyAny>,
        slot: usize,
    ) -> SlotValue<'py> {
        assert!(slot < self.slots, "slots are those of the template");
        let py = node.py();
        // SAFETY: the interpreter itself reported the offset of the pointer to the `__dict__`, which is null
        // or that of a dictionary. It is borrowed, and no Python code runs here. Split dictionaries with the
        // same keys have arrays of at least as many values as there were keys in the template; a value is
        // null if its key was deleted.
        unsafe {
            let dict = node.as_ptr().byte_add(dict_offset).cast::<*mut ffi::PyObject>().read();
            let Some(dict) = Borrowed::from_ptr_or_opt(py, dict) else { return SlotValue::Unknown };
            let Ok(dict) = dict.cast_exact::<PyDict>() else { return SlotValue::Unknown };
            let values = self.layout.values(&dict);
            if values.is_null() || DictLayout::keys(&dict) != DictLayout::keys(self.dict.bind(py)) {
                return SlotValue::Unknown;
            }
            let value = values.add(slot).read();
            if value.is_null() {
                return SlotValue::Unknown;
            }
            let class = ffi::Py_TYPE(value);
            let atoms = [&raw mut ffi::PyUnicode_Type, &raw mut ffi::PyLong_Type];
            if value == ffi::Py_None() || atoms.contains(&class) {
                return SlotValue::Atom;
            }
            SlotValue::Object(Bound::from_borrowed_ptr(py, value))
        }
    }
}

/// The value in a slot of a node's `__dict__`.
pub(crate) enum SlotValue<'py> {
    /// `None`, a `str` or an `int`: neither a node nor a container of nodes.
    Atom,
    /// Any other object.
    Object(Bound<'py, PyAny>),
    /// The dictionary has other keys than the template: the attribute has to be read from the node.
    Unknown,
}

/// An object that nothing else refers to.
fn marker(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    py.get_type::<PyAny>().call0()
}

/// A copy of a template while its values are being replaced.
pub(crate) struct DictCopy<'t, 'py> {
    /// `None` once it is finished.
    dict: Option<Bound<'py, PyDict>>,
    values: *mut *mut ffi::PyObject,
    template: &'t DictTemplate,
    /// How many references to `None` were overwritten.
    replaced: isize,
}

impl<'py> DictCopy<'_, 'py> {
    /// Replaces a `None` of the template. Each slot may be replaced at most once.
    #[inline]
    pub(crate) fn set(&mut self, slot: usize, value: Bound<'py, PyAny>) {
        assert!(slot < self.template.slots, "slots are those of the template");
        // SAFETY: the copy has its own array of values, with the template's number of slots at least. What
        // is overwritten is the template's `None`, whose reference is given back in `drop`.
        unsafe { self.values.add(slot).write(value.into_ptr()) };
        self.replaced += 1;
    }

    /// The filled dictionary, and whether the collector tracks it.
    #[inline]
    pub(crate) fn finish(mut self) -> (Bound<'py, PyDict>, bool) {
        let dict = self.dict.take().expect("it is finished once");
        (dict, self.template.layout.tracks_dicts)
    }
}

impl Drop for DictCopy<'_, '_> {
    fn drop(&mut self) {
        if self.template.layout.counts_none && self.replaced > 0 {
            // SAFETY: `None` is never freed, and these references were this dictionary's own.
            unsafe { (*ffi::Py_None()).ob_refcnt -= self.replaced };
        }
    }
}
