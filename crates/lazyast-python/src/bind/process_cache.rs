//! The cache that this process uses for single sources, and the caches to finish when the process ends.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use lazyast::store::{Configuration, is_gc_due};
use lazyast::{Cache, CacheDirectoryError};
use pyo3::exceptions::{PyDeprecationWarning, PyRuntimeWarning};
use pyo3::prelude::*;

use super::parse_counts;

/// The cache of a process, and those of the processes that are forked from it.
///
/// A forked process needs a cache of its own: a thread that only its parent has may hold a lock of the parent's cache,
/// and archives that the parent has not published yet are the parent's to publish.
struct Generation {
    cache: OnceLock<Cache>,
    forked: OnceLock<Box<Generation>>,
}

impl Generation {
    const fn new() -> Self {
        Self { cache: OnceLock::new(), forked: OnceLock::new() }
    }
}

static FIRST: Generation = Generation::new();

/// How many forks lie between the first process and this one.
static FORKS: AtomicUsize = AtomicUsize::new(0);

fn generation() -> &'static Generation {
    let forks = FORKS.load(Ordering::Relaxed);
    (0..forks).fold(&FIRST, |generation, _| generation.forked.get_or_init(|| Box::new(Generation::new())))
}

/// To be called first in a forked process.
#[pyfunction]
fn begin_forked() {
    FORKS.fetch_add(1, Ordering::Relaxed);
    // Created while the process has a single thread.
    generation();
    parse_counts::reset();
}

/// The process's cache, opened when it is first needed.
///
/// If the directory cannot be used, one warning says so, and sources are parsed without a cache.
pub(crate) fn of_process(py: Python<'_>) -> PyResult<&'static Cache> {
    let cell = &generation().cache;
    if let Some(cache) = cell.get() {
        return Ok(cache);
    }
    let (cache, problem) = open_or_disable(None);
    let is_first = cell.set(cache.clone()).is_ok();
    if is_first {
        warn_if_deprecated(py, &cache)?;
        for problem in Configuration::read(Path::new(".")).problems {
            warn_with(py, &problem)?;
        }
    }
    if let Some(problem) = problem.filter(|_| is_first) {
        warn(py, &problem)?;
    }
    Ok(cell.get().expect("it was set above"))
}

/// Opens the cache in a directory, or the user's own. If that fails, returns a disabled cache and the reason.
pub(crate) fn open_or_disable(directory: Option<PathBuf>) -> (Cache, Option<String>) {
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
    warn_with(py, &format!("lazyast works without a cache: {problem}"))
}

fn warn_with(py: Python<'_>, message: &str) -> PyResult<()> {
    let message = std::ffi::CString::new(message)?;
    PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), &message, 2)
}

/// Warns if the environment names the underlay by a deprecated variable.
pub(crate) fn warn_if_deprecated(py: Python<'_>, cache: &Cache) -> PyResult<()> {
    let Some(deprecation) = cache.deprecation() else { return Ok(()) };
    let message = std::ffi::CString::new(deprecation)?;
    PyErr::warn(py, &py.get_type::<PyDeprecationWarning>(), &message, 2)
}

/// Directories of other caches that were opened in this process.
static OTHER_CACHES: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Has a cache finished when this process ends.
pub(crate) fn finish_at_exit(cache: &Cache) {
    if let Some(store) = cache.store() {
        let mut directories = OTHER_CACHES.lock().unwrap_or_else(PoisonError::into_inner);
        directories.insert(store.directory().root().to_owned());
    }
}

/// To be called when this process ends: publishes what was parsed, and collects garbage if that is due.
#[pyfunction]
fn finish(py: Python<'_>) {
    let directories = std::mem::take(&mut *OTHER_CACHES.lock().unwrap_or_else(PoisonError::into_inner));
    py.detach(|| {
        if let Some(cache) = generation().cache.get() {
            cache.finish();
        }
        // Errors were reported when these caches were opened first.
        for cache in directories.into_iter().filter(|root| is_gc_due(root)).flat_map(Cache::at) {
            cache.finish();
        }
    });
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(begin_forked, module)?)?;
    module.add_function(wrap_pyfunction!(finish, module)?)
}
