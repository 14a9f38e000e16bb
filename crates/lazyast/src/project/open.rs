//! [`Project`]: the sources of a codebase, with their archives located.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lazyast_store::ProjectState;

use super::module::Module;
use super::report::{FailureReason, Progress, SourceFailure, WarmOptions, WarmReport, sorted_failures};
use super::update::{UpdatedSources, update};
use crate::cache::Cache;

/// All Python sources under some paths: those with an archive, and those without one and the reason.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # std::fs::write(directory.path().join("a.py"), "print(1)\nprint(2)\n")?;
/// # let cache = lazyast::Cache::at(directory.path().join("cache"))?;
/// use lazyast::Project;
///
/// let project = Project::open(&cache, &[directory.path().to_owned()], Default::default());
/// let query = lazyast::pattern("print($X)")?;
/// for (module, hits) in project.search(&query, None, |_, _, hits| hits) {
///     println!("{}: {} hits", project.modules()[module].path().display(), hits?.len()); // 2 hits
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Project {
    pub(super) cache: Cache,
    pub(super) paths: Vec<PathBuf>,
    /// Identifies the selection of files.
    pub(super) selection: String,
    modules: Vec<Module>,
    failures: Vec<SourceFailure>,
    report: WarmReport,
    pub(super) state: ProjectState,
    /// Whether archives were read for a table before.
    pub(crate) has_made_table: Arc<AtomicBool>,
}

impl Project {
    /// Finds the sources under the paths, brings new ones into the cache, and locates the archives of all.
    pub fn open(cache: &Cache, paths: &[PathBuf], options: WarmOptions) -> Self {
        Self::open_with_progress(cache, paths, options, &|_| {})
    }

    /// Opens a project, and calls `progress` after each source that was read, from several threads.
    pub fn open_with_progress(
        cache: &Cache,
        paths: &[PathBuf],
        options: WarmOptions,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Self {
        let selection = options.selection.identity();
        let UpdatedSources { report, results, uninspected, state } =
            update(cache, paths, options, progress, true);
        let mut modules = Vec::with_capacity(results.len());
        let mut failures = Vec::new();
        for (path, result) in results {
            match result {
                Err(reason) => failures.push(SourceFailure { path, reason }),
                Ok(source) => {
                    let module = |handle| Module::new(path, source.minimum_python, handle, cache.clone());
                    modules.extend(source.archive.map(module));
                }
            }
        }
        let failures = sorted_failures(failures, uninspected);
        Self {
            cache: cache.clone(),
            paths: paths.to_vec(),
            selection,
            modules,
            failures,
            report,
            state,
            has_made_table: Arc::default(),
        }
    }

    /// Makes failures of all modules whose syntax a Python lacks. `minor` is its minor version. Their lines do not count
    /// any more in the [`report`](Self::report).
    pub fn require_python(&mut self, minor: u8) {
        let is_newer = |module: &mut Module| module.minimum_python() > minor;
        let newer: Vec<_> = self.modules.extract_if(.., is_newer).collect();
        for module in &newer {
            let lines = module.tree().map_or(0, |tree| u64::from(tree.line_count()));
            self.report.lines = self.report.lines.saturating_sub(lines);
        }
        self.failures.extend(newer.into_iter().map(|module| SourceFailure {
            path: module.path().to_owned(),
            reason: FailureReason::NewerSyntax { minimum_python: module.minimum_python() },
        }));
        self.failures.sort_by(|one, other| one.path.cmp(&other.path));
    }

    /// The sources with an archive, in the order of their paths.
    pub fn modules(&self) -> &[Module] {
        &self.modules
    }

    /// The sources without an archive, in the order of their paths.
    pub fn failures(&self) -> &[SourceFailure] {
        &self.failures
    }

    /// How many sources were parsed, found in the cache, or not even read when the project was opened.
    pub fn report(&self) -> &WarmReport {
        &self.report
    }

    /// A project whose modules come from a pack.
    pub(super) fn of_pack(
        cache: Cache,
        modules: Vec<Module>,
        failures: Vec<SourceFailure>,
        report: WarmReport,
    ) -> Self {
        let (paths, selection, state, has_made_table) = Default::default();
        Self { cache, paths, selection, modules, failures, report, state, has_made_table }
    }

    pub(super) fn into_failures_and_report(self) -> (Vec<SourceFailure>, WarmReport) {
        (self.failures, self.report)
    }
}
