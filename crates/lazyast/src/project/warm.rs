//! A whole codebase into the cache: every core parses, one pack is published.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use lazyast_format::Tree;
use lazyast_format::read::OpenError;
use lazyast_parse::Unsupported;
use lazyast_store::{ArchiveLocation, FileState, LookupCounts, ProjectState, SourceKey};

use super::build::{self as work, Work};
use super::discover::{self, FileError, Fingerprints, Look};
use super::reuse as recall;
use crate::{ArchiveBytes, Cache};

/// How to warm.
#[derive(Clone, Copy, Debug, Default)]
pub struct WarmOptions {
    /// Number of threads; as many as there are processors if not given.
    pub jobs: Option<usize>,
    /// How to see that a source is what it was.
    pub verify: Verify,
}

/// How to see that a source is what it was when it was read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verify {
    /// By size, timestamps and inode. Sources that changed too lately for these to tell are read.
    Stat,
    /// By the hash of its content: every source is read.
    Content,
}

impl Default for Verify {
    /// By content where the variable `CI` is set: a checkout gives every file new timestamps, and caches come
    /// from elsewhere.
    fn default() -> Self {
        if std::env::var_os("CI").is_some_and(|value| !value.is_empty()) { Self::Content } else { Self::Stat }
    }
}

/// What a run has done so far.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Files that are done.
    pub done: usize,
    /// Files that there are.
    pub total: usize,
}

/// What a run did.
#[derive(Debug, Default)]
pub struct Report {
    /// Sources that were found.
    pub files: usize,
    /// Lines of the sources that have an archive.
    pub lines: u64,
    /// Sources that were parsed.
    pub new: usize,
    /// Sources whose archive was there.
    pub cached: usize,
    /// Sources that were not even read, because they did not change.
    pub unread: usize,
    /// Sources without an archive, and why.
    pub failures: Vec<Failure>,
    /// Bytes of the sources that have an archive.
    pub source_bytes: u64,
    /// Bytes of their archives.
    pub archive_bytes: u64,
    /// From the first look at a directory to the published pack.
    pub elapsed: Duration,
    /// Why nothing new could be kept.
    pub unwritten: Option<io::Error>,
}

impl Report {
    /// Lines per second, in millions.
    pub fn million_lines_per_second(&self) -> f64 {
        self.lines as f64 / self.elapsed.as_secs_f64() / 1e6
    }
}

/// A source that has no archive.
#[derive(Debug)]
pub struct Failure {
    /// Its path.
    pub path: PathBuf,
    /// Why it has none.
    pub reason: FailureReason,
}

/// Why a source has no archive.
#[derive(Debug)]
pub enum FailureReason {
    /// It could not be read.
    File(FileError),
    /// The parser leaves it to the interpreter.
    Unsupported(Unsupported),
    /// The parser left it to the interpreter when it was read last, and it did not change since.
    UnsupportedBefore(String),
    /// Its archive cannot be opened.
    Damaged(OpenError),
}

impl fmt::Display for FailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Unsupported(reason) => reason.fmt(f),
            Self::UnsupportedBefore(reason) => f.write_str(reason),
            Self::Damaged(error) => write!(f, "the archive cannot be opened: {error}"),
        }
    }
}

/// What became of one source.
pub(crate) struct Outcome {
    pub(crate) path: PathBuf,
    pub(crate) result: Result<Done, FailureReason>,
}

/// A source with an archive.
pub(crate) struct Done {
    /// The archive, if it was asked for.
    pub(crate) archive: Option<Held>,
    /// The minor version of the oldest Python that has its syntax.
    pub(crate) minimum_python: u8,
    pub(crate) lines: u32,
    pub(crate) source_bytes: u64,
    pub(crate) archive_bytes: u64,
    pub(crate) is_new: bool,
}

/// What became of a source, and what is known of it from now on.
pub(crate) type Read = (Result<Done, FailureReason>, FileState);

/// An archive, or where it is.
#[derive(Clone, Debug)]
pub(crate) enum Held {
    Bytes(ArchiveBytes),
    ArchiveLocation(ArchiveLocation, SourceKey),
}

