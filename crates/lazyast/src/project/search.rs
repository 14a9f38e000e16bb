//! Evaluating a query over all modules of a project, in parallel.

use std::cell::Cell;
use std::fmt;

use lazyast_format::Tree;
use lazyast_query::{ExecutionError, Hit, Query};
use lazyast_store::Store;

use super::module::Module;
use super::open::Project;
use super::prefilter::PackPrefilter;
use super::report::FailureReason;
use crate::parallel;

/// Starting a thread takes longer than searching this many files.
pub(super) const MIN_FILES_PER_THREAD: usize = 48;

/// A buffer that is larger than this is freed after its use, in bytes.
const MAX_KEPT_BUFFER: usize = 4 << 20;

/// Why a module could not be searched.
#[derive(Debug)]
#[non_exhaustive]
pub enum SearchError {
    /// The module's archive cannot be opened.
    Archive(FailureReason),
    /// The query could not be evaluated.
    Run(ExecutionError),
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive(reason) => reason.fmt(f),
            Self::Run(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SearchError {}

/// The value of a module with hits, and why some of its nodes were not compared.
type ModuleResult<T> = (Option<T>, Option<ExecutionError>);

/// What a search does with the archives that it reads.
#[derive(Clone, Copy)]
enum Reading {
    /// The modules keep them, so that later searches and [`Module::tree`] need not read them.
    Kept,
    /// Each thread reads them into one buffer, one after the other.
    Transient,
}

impl Project {
    /// Searches all modules in parallel, and calls `map` with the hits of each module that has any, on the thread
    /// that found them.
    ///
    /// Returns the values of `map` with the indices of their modules, in the order of [`modules`](Self::modules). A module
    /// with nodes whose comparison takes too many steps has an error as well, after its value. Modules keep the archives
    /// that were read.
    pub fn search<T: Send>(
        &self,
        query: &Query,
        jobs: Option<usize>,
        map: impl Fn(&Module, &Tree<'_>, Vec<Hit>) -> T + Sync,
    ) -> Vec<(usize, Result<T, SearchError>)> {
        self.search_reading(Reading::Kept, query, jobs, map)
    }

    /// As [`search`](Self::search), for a program that searches once. It takes less time and memory, because no module keeps
    /// the archive that was read for it. A later search reads the archives again.
    pub fn search_once<T: Send>(
        &self,
        query: &Query,
        jobs: Option<usize>,
        map: impl Fn(&Module, &Tree<'_>, Vec<Hit>) -> T + Sync,
    ) -> Vec<(usize, Result<T, SearchError>)> {
        self.search_reading(Reading::Transient, query, jobs, map)
    }

    fn search_reading<T: Send>(
        &self,
        reading: Reading,
        query: &Query,
        jobs: Option<usize>,
        map: impl Fn(&Module, &Tree<'_>, Vec<Hit>) -> T + Sync,
    ) -> Vec<(usize, Result<T, SearchError>)> {
        let modules = self.modules();
        let prefilter = PackPrefilter::new(modules, query.prefilter());
        let search_tree =
            |module: &Module, tree: &Tree<'_>| -> Result<Option<ModuleResult<T>>, SearchError> {
                let found = query.search(tree).map_err(SearchError::Run)?;
                let limit = found.limit_error();
                let value = (!found.hits.is_empty()).then(|| map(module, tree, found.hits));
                Ok((value.is_some() || limit.is_some()).then_some((value, limit)))
            };
        let search_module = |module: &Module| -> Result<Option<ModuleResult<T>>, SearchError> {
            if !prefilter.may_have_hits(module) {
                return Ok(None);
            }
            let result = match reading {
                Reading::Kept => module.tree().map(|tree| search_tree(module, tree)),
                Reading::Transient => {
                    with_buffer(|buffer| module.with_tree(buffer, |tree| search_tree(module, tree)))
                }
            };
            result.map_err(SearchError::Archive)?
        };
        let threads = parallel::thread_count(jobs).min(modules.len() / MIN_FILES_PER_THREAD);
        let results = parallel::filter_map_indices(modules.len(), threads, |index| {
            search_module(&modules[index]).transpose()
        });
        if prefilter.lacks_index {
            // The index makes the next search faster. Without it, results are the same.
            let _ = self.cache.store().map(Store::write_identifier_indexes);
        }
        let mut flat = Vec::with_capacity(results.len());
        for (index, result) in results {
            match result {
                Ok((value, limit)) => {
                    flat.extend(value.map(|value| (index, Ok(value))));
                    flat.extend(limit.map(|limit| (index, Err(SearchError::Run(limit)))));
                }
                Err(error) => flat.push((index, Err(error))),
            }
        }
        flat
    }
}

/// Calls `action` with a buffer of this thread's.
pub(super) fn with_buffer<R>(action: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    thread_local! {
        static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    }
    // A search inside of `action` gets a buffer of its own.
    let mut buffer = BUFFER.take();
    let result = action(&mut buffer);
    // The thread can be one of the caller's, which lives on.
    if buffer.capacity() <= MAX_KEPT_BUFFER {
        BUFFER.set(buffer);
    }
    result
}
