//! Reading sources, and parsing those that are new, on every core.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{io, thread};

use lazyast_format::Tree;
use lazyast_parse::Parser;
use lazyast_store::{FileState, PackWriter, SourceKey, SourceState, Store};

use super::discover::{self, Found};
use super::reuse as recall;
use super::warm::{Done, FailureReason, Held, Progress, Read};
use crate::{ArchiveBytes, Cache};

/// Most threads that are started, whatever is asked for.
const MAX_JOBS: usize = 256;

/// Number of threads: what was asked for, or one for each processor.
pub(crate) fn jobs(asked: Option<usize>) -> usize {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    asked.unwrap_or_else(cores).clamp(1, MAX_JOBS)
}

/// What the threads share.
pub(crate) struct Work<'a> {
    cache: &'a Cache,
    files: &'a [Found],
    before: &'a [Option<&'a FileState>],
    order: &'a [usize],
    next: AtomicUsize,
    output: Mutex<Output>,
    progress: &'a (dyn Fn(Progress) + Sync),
    /// Archives are handed out, and not only written.
    keep: bool,
}

struct Output {
    /// Keys in the pack: equal sources are stored once.
    written: HashSet<SourceKey>,
    writer: Option<PackWriter>,
    error: Option<io::Error>,
}

impl<'a> Work<'a> {
    /// `order` says which files are read, and in which order; `before` what is known of each file.
    pub(crate) fn new(
        cache: &'a Cache,
        files: &'a [Found],
        before: &'a [Option<&'a FileState>],
        order: &'a [usize],
        progress: &'a (dyn Fn(Progress) + Sync),
        keep: bool,
    ) -> Self {
        let output = Mutex::new(Output { written: HashSet::new(), writer: None, error: None });
        Self { cache, files, before, order, next: AtomicUsize::new(0), output, progress, keep }
    }

    /// Reads all sources that have to be read.
    pub(crate) fn read_all(&self, jobs: usize) -> Vec<(usize, Read)> {
        let jobs = jobs.min(self.order.len()).max(1);
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
            done.push((*index, self.file(*index, &mut parser, &mut source)));
            (self.progress)(Progress { done: place + 1, total: self.order.len() });
        }
    }

    fn file(&self, index: usize, parser: &mut Parser, source: &mut Vec<u8>) -> Read {
        let found = &self.files[index];
        let path = found.path.clone();
        let fingerprint = match discover::read_file(&path, source) {
            Ok(fingerprint) => fingerprint,
            Err(error) => {
                let known = SourceState::unsupported(SourceKey::default(), error.to_string());
                return (
                    Err(FailureReason::File(error)),
                    FileState { path, fingerprint: found.fingerprint, source: known },
                );
            }
        };
        let key = lazyast_store::source_key(source);
        if let Some((result, known)) = self.again(index, &key) {
            return (result, FileState { path, fingerprint, source: known });
        }
        let cached = self.cache.get(&key);
        let made = match &cached {
            Some(_) => None,
            None => match parser.parse(source, &key) {
                Ok(archive) => Some(archive),
                Err(reason) => {
                    let known = SourceState::unsupported(key, reason.to_string());
                    return (
                        Err(FailureReason::Unsupported(reason)),
                        FileState { path, fingerprint, source: known },
                    );
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
        (
            Ok(done),
            FileState { path, fingerprint, source: SourceState::Archive { key, lines, minimum_python } },
        )
    }

    /// What came of a source last time, if that is known and its archive is still there. Who only warms wants it whole,
    /// too; who opens looks at that when the archive is asked for.
    fn again(&self, index: usize, key: &SourceKey) -> Option<(Result<Done, FailureReason>, SourceState)> {
        let before = self.before[index].filter(|before| recall::is_of(before, key))?;
        if !self.keep && matches!(before.source, SourceState::Archive { .. }) {
            self.cache.get(key)?;
        }
        Some((recall::again(self.cache, before, self.keep)?, before.source.clone()))
    }

    /// Appends to the pack of this run. After an error nothing more is written.
    fn write(&self, store: &Store, key: &SourceKey, archive: &[u8]) {
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

    pub(crate) fn publish(self) -> Option<io::Error> {
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
