//! The cache that this process uses for single sources.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use lazyast::store::is_gc_due;
use lazyast::{Cache, CacheDirectoryError};
use pyo3::exceptions::{PyDeprecationWarning, PyRuntimeWarning};
use pyo3::prelude::*;

/// The cache of a process, and of those that are forked from it. A forked process has one of its own: a thread that it
/// does not have may have locked its parent's, and what is gathered there is the parent's to publish.
struct Generation {
    cache: OnceLock<Cache>,
    next: OnceLock<Box<Generation>>,
}

impl Generation {
    const fn new() -> Self {
        Self { cache: OnceLock::new(), next: OnceLock::new() }
    }
}

static FIRST: Generation = Generation::new();

/// How many forks this process is away from the first.
static FORKS: AtomicUsize = AtomicUsize::new(0);

fn generation() -> &'static Generation {
    let forks = FORKS.load(Ordering::Relaxed);
    (0..forks).fold(&FIRST, |generation, _| generation.next.get_or_init(|| Box::new(Generation::new())))
}

/// Begins a forked process.
#[pyfunction]
fn begin_forked() {
    FORKS.fetch_add(1, Ordering::Relaxed);
    // Made while there is only this thread.
    generation();
}

/// The process's cache; it is opened when it is first needed. If the directory cannot be used, a warning
/// says so once, and sources are parsed without it.
pub(crate) fn of_process(py: Python<'_>) -> PyResult<&'static Cache> {
    let place = &generation().cache;
    if let Some(cache) = place.get() {
        return Ok(cache);
    }
    let (cache, problem) = open_or_none(None);
    let first = place.set(cache.clone()).is_ok();
    if first {
        warn_if_deprecated(py, &cache)?;
    }
    if let Some(problem) = problem.filter(|_| first) {
        warn(py, &problem)?;
    }
    Ok(place.get().expect("it was set above"))
}

/// The cache in a directory, or the user's own; without one, why.
pub(crate) fn open_or_none(directory: Option<PathBuf>) -> (Cache, Option<String>) {
    match Cache::open(directory.as_deref()) {
        Ok(cache) => {
            let problem = cache.problems().first().map(ToString::to_string);
            (cache, problem)
        }
        Err(CacheDirectoryError::Disabled) => (Cache::disabled(), None),
        Err(error) => (Cache::disabled(), Some(error.to_string())),
    }
}

/// Warns that there is no cache.
pub(crate) fn warn(py: Python<'_>, problem: &str) -> PyResult<()> {
    let message = std::ffi::CString::new(format!("lazyast works without a cache: {problem}"))?;
    PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), &message, 2)
}

/// Warns if the environment names the underlay by a deprecated variable.
pub(crate) fn warn_if_deprecated(py: Python<'_>, cache: &Cache) -> PyResult<()> {
    let Some(deprecation) = cache.deprecation() else { return Ok(()) };
    let message = std::ffi::CString::new(deprecation)?;
    PyErr::warn(py, &py.get_type::<PyDeprecationWarning>(), &message, 2)
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
        if let Some(cache) = generation().cache.get() {
            cache.finish();
        }
        // They were opened before, so that a problem would be known.
        for cache in directories.into_iter().filter(|root| is_gc_due(root)).flat_map(Cache::at) {
            cache.finish();
        }
    });
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(begin_forked, module)?)?;
    module.add_function(wrap_pyfunction!(finish, module)?)
}
