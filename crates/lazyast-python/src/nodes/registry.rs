//! The trees that are in use: a weak reference to each `Module`, with the archive that it came from.
//!
//! Nodes do not know their trees once they were touched, since they are `ast` nodes like any other. So who
//! asks for what is around a node has it looked for in the trees that are alive, the last one first.

#![allow(unsafe_code)]

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use foldhash::fast::FixedState;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::nodes::context::Origin;
use crate::runtime::interpreter::{Interpreter, once};

/// A tree in use.
struct Live {
    /// A weak reference to its root; when the root goes, so does this entry.
    root: Py<PyAny>,
    /// Its archive, if lazyast has parsed it.
    origin: Option<Rc<Origin>>,
}

/// Only used while attached to the interpreter, and never across a call into it.
struct Registry(RefCell<Trees>);

#[derive(Default)]
struct Trees {
    /// By the address of the weak reference.
    live: HashMap<usize, Live, FixedState>,
    /// The key of the tree to look into first.
    latest: usize,
}

// SAFETY: the registry is used while a thread is attached to the interpreter alone, and interpreters with
// threads that are attached at the same time are not served. So one thread uses it at a time.
unsafe impl Send for Registry {}
// SAFETY: as above.
unsafe impl Sync for Registry {}

static REGISTRY: Registry =
    Registry(RefCell::new(Trees { live: HashMap::with_hasher(FixedState::with_seed(0)), latest: 0 }));
static FORGET: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Remembers a tree for as long as its root lives.
pub(crate) fn remember(root: &Bound<'_, PyAny>, origin: Option<&Rc<Origin>>) -> PyResult<()> {
    let py = root.py();
    let forget = once(py, &FORGET, || Ok(wrap_pyfunction!(forget, py)?.into_any().unbind()))?;
    // SAFETY: both are live objects; the result is a new reference or null with an exception set.
    let weak = unsafe {
        let weak = ffi::PyWeakref_NewRef(root.as_ptr(), forget.as_ptr());
        Bound::from_owned_ptr_or_err(py, weak)?
    };
    if let Some(origin) = origin {
        // A tree has one root.
        let _ = origin.root.set(weak.clone().unbind());
    }
    let mut trees = REGISTRY.0.borrow_mut();
    trees.latest = weak.as_ptr() as usize;
    let key = trees.latest;
    trees.live.insert(key, Live { root: weak.unbind(), origin: origin.cloned() });
    Ok(())
}

/// Remembers what the interpreter has made of a source, if it is a tree.
pub(crate) fn remember_if_node(made: &Bound<'_, PyAny>) -> PyResult<()> {
    match Interpreter::get(made.py())? {
        Some(interpreter) if interpreter.is_node(made) => remember(made, None),
        _ => Ok(()),
    }
}

/// Called with a weak reference whose root is gone.
#[pyfunction]
fn forget(root: &Bound<'_, PyAny>) {
    let gone = REGISTRY.0.borrow_mut().live.remove(&(root.as_ptr() as usize));
    drop(gone);
}

/// A tree in use with its archive, if lazyast has parsed it.
pub(crate) type Tree<'py> = (Bound<'py, PyAny>, Option<Rc<Origin>>);

/// The tree that came last, or in which something was found last.
pub(crate) fn latest(py: Python<'_>) -> Option<Tree<'_>> {
    let trees = REGISTRY.0.borrow();
    let entry = trees.live.get(&trees.latest)?;
    Some((referent(entry.root.bind(py))?, entry.origin.clone()))
}

/// The archive of a tree in use, if lazyast has parsed it.
pub(crate) fn origin_of(root: &Bound<'_, PyAny>) -> Option<Rc<Origin>> {
    let py = root.py();
    let latest = latest(py).filter(|(latest, _)| latest.is(root));
    latest.or_else(|| all(py).into_iter().find(|(other, _)| other.is(root)))?.1
}

/// All trees in use.
pub(crate) fn all(py: Python<'_>) -> Vec<Tree<'_>> {
    let trees = REGISTRY.0.borrow();
    let tree = |entry: &Live| Some((referent(entry.root.bind(py))?, entry.origin.clone()));
    trees.live.values().filter_map(tree).collect()
}

/// Has a tree be the latest.
pub(crate) fn prefer(root: &Bound<'_, PyAny>) {
    let py = root.py();
    let mut trees = REGISTRY.0.borrow_mut();
    let is_root = |entry: &Live| referent(entry.root.bind(py)).is_some_and(|other| other.is(root));
    let key = trees.live.iter().find(|(_, entry)| is_root(entry)).map(|(key, _)| *key);
    trees.latest = key.unwrap_or(trees.latest);
}

/// What a weak reference refers to, if it is there.
pub(crate) fn referent<'py>(weak: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    // SAFETY: the object is a weak reference, and the referent is borrowed from it while attached.
    let object =
        unsafe { Bound::from_borrowed_ptr_or_opt(weak.py(), ffi::PyWeakref_GetObject(weak.as_ptr())) };
    object.filter(|object| !object.is_none())
}
