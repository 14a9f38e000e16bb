//! Bringing the archives of all sources under some paths into the cache.
//!
//! [`update`] is a sequence of steps, each a function here or in a sibling module: load the recorded state, discover
//! the sources, reuse what is known of unchanged ones, build the others, summarise, record the new state.

use std::cmp::Reverse;
use std::path::PathBuf;
use std::time::Instant;

use lazyast_store::{FileState, LookupCounts, ProjectState};

use super::build::ParallelBuild;
use super::discover::discover;
use super::discovery::{DiscoveredFile, Discovery};
use super::outcome::{ArchivedSource, SourceOutcome};
use super::rediscover::FingerprintSource;
use super::report::{ChangeDetection, FailureReason, Progress, WarmOptions, WarmReport};
use super::reuse;
use super::source_file::FileError;
use crate::cache::Cache;
use crate::parallel;

/// The result of an update.
pub(crate) struct UpdatedSources {
    pub(crate) report: WarmReport,
    /// The path and the result of each source, in the order of their paths.
    pub(crate) results: Vec<(PathBuf, Result<ArchivedSource, FailureReason>)>,
    /// Paths that could not be inspected.
    pub(crate) uninspected: Vec<(PathBuf, FileError)>,
    /// The state that was recorded.
    pub(crate) state: ProjectState,
}

/// Brings all sources under the paths into the cache. With `keep_archives` the results have their archives.
pub(crate) fn update(
    cache: &Cache,
    paths: &[PathBuf],
    options: WarmOptions,
    progress: &(dyn Fn(Progress) + Sync),
    keep_archives: bool,
) -> UpdatedSources {
    let started = Instant::now();
    // The time must be that before the first file is inspected: what changes later has a later timestamp.
    let observed_at = lazyast_store::now_in_nanoseconds();
    let mut record = StateRecord::load(cache, paths, &options);
    let threads = parallel::thread_count(options.jobs);
    let Discovery { files, errors, directories, ignore_files, listed } =
        discover(paths, &options.selection, record.state.as_ref(), record.fingerprint_source(), threads);
    let states = reuse::recorded_states(record.state.as_ref(), &files);
    let mut outcomes: Vec<Option<SourceOutcome>> = match record.trusted() {
        Some(recorded) => reuse::unchanged(cache, recorded, &states, &files, keep_archives),
        None => files.iter().map(|_| None).collect(),
    };
    let order = reading_order(&files, &outcomes);
    let build = ParallelBuild::new(cache, &files, &states, &order, progress, keep_archives);
    for (index, outcome) in build.run(threads) {
        outcomes[index] = Some(outcome);
    }
    let mut report = WarmReport {
        files: files.len() + errors.len(),
        unread: files.len() - order.len(),
        unwritten: build.publish(),
        ..WarmReport::default()
    };
    let mut state = ProjectState { observed_at, directories, ignore_files, files: Vec::new() };
    let holds = record.holds(&outcomes);
    let results = summarise(files, outcomes, &states, holds, &mut report, &mut state);
    record.count_lookups(&report);
    let has_news = report.unwritten.is_none() && record.has_news(&state, holds, !order.is_empty(), listed);
    if holds {
        state.files = record.take_files();
    }
    if has_news {
        record.save(&state, paths);
    }
    report.elapsed = started.elapsed();
    UpdatedSources { report, results, uninspected: errors, state }
}

/// The indices of the files that must be read, the largest first, so that no thread starts a large one at the end.
fn reading_order(files: &[DiscoveredFile], outcomes: &[Option<SourceOutcome>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..files.len()).filter(|index| outcomes[*index].is_none()).collect();
    order.sort_by_key(|index| Reverse(files[*index].fingerprint.size));
    order
}