/// Puts every Python source under the paths into the cache.
pub fn warm(
    cache: &Cache,
    paths: &[PathBuf],
    options: WarmOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Report {
    run(cache, paths, options, progress, false).report
}

/// What a run gives.
pub(crate) struct Run {
    pub(crate) report: Report,
    /// What became of each source, in the order of their paths.
    pub(crate) outcomes: Vec<Outcome>,
    /// What could not be looked at.
    pub(crate) errors: Vec<(PathBuf, FileError)>,
    /// What is known now.
    pub(crate) freshness: ProjectState,
}

/// Brings all sources under the paths into the cache. With `keep`, outcomes are given and have archives;
/// otherwise the report has the failures.
pub(crate) fn run(
    cache: &Cache,
    paths: &[PathBuf],
    options: WarmOptions,
    progress: &(dyn Fn(Progress) + Sync),
    keep: bool,
) -> Run {
    let started = Instant::now();
    let observed_at = lazyast_store::now_in_nanoseconds();
    let directory = cache.store().map(|store| store.directory().version().to_owned());
    let by_stat = options.verify == Verify::Stat;
    let known = directory.as_ref().and_then(|directory| ProjectState::load(directory, paths));
    let jobs = work::jobs(options.jobs);
    let fingerprints = if by_stat { Fingerprints::Now } else { Fingerprints::Before };
    let Look { files, mut errors, directories, ignore_files, listed } =
        discover::look(paths, known.as_ref(), fingerprints, jobs);
    let before = recall::before(known.as_ref(), &files);
    let mut results: Vec<Option<Read>> = match &known {
        Some(known) if by_stat => recall::all(cache, known, &before, &files, keep),
        _ => files.iter().map(|_| None).collect(),
    };
    let mut order: Vec<usize> = (0..files.len()).filter(|index| results[*index].is_none()).collect();
    // The largest first, so that no thread begins a long one when the others are done.
    order.sort_by_key(|index| std::cmp::Reverse(files[*index].fingerprint.size));
    let work = Work::new(cache, &files, &before, &order, progress, keep);
    for (index, result) in work.read_all(jobs) {
        results[index] = Some(result);
    }
    let mut report =
        Report { files: files.len() + errors.len(), unwritten: work.publish(), ..Report::default() };
    report.unread = files.len() - order.len();
    let mut freshness =
        ProjectState { observed_at, directories, ignore_files, files: Vec::with_capacity(files.len()) };
    let mut outcomes = Vec::with_capacity(files.len());
    for (found, result) in files.into_iter().zip(results) {
        let Some((result, known)) = result else { continue };
        match &result {
            // It has to be found again, whatever the directories say.
            Err(FailureReason::File(_)) => freshness.directories.clear(),
            _ => freshness.files.push(known),
        }
        if let Ok(done) = &result {
            report.lines += u64::from(done.lines);
            report.source_bytes += done.source_bytes;
            report.archive_bytes += done.archive_bytes;
            *(if done.is_new { &mut report.new } else { &mut report.cached }) += 1;
        }
        outcomes.push(Outcome { path: found.path, result });
    }
    if let Some(directory) = &directory {
        let (hits, unread, misses) = (report.cached as u64, report.unread as u64, report.new as u64);
        // What cannot be counted does not matter to anybody's work.
        let _ = LookupCounts { hits, unread, misses }.add(directory);
    }
    let has_news = match &known {
        // With fingerprints that did not count, the same would be looked at again.
        Some(known) if by_stat => {
            !order.is_empty()
                || known.files.len() != freshness.files.len()
                || listed && !freshness.directories.is_empty()
        }
        Some(known) => !known.is_confirmed_by(&freshness),
        None => true,
    };
    if let Some(directory) = directory.filter(|_| has_news && report.unwritten.is_none()) {
        // What cannot be kept is found out again.
        let _ = freshness.save(&directory, paths);
    }
    if !keep {
        for outcome in outcomes.drain(..) {
            report.failures.extend(outcome.result.err().map(|reason| Failure { path: outcome.path, reason }));
        }
        let unseen =
            errors.drain(..).map(|(path, error)| Failure { path, reason: FailureReason::File(error) });
        report.failures.extend(unseen);
        report.failures.sort_by(|one, other| one.path.cmp(&other.path));
    }
    report.elapsed = started.elapsed();
    Run { report, outcomes, errors, freshness }
}

/// The key of an archive's source.
pub(crate) fn key_of(archive: &[u8]) -> Option<SourceKey> {
    Tree::open(archive, None).ok().map(|tree| tree.header().source_hash)
}
