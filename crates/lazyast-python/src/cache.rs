//! The cache that this process uses for single sources.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use lazyast::{Cache, Unusable, is_due};
use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;

static CACHE: OnceLock<Cache> = OnceLock::new();

/// The process's cache; it is opened when it is first needed. If the directory cannot be used, a warning
/// says so once, and sources are parsed without it.
pub(crate) fn of_process(py: Python<'_>) -> PyResult<&'static Cache> {
    if let Some(cache) = CACHE.get() {
        return Ok(cache);
    }
    let (cache, problem) = open_or_none(None);
    let first = CACHE.set(cache).is_ok();
    if let Some(problem) = problem.filter(|_| first) {
        warn(py, &problem)?;
    }
    Ok(CACHE.get().expect("it was set above"))
}

/// The cache in a directory, or the user's own; without one, why.
pub(crate) fn open_or_none(directory: Option<PathBuf>) -> (Cache, Option<String>) {
    match Cache::open(directory.as_deref()) {
        Ok(cache) => {
            let problem = cache.problems().first().map(ToString::to_string);
            (cache, problem)
        }
        Err(Unusable::Off) => (Cache::disabled(), None),
        Err(error) => (Cache::disabled(), Some(error.to_string())),
    }
}

/// Warns that there is no cache.
pub(crate) fn warn(py: Python<'_>, problem: &str) -> PyResult<()> {
    let message = std::ffi::CString::new(format!("lazyast works without a cache: {problem}"))?;
    PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), &message, 2)
}

/// Directories of caches that projects of this process use.
static OF_PROJECTS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Notes that a project uses a cache.
pub(crate) fn note(cache: &Cache) {
    if let Some(store) = cache.store() {
        let mut directories = OF_PROJECTS.lock().unwrap_or_else(PoisonError::into_inner);
        directories.insert(store.directory().root().to_owned());
    }
}

/// What is left to do when this process ends.
#[pyfunction]
fn finish(py: Python<'_>) {
    let directories = std::mem::take(&mut *OF_PROJECTS.lock().unwrap_or_else(PoisonError::into_inner));
    py.detach(|| {
        if let Some(cache) = CACHE.get() {
            cache.finish();
        }
        // They were opened before, so that a problem would be known.
        for cache in directories.into_iter().filter(|root| is_due(root)).flat_map(Cache::at) {
            cache.finish();
        }
    });
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(finish, module)?)
}
