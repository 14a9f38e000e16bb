//! Cyclic garbage collection, and objects it does not know yet.
//!
//! A tree that is being built contains no garbage. So the collector is paused while nodes are created, and the new
//! containers of nodes are tracked together at the end, after any collection that is due: the collector then never scans a tree
//! that is half built. Scanning would take half of the time of building a large tree.

#![allow(unsafe_code)]

use std::ptr::NonNull;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use super::dict_layout::DictCopy;
use super::once::once;

/// `get_threshold`, `get_count` and `collect` of the module `gc`.
static FUNCTIONS: PyOnceLock<[Py<PyAny>; 3]> = PyOnceLock::new();

/// Number of new objects from which [`CollectorPause::collect_if_due`] looks at the collector's counters.
const MIN_OBJECTS: usize = 128;

/// The number of objects in a block of [`Untracked`].
const UNTRACKED_BLOCK: usize = 512;

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
        let py = self.py;
        let functions = once(py, &FUNCTIONS, || {
            let gc = py.import("gc")?;
            let function = |name: &str| Ok::<_, PyErr>(gc.getattr(name)?.unbind());
            Ok([function("get_threshold")?, function("get_count")?, function("collect")?])
        })?;
        let [get_threshold, get_count, collect] = functions.each_ref().map(|function| function.bind(py));
        let first = |function: &Bound<'_, PyAny>| function.call0()?.get_item(0)?.extract::<usize>();
        let threshold = first(get_threshold)?;
        if threshold > 0 && first(get_count)? > threshold {
            collect.call1((0,))?;
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
/// The list borrows its objects: nodes, dictionaries and lists own each other, and whoever builds a tree owns its root until
/// [`track`](Self::track). Python code cannot reach an object before, because every container with nodes is untracked until
/// then. An object that nothing owns, because a damaged archive puts it in a wrong place, is kept alive here. If decoding
/// fails, the list is dropped without being read. References of its own would take a twentieth of the time of building a tree.
#[derive(Default)]
pub(crate) struct Untracked<'py> {
    /// The last objects.
    objects: Vec<NonNull<ffi::PyObject>>,
    /// Those before, in blocks: one vector would be copied as it grows, into memory that the process has never used.
    full_blocks: Vec<Vec<NonNull<ffi::PyObject>>>,
    kept_alive: Vec<Bound<'py, PyAny>>,
}

impl<'py> Untracked<'py> {
    /// Adds a new container that is not tracked.
    #[inline]
    pub(super) fn add(&mut self, object: &Bound<'py, PyAny>) {
        if self.objects.len() == self.objects.capacity() {
            self.begin_block();
        }
        self.objects.extend(NonNull::new(object.as_ptr()));
    }

    #[cold]
    fn begin_block(&mut self) {
        let full = std::mem::replace(&mut self.objects, Vec::with_capacity(UNTRACKED_BLOCK));
        if !full.is_empty() {
            self.full_blocks.push(full);
        }
    }

    /// Owns an object that was added and that nothing else owns.
    #[cold]
    pub(crate) fn keep_alive(&mut self, object: Bound<'py, PyAny>) {
        self.kept_alive.push(object);
    }

    /// Adds a new dictionary.
    #[inline]
    pub(crate) fn add_dict(&mut self, copy: DictCopy<'_, 'py>) -> Bound<'py, PyDict> {
        let (dict, is_tracked) = copy.finish();
        if is_tracked {
            // SAFETY: a live dictionary.
            unsafe { ffi::PyObject_GC_UnTrack(dict.as_ptr().cast()) };
        }
        self.add(dict.as_any());
        dict
    }

    /// The number of objects.
    pub(crate) fn len(&self) -> usize {
        self.full_blocks.iter().map(Vec::len).sum::<usize>() + self.objects.len()
    }

    /// Makes the collector track all objects, which are alive.
    pub(crate) fn track(self) {
        for object in self.full_blocks.iter().chain([&self.objects]).flatten() {
            // SAFETY: the object supports garbage collection; it is alive, as the type's documentation says; it was added
            // once, when it was created, and nothing else tracks it. No Python code runs here.
            unsafe { ffi::PyObject_GC_Track(object.as_ptr().cast()) };
        }
    }
}
