//! A whole codebase into the cache: every core parses, one pack is published.

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{io, thread};

use lazyast_format::Tree;
use lazyast_parse::{Parser, Refusal};
use lazyast_store::{Counts, Freshness, Key, Known, KnownFile, Located, PackWriter, Store, clock};

use crate::files::{self, FileError, Found, Look};
use crate::{ArchiveBytes, Cache};

/// Most threads that are started, whatever is asked for.
const MAX_JOBS: usize = 256;

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
    Refused(Refusal),
    /// The parser left it to the interpreter when it was read last, and it did not change since.
    RefusedBefore(String),
}

impl fmt::Display for FailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::RefusedBefore(reason) => f.write_str(reason),
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
    lines: u32,
    source_bytes: u64,
    archive_bytes: u64,
    is_new: bool,
}

/// An archive, or where it is.
#[derive(Clone, Debug)]
pub(crate) enum Held {
    Bytes(ArchiveBytes),
    Located(Located, Key),
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
    pub(crate) freshness: Freshness,
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
    let looked = clock::now();
    let folder = cache.store().map(|store| store.directory().version().to_owned());
    let by_stat = options.verify == Verify::Stat;
    let known = folder.as_ref().filter(|_| by_stat).and_then(|folder| Freshness::load(folder, paths));
    let Look { files, mut errors, folders, rules, listed } = files::look(paths, known.as_ref());
    let mut results = recall(cache, known.as_ref(), &files, keep);
    let mut order: Vec<usize> = (0..files.len()).filter(|index| results[*index].is_none()).collect();
    // The largest first, so that no thread begins a long one when the others are done.
    order.sort_by_key(|index| std::cmp::Reverse(files[*index].stamp.size));
    let shared = Shared {
        cache,
        files: &files,
        order: &order,
        next: AtomicUsize::new(0),
        output: Mutex::new(Output { written: HashSet::new(), writer: None, error: None }),
        progress,
        keep,
    };
    for (index, result) in shared.read_all(options.jobs) {
        results[index] = Some(result);
    }
    let mut report =
        Report { files: files.len() + errors.len(), unwritten: shared.publish(), ..Report::default() };
    let worked = !order.is_empty();
    report.unread = files.len() - order.len();
    let mut freshness = Freshness { looked, folders, rules, files: Vec::with_capacity(files.len()) };
    let mut outcomes = Vec::with_capacity(files.len());
    for (found, result) in files.into_iter().zip(results) {
        let Some((result, known)) = result else { continue };
        match &result {
            // It has to be found again, whatever the directories say.
            Err(FailureReason::File(_)) => freshness.folders.clear(),
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
    if let Some(folder) = &folder {
        let (hits, unread, misses) = (report.cached as u64, report.unread as u64, report.new as u64);
        // What cannot be counted does not matter to anybody's work.
        let _ = Counts { hits, unread, misses }.add(folder);
    }
    let before = known.map_or(usize::MAX, |known| known.files.len());
    let has_news = worked || before != freshness.files.len() || listed && !freshness.folders.is_empty();
    if let Some(folder) = folder.filter(|_| has_news && report.unwritten.is_none()) {
        // What cannot be kept is found out again.
        let _ = freshness.save(&folder, paths);
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

/// What became of the files that did not change since they were read last; nothing for the others. Both lists are in
/// the order of their paths.
fn recall(cache: &Cache, known: Option<&Freshness>, files: &[Found], keep: bool) -> Vec<Option<Read>> {
    let Some(known) = known else { return files.iter().map(|_| None).collect() };
    let mut before = known.files.iter().peekable();
    let recalled = files.iter().map(|found| {
        while before.next_if(|file| file.path < found.path).is_some() {}
        let file = before.next_if(|file| file.path == found.path)?;
        let result = known.is_same(&file.stamp, &found.stamp).then(|| again(cache, file, keep))??;
        Some((result, file.clone()))
    });
    recalled.collect()
}

/// What came of a source that did not change, or nothing if its archive is not there any more.
fn again(cache: &Cache, file: &KnownFile, keep: bool) -> Option<Result<Done, FailureReason>> {
    match &file.known {
        Known::Refused { reason, .. } => Some(Err(FailureReason::RefusedBefore(reason.clone()))),
        Known::Archive { key, lines, minimum_python } => {
            let located = cache.locate(key)?;
            Some(Ok(Done {
                minimum_python: *minimum_python,
                lines: *lines,
                source_bytes: file.stamp.size,
                archive_bytes: located.archive_len(),
                is_new: false,
                archive: keep.then(|| Held::Located(located, *key)),
            }))
        }
    }
}

/// What the threads share.
struct Shared<'a> {
    cache: &'a Cache,
    files: &'a [Found],
    order: &'a [usize],
    next: AtomicUsize,
    output: Mutex<Output>,
    progress: &'a (dyn Fn(Progress) + Sync),
    /// Archives are handed out, and not only written.
    keep: bool,
}

struct Output {
    /// Keys in the pack: equal sources are stored once.
    written: HashSet<Key>,
    writer: Option<PackWriter>,
    error: Option<io::Error>,
}

/// What became of a source, and what is known of it from now on.
type Read = (Result<Done, FailureReason>, KnownFile);

impl Shared<'_> {
    /// Reads all sources that have to be read.
    fn read_all(&self, jobs: Option<usize>) -> Vec<(usize, Read)> {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        let jobs = jobs.unwrap_or_else(cores).clamp(1, self.order.len().clamp(1, MAX_JOBS));
        thread::scope(|scope| {
            let others: Vec<_> = (1..jobs).map(|_| scope.spawn(|| self.work())).collect();
            let mut all = self.work();
            for other in others {
                all.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            all
        })
    }

    fn work(&self) -> Vec<(usize, Read)> {
        let mut done = Vec::new();
        let mut parser = Parser::new();
        let mut source = Vec::new();
        loop {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(index) = self.order.get(place) else { return done };
            done.push((*index, self.file(&self.files[*index], &mut parser, &mut source)));
            (self.progress)(Progress { done: place + 1, total: self.order.len() });
        }
    }

    fn file(&self, found: &Found, parser: &mut Parser, source: &mut Vec<u8>) -> Read {
        let path = found.path.clone();
        let stamp = match files::read_file(&path, source) {
            Ok(stamp) => stamp,
            Err(error) => {
                let known = Known::Refused { reason: error.to_string(), notes: Vec::new() };
                return (Err(FailureReason::File(error)), KnownFile { path, stamp: found.stamp, known });
            }
        };
        let key = lazyast_store::key(source);
        let cached = self.cache.get(&key);
        let made = match &cached {
            Some(_) => None,
            None => match parser.parse(source, &key) {
                Ok(archive) => Some(archive),
                Err(refusal) => {
                    let known = Known::Refused { reason: refusal.to_string(), notes: Vec::new() };
                    return (Err(FailureReason::Refused(refusal)), KnownFile { path, stamp, known });
                }
            },
        };
        let bytes = cached.as_ref().map(AsRef::as_ref).or(made).unwrap_or_default();
        let (lines, minimum_python) = facts(bytes);
        if let Some(archive) = made
            && let Some(store) = self.cache.store()
        {
            self.write(store, &key, archive);
        }
        let done = Done {
            minimum_python,
            lines,
            source_bytes: source.len() as u64,
            archive_bytes: bytes.len() as u64,
            is_new: made.is_some(),
            archive: self
                .keep
                .then(|| Held::Bytes(cached.clone().unwrap_or_else(|| ArchiveBytes::copy(bytes)))),
        };
        (Ok(done), KnownFile { path, stamp, known: Known::Archive { key, lines, minimum_python } })
    }

    /// Appends to the pack of this run. After an error nothing more is written.
    fn write(&self, store: &Store, key: &Key, archive: &[u8]) {
        let mut output = self.output();
        if output.error.is_some() || !output.written.insert(*key) {
            return;
        }
        let writer = match output.writer.take() {
            Some(writer) => Ok(writer),
            None => store.writer(),
        };
        match writer.and_then(|mut writer| writer.add(key, archive).map(|()| writer)) {
            Ok(writer) => output.writer = Some(writer),
            Err(error) => output.error = Some(error),
        }
    }

    fn publish(self) -> Option<io::Error> {
        let Output { writer, error, .. } = self.output.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (Some(writer), Some(store)) = (writer, self.cache.store()) else { return error };
        store.publish(writer).err()
    }

    fn output(&self) -> MutexGuard<'_, Output> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lines of an archive's text, and the oldest Python that has its syntax.
fn facts(archive: &[u8]) -> (u32, u8) {
    Tree::open(archive, None)
        .map_or((0, u8::MAX), |tree| (tree.line_count(), tree.header().facts.minimum_python))
}

/// The key of an archive's source.
pub(crate) fn key_of(archive: &[u8]) -> Option<Key> {
    Tree::open(archive, None).ok().map(|tree| tree.header().source_hash)
}
