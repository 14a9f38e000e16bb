//! Cyclic garbage collection, and objects it does not know yet.
//!
//! A tree that is being built contains no garbage. So the collector is paused while nodes are created, and the new
//! objects are tracked together at the end, after any collection that is due: the collector then never scans a tree
//! that is half built. Scanning would take half of the time of building a large tree.

#![allow(unsafe_code)]

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::dict_layout::DictCopy;

/// Number of new objects from which [`CollectorPause::collect_if_due`] looks at the collector's counters.
const MIN_OBJECTS: usize = 128;

/// Disables the collector until this value is dropped.
pub(crate) struct CollectorPause<'py> {
    was_enabled: bool,
    py: Python<'py>,
}

impl<'py> CollectorPause<'py> {
    pub(crate) fn new(py: Python<'py>) -> Self {
        // SAFETY: the interpreter is attached, and the call has no other requirements.
        Self { was_enabled: unsafe { ffi::PyGC_Disable() } != 0, py }
    }

    /// Collects the youngest generation if that is due, before `object_count` new objects are tracked.
    ///
    /// The interpreter counts new objects whether they are tracked or not; the collection resets its count to zero.
    pub(crate) fn collect_if_due(&self, object_count: usize) -> PyResult<()> {
        if !self.was_enabled || object_count < MIN_OBJECTS {
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

/// New containers that the collector does not track yet.
///
/// The list owns a reference to each object. So an object that is dropped elsewhere (a damaged archive can put nodes
/// in wrong places) stays alive, and its address cannot come a second time.
#[derive(Default)]
pub(crate) struct Untracked<'py>(Vec<Bound<'py, PyAny>>);

impl<'py> Untracked<'py> {
    /// Adds a new container that is not tracked.
    #[inline]
    pub(super) fn add(&mut self, object: Bound<'py, PyAny>) {
        self.0.push(object);
    }

    /// Adds a new dictionary. From 3.14 on CPython tracks it from its creation: the collector is told later, as of
    /// everything else.
    #[inline]
    pub(crate) fn add_dict(&mut self, copy: DictCopy<'_, 'py>) -> Bound<'py, PyDict> {
        let dict = copy.finish();
        // SAFETY: a live dictionary. The call does nothing to one that is not tracked.
        unsafe { ffi::PyObject_GC_UnTrack(dict.as_ptr().cast()) };
        self.add(dict.clone().into_any());
        dict
    }

    /// The number of objects.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Makes the collector track all objects.
    pub(crate) fn track(self) {
        for object in self.0 {
            // SAFETY: the object supports garbage collection; it is new, was added once, when it was created, and
            // nothing else tracks it.
            unsafe { ffi::PyObject_GC_Track(object.as_ptr().cast()) };
        }
    }
}
