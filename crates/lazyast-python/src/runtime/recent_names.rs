//! Identifiers of recent trees as Python objects.
//!
//! The trees of a program share most of their names. Finding one here takes less than half of the time in which CPython
//! decodes and interns it, for which it creates the string first. The table has a fixed number of slots, so that it keeps
//! few strings alive, however many trees are read.

use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};

use foldhash::fast::FixedState;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// The number of slots, a power of two. A name has one slot.
const SLOTS: usize = 2048;
/// Longer names are interned each time.
const MAX_LEN: usize = 48;

struct RecentName {
    hash: u64,
    text: Box<str>,
    name: Py<PyString>,
}

// Locked by threads that are attached to the interpreter and run no Python code meanwhile. So a thread that forks does not
// find it locked.
static RECENT: Mutex<Vec<Option<RecentName>>> = Mutex::new(Vec::new());

/// The interned string of a name.
pub(crate) fn intern<'py>(py: Python<'py>, text: &str) -> Bound<'py, PyString> {
    if text.len() > MAX_LEN {
        return PyString::intern(py, text);
    }
    let hash = FixedState::default().hash_one(text);
    let slot = hash as usize % SLOTS;
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    if recent.is_empty() {
        recent.resize_with(SLOTS, || None);
    }
    if let Some(found) = &recent[slot]
        && found.hash == hash
        && *found.text == *text
    {
        return found.name.bind(py).clone();
    }
    let name = PyString::intern(py, text);
    let added = RecentName { hash, text: text.into(), name: name.clone().unbind() };
    let replaced = recent[slot].replace(added);
    drop(recent);
    drop(replaced);
    name
}
