//! The native part of `lazyast.Cache`.

use std::path::PathBuf;
use std::time::Duration;

use lazyast::store::{GcPolicy, Store};
use lazyast::{Cache, CacheDirectoryError, ManifestOptions, WarmOptions};
use pyo3::prelude::*;

use super::results::{PyChecked, PyCollected, PyExported, PyImported, PyStats, PyWarmed};
use crate::bind::{options, process_cache};
use crate::errors::{CorruptPack, Error, UnusableCache};

/// A cache directory.
#[pyclass(module = "lazyast._native", name = "Cache", frozen)]
struct PyCache {
    cache: Cache,
}

#[pymethods]
impl PyCache {
    #[new]
    #[pyo3(signature = (directory = None, underlay = None))]
    fn new(py: Python<'_>, directory: Option<PathBuf>, underlay: Option<Vec<PathBuf>>) -> PyResult<Self> {
        let opened = match &underlay {
            Some(underlay) => Cache::open_with_underlay(directory.as_deref(), underlay),
            None => Cache::open(directory.as_deref()),
        };
        let cache = match opened {
            Ok(cache) => cache,
            Err(CacheDirectoryError::Disabled) => Cache::disabled(),
            Err(error) => return Err(UnusableCache::new_err(error.to_string())),
        };
        process_cache::warn_if_deprecated(py, &cache)?;
        for problem in cache.problems() {
            process_cache::warn(py, &problem.to_string())?;
        }
        process_cache::finish_at_exit(&cache);
        Ok(Self { cache })
    }

    /// The directory that is written, if there is one.
    #[getter]
    fn directory(&self) -> Option<PathBuf> {
        self.cache.store().map(|store| store.directory().root().to_owned())
    }

    /// Brings sources into the cache.
    fn warm(
        &self,
        py: Python<'_>,
        paths: Vec<PathBuf>,
        jobs: Option<usize>,
        verify: Option<&str>,
    ) -> PyResult<PyWarmed> {
        let options = WarmOptions {
            jobs,
            change_detection: options::change_detection(verify)?,
            selection: options::selection(None)?,
        };
        let report = py.detach(|| lazyast::warm(&self.cache, &paths, options, &|_| {}));
        if let Some(error) = &report.unwritten {
            process_cache::warn(py, &format!("new archives cannot be written: {error}"))?;
        }
        Ok(report.into())
    }

    /// What the cache contains: for this version first, then for others.
    fn stats(&self, py: Python<'_>) -> PyResult<Vec<PyStats>> {
        let store = self.store()?;
        let (this_version, others) = py.detach(|| (store.stats(), store.stats_of_others()));
        Ok(std::iter::once(this_version).chain(others).map(PyStats::from).collect())
    }

    /// Checks every byte of every pack.
    fn verify(&self, py: Python<'_>) -> PyResult<Vec<PyChecked>> {
        let store = self.store()?;
        let reports = py.detach(|| store.verify());
        Ok(reports.into_iter().map(PyChecked::from).collect())
    }

    /// Deletes what was not used for some seconds, and the least recently used archives beyond a size.
    fn gc(&self, py: Python<'_>, max_age: f64, max_size: u64, dry_run: bool) -> PyResult<PyCollected> {
        let store = self.store()?;
        let max_age = Duration::try_from_secs_f64(max_age).unwrap_or(Duration::MAX);
        let policy = GcPolicy { max_age, max_size };
        let collected = py.detach(|| store.collect_garbage(&policy, dry_run))?;
        let locked = || Error::new_err("the cache is locked by another process; try again later");
        Ok(collected.ok_or_else(locked)?.into())
    }

    /// Deletes everything, and returns the number of bytes.
    fn clean(&self, py: Python<'_>) -> PyResult<u64> {
        let store = self.store()?;
        Ok(py.detach(|| lazyast::store::clean_cache(store.directory().root()))?)
    }

    /// Writes the archives of sources, or of the whole cache, to a file.
    #[expect(clippy::too_many_arguments, reason = "they are the parameters of a Python function")]
    fn export_pack(
        &self,
        py: Python<'_>,
        file: PathBuf,
        paths: Option<Vec<PathBuf>>,
        jobs: Option<usize>,
        verify: Option<&str>,
        manifest: Option<(PathBuf, bool)>,
        shard: Option<(u32, u32, PathBuf)>,
    ) -> PyResult<PyExported> {
        let Some(paths) = paths else {
            return Ok(py.detach(|| lazyast::export_all(&self.cache, &file))?.into());
        };
        let options = WarmOptions {
            jobs,
            change_detection: options::change_detection(verify)?,
            selection: options::selection(None)?.with_shard(shard.map(options::shard).transpose()?),
        };
        let manifest = manifest.map(|(root, sources)| ManifestOptions { root, sources });
        let report = py.detach(|| lazyast::export(&self.cache, &file, &paths, options, manifest.as_ref()))?;
        Ok(report.into())
    }

    /// Imports the archives of a file.
    fn import_pack(&self, py: Python<'_>, file: PathBuf) -> PyResult<PyImported> {
        let store = self.store()?;
        let report = py.detach(|| store.import(&file))?;
        if let Some(first) = report.pack.problems.first() {
            let more = match report.pack.problem_count {
                1 => String::new(),
                count => format!(" (and {} more problems)", count - 1),
            };
            return Err(CorruptPack::new_err(format!("{}: {first}{more}", report.pack.path.display())));
        }
        Ok(report.into())
    }
}

impl PyCache {
    fn store(&self) -> PyResult<&Store> {
        self.cache.store().ok_or_else(|| match self.cache.problems().last() {
            Some(problem) => UnusableCache::new_err(problem.to_string()),
            None => UnusableCache::new_err(CacheDirectoryError::Disabled.to_string()),
        })
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyCache>()
}