/// Adds the outcomes to the report and, unless the recorded state `holds` for all files, to the new state.
fn summarise(
    files: Vec<DiscoveredFile>,
    outcomes: Vec<Option<SourceOutcome>>,
    recorded: &[Option<&FileState>],
    holds: bool,
    report: &mut WarmReport,
    state: &mut ProjectState,
) -> Vec<(PathBuf, Result<ArchivedSource, FailureReason>)> {
    let mut results = Vec::with_capacity(files.len());
    state.files.reserve(if holds { 0 } else { files.len() });
    for ((file, outcome), recorded) in files.into_iter().zip(outcomes).zip(recorded) {
        let Some(outcome) = outcome else { continue };
        match &outcome.result {
            // Without recorded directories the next update discovers this file again and retries it.
            Err(FailureReason::File(_)) => state.directories.clear(),
            _ if holds => {}
            _ => state.files.extend(outcome.state.or_else(|| recorded.cloned())),
        }
        if let Ok(archived) = &outcome.result {
            report.lines += u64::from(archived.lines);
            report.source_bytes += archived.source_bytes;
            report.archive_bytes += archived.archive_bytes;
            *(if archived.is_new { &mut report.new } else { &mut report.cached }) += 1;
        }
        results.push((file.path, outcome.result));
    }
    results
}

/// The recorded state of some paths and a selection of files, and where it is recorded.
struct StateRecord {
    /// The directory of this version's cache; `None` without a cache that can be written.
    directory: Option<PathBuf>,
    /// Identifies the selection of files.
    selection: String,
    state: Option<ProjectState>,
    change_detection: ChangeDetection,
}

impl StateRecord {
    fn load(cache: &Cache, paths: &[PathBuf], options: &WarmOptions) -> Self {
        let directory = cache.store().map(|store| store.directory().version().to_owned());
        let selection = options.selection.identity();
        let state =
            directory.as_deref().and_then(|directory| ProjectState::load(directory, paths, &selection));
        Self { directory, selection, state, change_detection: options.change_detection }
    }

    /// The state, if unchanged fingerprints are accepted as proof of unchanged content.
    fn trusted(&self) -> Option<&ProjectState> {
        self.state.as_ref().filter(|_| self.change_detection == ChangeDetection::Stat)
    }

    fn fingerprint_source(&self) -> FingerprintSource {
        match self.change_detection {
            ChangeDetection::Stat => FingerprintSource::Current,
            ChangeDetection::Content => FingerprintSource::Recorded,
        }
    }

    /// Whether the recorded state holds for each file that there is now, and has no other.
    fn holds(&self, outcomes: &[Option<SourceOutcome>]) -> bool {
        let is_recorded =
            |outcome: &Option<SourceOutcome>| outcome.as_ref().is_some_and(|outcome| outcome.state.is_none());
        self.trusted().is_some_and(|recorded| recorded.files.len() == outcomes.len())
            && outcomes.iter().all(is_recorded)
    }

    /// The files of the recorded state, which has none then.
    fn take_files(&mut self) -> Vec<FileState> {
        self.state.as_mut().map(|recorded| std::mem::take(&mut recorded.files)).unwrap_or_default()
    }

    /// Whether the new state differs from the recorded one, or proves more.
    fn has_news(&self, new: &ProjectState, holds: bool, any_read: bool, listed: bool) -> bool {
        match (&self.state, self.change_detection) {
            // If a file was read or a directory listed, its recorded fingerprint proved nothing; the new one may.
            (Some(recorded), ChangeDetection::Stat) => {
                let has_same_files = holds || recorded.files.len() == new.files.len();
                any_read || !has_same_files || listed && !new.directories.is_empty()
            }
            (Some(recorded), ChangeDetection::Content) => !recorded.is_confirmed_by(new),
            (None, _) => true,
        }
    }

    fn save(&self, state: &ProjectState, paths: &[PathBuf]) {
        if let Some(directory) = &self.directory {
            // If the state cannot be saved, the next update reads the sources again.
            let _ = state.save(directory, paths, &self.selection);
        }
    }

    fn count_lookups(&self, report: &WarmReport) {
        if let Some(directory) = &self.directory {
            let (hits, unread, misses) = (report.cached as u64, report.unread as u64, report.new as u64);
            // The counters are only statistics; an error in updating them is ignored.
            let _ = LookupCounts { hits, unread, misses }.add(directory);
        }
    }
}
