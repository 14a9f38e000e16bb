//! The cache that this process uses for single sources.

use std::path::PathBuf;
use std::sync::OnceLock;

use lazyast::{Cache, Unusable};
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
        Ok(cache) => (cache, None),
        Err(Unusable::Off) => (Cache::disabled(), None),
        Err(error) => (Cache::disabled(), Some(error.to_string())),
    }
}

/// Warns that there is no cache.
pub(crate) fn warn(py: Python<'_>, problem: &str) -> PyResult<()> {
    let message = std::ffi::CString::new(format!("lazyast works without its cache: {problem}"))?;
    PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), &message, 2)
}

/// Publishes what was parsed since the last time. What cannot be written is parsed again.
#[pyfunction]
fn flush(py: Python<'_>) {
    if let Some(cache) = CACHE.get() {
        let _ = py.detach(|| cache.flush());
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(flush, module)?)
}
