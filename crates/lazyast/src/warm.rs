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
use lazyast_store::{Key, PackWriter, Store};

use crate::files::{self, FileError, Found};
use crate::{ArchiveBytes, Cache};

/// Most threads that are started, whatever is asked for.
const MAX_JOBS: usize = 256;

/// How to warm.
#[derive(Clone, Copy, Debug, Default)]
pub struct WarmOptions {
    /// Number of threads; as many as there are processors if not given.
    pub jobs: Option<usize>,
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
}

impl fmt::Display for FailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

/// What became of one source.
pub(crate) enum Outcome {
    /// It has an archive; these are its bytes if they were asked for.
    Done { archive: Option<ArchiveBytes>, cached: bool },
    /// It has none.
    Failed(FailureReason),
}

/// Puts every Python source under the paths into the cache.
pub fn warm(
    cache: &Cache,
    paths: &[PathBuf],
    options: WarmOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Report {
    let started = Instant::now();
    let (files, errors) = files::find(paths);
    let (mut report, _) = run(cache, &files, options, progress, false);
    report.files += errors.len();
    report
        .failures
        .extend(errors.into_iter().map(|(path, error)| Failure { path, reason: FailureReason::File(error) }));
    report.failures.sort_by(|one, other| one.path.cmp(&other.path));
    report.elapsed = started.elapsed();
    report
}

/// Brings all files into the cache; the outcomes are in the order of the files.
pub(crate) fn run(
    cache: &Cache,
    files: &[Found],
    options: WarmOptions,
    progress: &(dyn Fn(Progress) + Sync),
    keep: bool,
) -> (Report, Vec<Outcome>) {
    // The largest first, so that no thread begins a long one when the others are done.
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(files[*index].size));
    let shared = Shared {
        cache,
        files,
        order: &order,
        next: AtomicUsize::new(0),
        output: Mutex::new(Output { written: HashSet::new(), writer: None, error: None }),
        progress,
        keep,
    };
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.unwrap_or_else(cores).clamp(1, files.len().clamp(1, MAX_JOBS));
    let parts: Vec<Part> = thread::scope(|scope| {
        let others: Vec<_> = (1..jobs).map(|_| scope.spawn(|| shared.work())).collect();
        let mut parts = vec![shared.work()];
        for other in others {
            parts.push(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        parts
    });
    let mut report = Report { files: files.len(), ..Report::default() };
    let mut outcomes: Vec<Option<Outcome>> = files.iter().map(|_| None).collect();
    for part in parts {
        report.lines += part.lines;
        report.source_bytes += part.source_bytes;
        report.archive_bytes += part.archive_bytes;
        for (index, outcome) in part.outcomes {
            match outcome {
                Outcome::Done { cached: true, .. } => report.cached += 1,
                Outcome::Done { .. } => report.new += 1,
                Outcome::Failed(reason) if !keep => {
                    report.failures.push(Failure { path: files[index].path.clone(), reason });
                    continue;
                }
                Outcome::Failed(_) => {}
            }
            outcomes[index] = Some(outcome);
        }
    }
    report.unwritten = shared.publish();
    (report, if keep { outcomes.into_iter().flatten().collect() } else { Vec::new() })
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

/// What one thread did.
#[derive(Default)]
struct Part {
    outcomes: Vec<(usize, Outcome)>,
    lines: u64,
    source_bytes: u64,
    archive_bytes: u64,
}

impl Shared<'_> {
    fn work(&self) -> Part {
        let mut part = Part::default();
        let mut parser = Parser::new();
        let mut source = Vec::new();
        loop {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(index) = self.order.get(place) else { return part };
            let outcome = self.file(*index, &mut parser, &mut source, &mut part);
            part.outcomes.push((*index, outcome));
            (self.progress)(Progress { done: place + 1, total: self.files.len() });
        }
    }

    fn file(&self, index: usize, parser: &mut Parser, source: &mut Vec<u8>, part: &mut Part) -> Outcome {
        if let Err(error) = files::read_file(&self.files[index].path, source) {
            return Outcome::Failed(FailureReason::File(error));
        }
        let key = lazyast_store::key(source);
        let found = self.cache.get(&key);
        let made = match &found {
            Some(_) => None,
            None => match parser.parse(source, &key) {
                Ok(archive) => Some(archive),
                Err(refusal) => return Outcome::Failed(FailureReason::Refused(refusal)),
            },
        };
        let bytes = found.as_ref().map(AsRef::as_ref).or(made).unwrap_or_default();
        part.lines += u64::from(lines(bytes));
        part.source_bytes += source.len() as u64;
        part.archive_bytes += bytes.len() as u64;
        if let Some(archive) = made
            && let Some(store) = self.cache.store()
        {
            self.write(store, &key, archive);
        }
        let cached = found.is_some();
        let archive = self.keep.then(|| found.or_else(|| made.map(ArchiveBytes::copy))).flatten();
        Outcome::Done { archive, cached }
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

fn lines(archive: &[u8]) -> u32 {
    Tree::open(archive, None).map_or(0, |tree| tree.line_count())
}
