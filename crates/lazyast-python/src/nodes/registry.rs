//! The registry of live trees: a weak reference to the root of each tree in use, with its tree context.
//!
//! A materialised node is a plain `ast` node and does not know its tree. So `parent` and its relatives look for a node
//! in the registered trees, the most recent one first.

#![allow(unsafe_code)]

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;

use foldhash::fast::FixedState;
use pyo3::IntoPyObjectExt;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use super::context::TreeContext;
use crate::runtime::interpreter::Interpreter;
use crate::runtime::once::once;

/// A tree in use.
pub(crate) struct LiveTree<'py> {
    /// The root.
    pub(crate) root: Bound<'py, PyAny>,
    /// The tree context, if lazyast made the tree.
    pub(crate) context: Option<Rc<TreeContext>>,
}

/// An entry of the registry. It is removed when its root is deallocated.
struct WeakTree {
    /// A weak reference to the root.
    root: Py<PyAny>,
    context: Option<Rc<TreeContext>>,
    source: Option<TreeSource>,
}

/// What is known of a tree's source.
pub(crate) enum TreeSource {
    /// What the Python package knows. It never refers to the tree.
    Object(Py<PyAny>),
    /// The file. Its `pathlib.Path` is created when it is needed.
    File(PathBuf),
}

/// Only used while attached to the interpreter, and never borrowed across a call into it.
struct Registry(RefCell<LiveTrees>);

#[derive(Default)]
struct LiveTrees {
    /// By the address of the weak reference.
    entries: HashMap<usize, WeakTree, FixedState>,
    /// The key of the tree to look into first.
    latest: usize,
}

// SAFETY: the registry is only used while a thread is attached to the interpreter, and interpreters whose
// threads are attached at the same time are not served. So one thread uses it at a time.
unsafe impl Send for Registry {}
// SAFETY: as above.
unsafe impl Sync for Registry {}

static REGISTRY: Registry =
    Registry(RefCell::new(LiveTrees { entries: HashMap::with_hasher(FixedState::with_seed(0)), latest: 0 }));
static REMOVE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Adds a tree for as long as its root lives.
pub(crate) fn add(root: &Bound<'_, PyAny>, context: Option<&Rc<TreeContext>>) -> PyResult<()> {
    let py = root.py();
    let remove = once(py, &REMOVE, || Ok(wrap_pyfunction!(remove, py)?.into_any().unbind()))?;
    // SAFETY: both are live objects; the result is a new reference or null with an exception set.
    let weak = unsafe {
        let weak = ffi::PyWeakref_NewRef(root.as_ptr(), remove.as_ptr());
        Bound::from_owned_ptr_or_err(py, weak)?
    };
    if let Some(context) = context {
        // A tree has one root.
        let _ = context.root.set(weak.clone().unbind());
    }
    let mut trees = REGISTRY.0.borrow_mut();
    trees.latest = weak.as_ptr() as usize;
    let key = trees.latest;
    trees.entries.insert(key, WeakTree { root: weak.unbind(), context: context.cloned(), source: None });
    Ok(())
}

/// Adds a result of the interpreter's own `compile`, if it is a tree.
pub(crate) fn add_if_node(result: &Bound<'_, PyAny>) -> PyResult<()> {
    match Interpreter::get(result.py())? {
        Some(interpreter) if interpreter.is_node(result) => add(result, None),
        _ => Ok(()),
    }
}

/// Sets what is known of the source of a tree in use.
pub(crate) fn set_source(root: &Bound<'_, PyAny>, source: TreeSource) {
    let replaced = {
        let mut trees = REGISTRY.0.borrow_mut();
        let key = trees.key_of(root);
        let entry = key.and_then(|key| trees.entries.get_mut(&key));
        entry.map(|entry| entry.source.replace(source))
    };
    // Dropped after the registry is released, as below.
    drop(replaced);
}

/// What is known of the source of a tree in use.
pub(crate) fn source_of<'py>(root: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let path = {
        let trees = REGISTRY.0.borrow();
        let entry = trees.key_of(root).and_then(|key| trees.entries.get(&key));
        match entry.and_then(|entry| entry.source.as_ref()) {
            None => return Ok(None),
            Some(TreeSource::Object(object)) => return Ok(Some(object.bind(root.py()).clone())),
            Some(TreeSource::File(path)) => path.clone(),
        }
    };
    path.into_bound_py_any(root.py()).map(Some)
}

impl LiveTrees {
    /// The key of a root. The one that was added last is found at once.
    fn key_of(&self, root: &Bound<'_, PyAny>) -> Option<usize> {
        let is_root =
            |entry: &WeakTree| referent(entry.root.bind(root.py())).is_some_and(|other| other.is(root));
        if self.entries.get(&self.latest).is_some_and(is_root) {
            return Some(self.latest);
        }
        self.entries.iter().find(|(_, entry)| is_root(entry)).map(|(key, _)| *key)
    }
}

/// Called with a weak reference whose root is deallocated.
#[pyfunction]
fn remove(root: &Bound<'_, PyAny>) {
    let entry = REGISTRY.0.borrow_mut().entries.remove(&(root.as_ptr() as usize));
    // Dropped after the registry is released: dropping can run code that uses it.
    drop(entry);
}

/// The tree that was added last, or in which a node was found last.
pub(crate) fn latest(py: Python<'_>) -> Option<LiveTree<'_>> {
    let trees = REGISTRY.0.borrow();
    upgrade(py, trees.entries.get(&trees.latest)?)
}

/// The tree context of a tree in use, if lazyast made the tree.
pub(crate) fn context_of(root: &Bound<'_, PyAny>) -> Option<Rc<TreeContext>> {
    let py = root.py();
    let latest = latest(py).filter(|tree| tree.root.is(root));
    latest.or_else(|| all(py).into_iter().find(|tree| tree.root.is(root)))?.context
}

/// All trees in use.
pub(crate) fn all(py: Python<'_>) -> Vec<LiveTree<'_>> {
    let trees = REGISTRY.0.borrow();
    trees.entries.values().filter_map(|entry| upgrade(py, entry)).collect()
}

/// Makes a tree the one that [`latest`] returns.
pub(crate) fn set_latest(root: &Bound<'_, PyAny>) {
    let mut trees = REGISTRY.0.borrow_mut();
    trees.latest = trees.key_of(root).unwrap_or(trees.latest);
}

fn upgrade<'py>(py: Python<'py>, entry: &WeakTree) -> Option<LiveTree<'py>> {
    Some(LiveTree { root: referent(entry.root.bind(py))?, context: entry.context.clone() })
}

/// The object that a weak reference refers to, if it is alive.
pub(crate) fn referent<'py>(weak: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    // SAFETY: the object is a weak reference, and the referent is borrowed from it while attached.
    let object =
        unsafe { Bound::from_borrowed_ptr_or_opt(weak.py(), ffi::PyWeakref_GetObject(weak.as_ptr())) };
    object.filter(|object| !object.is_none())
}
