//! Warming: bringing a codebase into the cache without opening it.

use std::path::PathBuf;

use super::report::{Progress, SourceFailure, WarmOptions, WarmReport, sorted_failures};
use super::update::update;
use crate::cache::Cache;

/// Brings the archives of all Python sources under the paths into the cache.
///
/// `progress` is called after each source that was read, from several threads. [`find_sources`](crate::find_sources)
/// tells which files are sources.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # std::fs::write(directory.path().join("a.py"), "import os\n")?;
/// # let cache = lazyast::Cache::at(directory.path().join("cache"))?;
/// let paths = [directory.path().to_owned()];
/// let report = lazyast::warm(&cache, &paths, Default::default(), &|_| {});
/// assert_eq!((report.new, report.cached), (1, 0));
/// let report = lazyast::warm(&cache, &paths, Default::default(), &|_| {});
/// assert_eq!((report.new, report.cached), (0, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn warm(
    cache: &Cache,
    paths: &[PathBuf],
    options: WarmOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> WarmReport {
    let updated = update(cache, paths, options, progress, false);
    let failed =
        |(path, result): (PathBuf, Result<_, _>)| Some(SourceFailure { path, reason: result.err()? });
    let failures = sorted_failures(updated.results.into_iter().filter_map(failed), updated.uninspected);
    WarmReport { failures, ..updated.report }
}
