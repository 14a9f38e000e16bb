//! A cache that is looked after: what the commands do, for programs.

use std::path::PathBuf;
use std::time::Duration;

use lazyast::store::{GcPolicy, PackReport, Store};
use lazyast::{Cache, CacheDirectoryError, SourceFailure, WarmOptions, WarmReport};
use pyo3::prelude::*;

use super::process_cache;
use super::project::verify_of;
use crate::errors::{CorruptPack, Error, UnusableCache};

/// A cache directory.
#[pyclass(module = "lazyast._native", name = "Cache", frozen)]
struct CacheObject {
    cache: Cache,
    /// Where it would be.
    root: Option<PathBuf>,
}

/// `(path, why)` of sources without an archive.
type Reasons = Vec<(PathBuf, String)>;

/// Files, new, cached, unread, lines, and those without an archive.
type Warmed = (usize, usize, usize, usize, u64, Reasons);

/// Directory, packs, archives, bytes of packs, damaged packs, projects, bytes, hits, unread, misses.
type Stats = (PathBuf, usize, usize, u64, usize, usize, u64, u64, u64, u64);

#[pymethods]
impl CacheObject {
    #[new]
    #[pyo3(signature = (directory = None, underlay = None))]
    fn new(py: Python<'_>, directory: Option<PathBuf>, underlay: Option<Vec<PathBuf>>) -> PyResult<Self> {
        let opened = match &underlay {
            Some(underlay) => Cache::open_with_underlay(directory.as_deref(), underlay),
            None => Cache::open(directory.as_deref()),
        };
        match opened {
            Ok(opened) => {
                process_cache::warn_if_deprecated(py, &opened)?;
                for problem in opened.problems() {
                    process_cache::warn(py, &problem.to_string())?;
                }
                process_cache::note(&opened);
                let root = opened.store().map(|store| store.directory().root().to_owned());
                Ok(Self { cache: opened, root })
            }
            Err(CacheDirectoryError::Disabled) => Ok(Self { cache: Cache::disabled(), root: None }),
            Err(error) => Err(UnusableCache::new_err(error.to_string())),
        }
    }

    /// The directory, if there is one that can be written.
    #[getter]
    fn directory(&self) -> Option<PathBuf> {
        self.root.clone()
    }

    /// Puts sources into the cache.
    fn warm(
        &self,
        py: Python<'_>,
        paths: Vec<PathBuf>,
        jobs: Option<usize>,
        verify: Option<&str>,
    ) -> PyResult<Warmed> {
        let options = WarmOptions { jobs, change_detection: verify_of(verify)? };
        let report = py.detach(|| lazyast::warm(&self.cache, &paths, options, &|_| {}));
        if let Some(error) = &report.unwritten {
            process_cache::warn(py, &format!("what is new cannot be written: {error}"))?;
        }
        let WarmReport { files, new, cached, unread, lines, failures, .. } = report;
        Ok((files, new, cached, unread, lines, reasons(&failures)))
    }

    /// What the cache holds: of this version first, then of others.
    fn stats(&self, py: Python<'_>) -> PyResult<Vec<Stats>> {
        let store = self.store()?;
        let all = py.detach(|| {
            let mut all = store.stats_of_others();
            all.insert(0, store.stats());
            all
        });
        let tuple = |stats: lazyast::store::VersionStats| {
            let lazyast::store::VersionStats {
                path,
                packs,
                archives,
                bytes,
                damaged,
                projects,
                all_bytes,
                counts,
            } = stats;
            let lazyast::store::LookupCounts { hits, unread, misses } = counts;
            (path, packs, archives, bytes, damaged, projects, all_bytes, hits, unread, misses)
        };
        Ok(all.into_iter().map(tuple).collect())
    }

    /// Checks every byte: `(path, whole archives, problems)` of each pack.
    fn verify(&self, py: Python<'_>) -> PyResult<Vec<(PathBuf, usize, Vec<String>)>> {
        let store = self.store()?;
        let checked = py.detach(|| store.verify());
        let texts = |report: &PackReport| report.problems.iter().map(ToString::to_string).collect();
        Ok(checked.into_iter().map(|report| (report.path.clone(), report.intact, texts(&report))).collect())
    }

    /// Deletes what was not used for some seconds, and what is too much: archives, projects, other versions,
    /// leftovers, bytes.
    fn gc(
        &self,
        py: Python<'_>,
        max_age: f64,
        max_size: u64,
        dry_run: bool,
    ) -> PyResult<(usize, usize, usize, usize, u64)> {
        let store = self.store()?;
        let max_age = Duration::try_from_secs_f64(max_age).unwrap_or(Duration::MAX);
        let policy = GcPolicy { max_age, max_size };
        let collected = py.detach(|| store.collect_garbage(&policy, dry_run))?;
        let busy = || Error::new_err("the cache is locked by another process; try again later");
        let found = collected.ok_or_else(busy)?;
        Ok((found.archives, found.projects, found.versions, found.leftovers, found.bytes))
    }

    /// Deletes everything, and gives the number of bytes.
    fn clean(&self, py: Python<'_>) -> PyResult<u64> {
        let store = self.store()?;
        let bytes = py.detach(|| lazyast::store::clean_cache(store.directory().root()))?;
        Ok(bytes)
    }

    /// Writes the archives of sources to a file: number of archives, bytes, `(path, why)` of sources without one.
    fn export_pack(
        &self,
        py: Python<'_>,
        file: PathBuf,
        paths: Vec<PathBuf>,
        jobs: Option<usize>,
        verify: Option<&str>,
    ) -> PyResult<(usize, u64, Reasons)> {
        let options = WarmOptions { jobs, change_detection: verify_of(verify)? };
        let exported = py.detach(|| lazyast::export(&self.cache, &file, &paths, options))?;
        Ok((exported.archives, exported.bytes, reasons(&exported.failures)))
    }

    /// Puts the archives of a file into the cache: number of archives, and of those that were new.
    fn import_pack(&self, py: Python<'_>, file: PathBuf) -> PyResult<(usize, usize)> {
        let store = self.store()?;
        let imported = py.detach(|| store.import(&file))?;
        let PackReport { path, intact, problems, problem_count, .. } = imported.pack;
        if let Some(first) = problems.first() {
            let more = match problem_count {
                1 => String::new(),
                count => format!(" (and {} more problems)", count - 1),
            };
            return Err(CorruptPack::new_err(format!("{}: {first}{more}", path.display())));
        }
        Ok((intact, imported.new))
    }
}

impl CacheObject {
    fn store(&self) -> PyResult<&Store> {
        self.cache.store().ok_or_else(|| match self.cache.problems().last() {
            Some(problem) => UnusableCache::new_err(problem.to_string()),
            None => UnusableCache::new_err(CacheDirectoryError::Disabled.to_string()),
        })
    }
}

fn reasons(failures: &[SourceFailure]) -> Reasons {
    failures.iter().map(|failure| (failure.path.clone(), failure.reason.to_string())).collect()
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<CacheObject>()
}
