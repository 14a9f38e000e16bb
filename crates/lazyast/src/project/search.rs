//! Evaluating a query over all modules of a project, in parallel.

use std::fmt;

use lazyast_format::Tree;
use lazyast_query::{ExecutionError, Hit, Query};
use lazyast_store::Store;

use super::module::{Module, Reading};
use super::open::Project;
use super::prefilter::PackPrefilter;
use super::report::FailureReason;
use crate::parallel;

/// Starting a thread takes longer than searching this many files.
pub(super) const MIN_FILES_PER_THREAD: usize = 48;

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
            module.with_tree(reading, |tree| search_tree(module, tree)).map_err(SearchError::Archive)?
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
