//! Reading sources and parsing those without an archive, on all processors.
//!
//! All new archives go to one pack, so that a large codebase makes one file. The threads share its writer; parsing
//! takes so much longer than writing that they rarely wait for each other.

use std::collections::HashSet;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lazyast_format::Tree;
use lazyast_parse::Parser;
use lazyast_store::{FileFingerprint, FileState, PackWriter, SourceKey, SourceState, Store};

use super::discovery::DiscoveredFile;
use super::outcome::{ArchiveHandle, ArchivedSource, SourceOutcome};
use super::report::{FailureReason, Progress};
use super::reuse;
use super::source_file::read_source;
use crate::archive::ArchiveBytes;
use crate::cache::Cache;
use crate::parallel::{self, IndexQueue};

/// The sources that must be read, and what the threads that read them share.
pub(crate) struct ParallelBuild<'a> {
    cache: &'a Cache,
    files: &'a [DiscoveredFile],
    /// The recorded state of each file.
    states: &'a [Option<&'a FileState>],
    /// The indices of the files that must be read, in the order in which they are read.
    order: &'a [usize],
    progress: &'a (dyn Fn(Progress) + Sync),
    /// Whether the outcomes have their archives.
    keep_archives: bool,
    output: Mutex<PackOutput>,
}

/// The pack of a build.
#[derive(Default)]
struct PackOutput {
    /// Keys of the archives in the pack: equal sources are stored once.
    written: HashSet<SourceKey>,
    writer: Option<PackWriter>,
    error: Option<io::Error>,
}

impl<'a> ParallelBuild<'a> {
    pub(crate) fn new(
        cache: &'a Cache,
        files: &'a [DiscoveredFile],
        states: &'a [Option<&'a FileState>],
        order: &'a [usize],
        progress: &'a (dyn Fn(Progress) + Sync),
        keep_archives: bool,
    ) -> Self {
        Self { cache, files, states, order, progress, keep_archives, output: Mutex::default() }
    }

    /// Reads all sources that must be read, and gives their outcomes with the indices of their files.
    pub(crate) fn run(&self, threads: usize) -> Vec<(usize, SourceOutcome)> {
        let queue = IndexQueue::new(self.order.len());
        let worker = || {
            let mut outcomes = Vec::new();
            let mut parser = Parser::new();
            let mut source = Vec::new();
            while let Some(batch) = queue.take(1) {
                let index = self.order[batch.start];
                outcomes.push((index, self.source(index, &mut parser, &mut source)));
                (self.progress)(Progress { done: batch.end, total: self.order.len() });
            }
            outcomes
        };
        parallel::run_on_threads(threads.min(self.order.len()), || lazyast_parse::with_stack_for_all(worker))
    }

    /// Reads one source, and finds or makes its archive.
    fn source(&self, index: usize, parser: &mut Parser, source: &mut Vec<u8>) -> SourceOutcome {
        let file = &self.files[index];
        let fingerprint = match read_source(&file.path, source) {
            Ok(fingerprint) => fingerprint,
            Err(error) => {
                let state = SourceState::unsupported(SourceKey::default(), error.to_string());
                return outcome(file, file.fingerprint, Err(FailureReason::File(error)), state);
            }
        };
        let key = lazyast_store::source_key(source);
        if let Some((result, state)) = self.recorded(index, &key) {
            return outcome(file, fingerprint, result, state);
        }
        let cached = self.cache.get(&key);
        let parsed = match &cached {
            Some(_) => None,
            None => match parser.parse(source, &key) {
                Ok(archive) => Some(archive),
                Err(reason) => {
                    let state = SourceState::unsupported(key, reason.to_string());
                    return outcome(file, fingerprint, Err(FailureReason::Unsupported(reason)), state);
                }
            },
        };
        if let Some(archive) = parsed
            && let Some(store) = self.cache.store()
        {
            self.write(store, &key, archive);
        }
        let bytes = cached.as_ref().map(AsRef::as_ref).or(parsed).unwrap_or_default();
        let (lines, minimum_python) = line_count_and_minimum_python(bytes);
        let archive = || ArchiveHandle::Bytes(cached.clone().unwrap_or_else(|| ArchiveBytes::copy(bytes)));
        let archived = ArchivedSource {
            minimum_python,
            lines,
            source_bytes: source.len() as u64,
            archive_bytes: bytes.len() as u64,
            is_new: parsed.is_some(),
            archive: self.keep_archives.then(archive),
        };
        outcome(file, fingerprint, Ok(archived), SourceState::Archive { key, lines, minimum_python })
    }

    /// The recorded result of a source with this key, if its archive is still in the cache.
    ///
    /// A build that does not keep archives checks the whole archive here. One that keeps them leaves the check to the
    /// first access to the archive.
    fn recorded(
        &self,
        index: usize,
        key: &SourceKey,
    ) -> Option<(Result<ArchivedSource, FailureReason>, SourceState)> {
        let state = self.states[index].filter(|state| reuse::is_state_of(state, key))?;
        if !self.keep_archives && matches!(state.source, SourceState::Archive { .. }) {
            self.cache.get(key)?;
        }
        Some((reuse::recorded_result(self.cache, state, self.keep_archives)?, state.source.clone()))
    }

    /// Appends an archive to the pack. After an error nothing more is written.
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

    /// Publishes the pack, and gives the first error of writing or publishing it.
    pub(crate) fn publish(self) -> Option<io::Error> {
        let PackOutput { writer, error, .. } =
            self.output.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (Some(writer), Some(store)) = (writer, self.cache.store()) else { return error };
        store.publish(writer).err()
    }

    fn output(&self) -> MutexGuard<'_, PackOutput> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn outcome(
    file: &DiscoveredFile,
    fingerprint: FileFingerprint,
    result: Result<ArchivedSource, FailureReason>,
    source: SourceState,
) -> SourceOutcome {
    SourceOutcome { result, state: Some(FileState { path: file.path.clone(), fingerprint, source }) }
}

/// The number of lines of an archive's source, and the oldest Python that has its syntax.
fn line_count_and_minimum_python(archive: &[u8]) -> (u32, u8) {
    Tree::open(archive, None)
        .map_or((0, u8::MAX), |tree| (tree.line_count(), tree.header().facts.minimum_python))
}
