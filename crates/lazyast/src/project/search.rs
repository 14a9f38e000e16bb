//! Questions over a whole project: every core searches, the interpreter or the terminal gets the hits.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use lazyast_format::{Archive, Tree};
use lazyast_parse::{Parser, Unsupported};
use lazyast_query::{ExecutionError, Hit, ParseFailure, Prefilter, Query, QueryError};
use lazyast_store::{ArchiveSet, IdentifierIndex, MIN_INDEXED_ARCHIVES, Store};

use super::build as work;
use crate::{ArchiveBytes, FailureReason, Module, Project};

/// So many files are worth a thread of their own.
const FILES_PER_THREAD: usize = 48;

/// Compiles a pattern: Python code with holes.
///
/// ```
/// let query = lazyast::pattern("open($PATH, $$$)")?;
/// # Ok::<(), lazyast::QueryError>(())
/// ```
pub fn pattern(text: &str) -> Result<Query, QueryError> {
    Query::pattern(text, &parse)
}

/// Compiles a selector: `ClassDef > FunctionDef[name=/^test_/]`.
pub fn selector(text: &str) -> Result<Query, QueryError> {
    Query::selector(text, &parse)
}

fn parse(text: &str) -> Result<Archive<ArchiveBytes>, ParseFailure> {
    let mut parser = Parser::new();
    let archive = parser.parse(text.as_bytes(), &[0; 32]).map_err(|reason| match reason {
        Unsupported::Syntax { message, offset, .. } => {
            ParseFailure { message, offset: Some(offset as usize) }
        }
        reason => ParseFailure { message: reason.to_string(), offset: None },
    })?;
    Archive::open(ArchiveBytes::copy(archive), None)
        .map_err(|error| ParseFailure { message: error.to_string(), offset: None })
}

/// Why a source could not be searched.
#[derive(Debug)]
pub enum FindError {
    /// It has no archive any more.
    Archive(FailureReason),
    /// The query could not be answered.
    Run(ExecutionError),
}

impl fmt::Display for FindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive(reason) => reason.fmt(f),
            Self::Run(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FindError {}

impl Project {
    /// Searches every module, in parallel, and does some work with the hits of each that has any, there and then.
    ///
    /// Gives the work's results with the modules' numbers, in their order.
    pub fn search<T: Send>(
        &self,
        query: &Query,
        jobs: Option<usize>,
        work: impl Fn(&Module, &Tree<'_>, Vec<Hit>) -> T + Sync,
    ) -> Vec<(usize, Result<T, FindError>)> {
        let modules = self.modules();
        let filter = Filter::new(modules, query.prefilter());
        let one = |module: &Module| -> Result<Option<T>, FindError> {
            if !filter.may_have_hits(module) {
                return Ok(None);
            }
            let tree = module.tree().map_err(FindError::Archive)?;
            let hits = query.hits(tree).map_err(FindError::Run)?;
            Ok((!hits.is_empty()).then(|| work(module, tree, hits)))
        };
        let found = in_parallel(modules.len(), jobs, |index| one(&modules[index]).transpose());
        if filter.lacks_names {
            // The next one has less to do. What cannot be kept costs time only.
            let _ = self.cache().store().map(Store::write_identifier_indexes);
        }
        found
    }
}

/// Which archives need not be looked at, because they lack names that a query needs.
struct Filter {
    /// By pack: the archives that may have hits.
    packs: Vec<(usize, ArchiveSet)>,
    /// It is not written down which archives of some large pack have which names.
    lacks_names: bool,
}

impl Filter {
    fn new(modules: &[Module], need: &Prefilter) -> Self {
        let mut filter = Self { packs: Vec::new(), lacks_names: false };
        let mut seen: Vec<usize> = Vec::new();
        for located in modules.iter().filter_map(Module::located) {
            if seen.contains(&located.pack_id()) || !names_something(need) {
                continue;
            }
            seen.push(located.pack_id());
            match located.identifier_index() {
                Some(names) => {
                    filter.packs.extend(having(names, need).map(|places| (located.pack_id(), places)))
                }
                None => filter.lacks_names |= located.pack_len() >= MIN_INDEXED_ARCHIVES,
            }
        }
        filter
    }

    fn may_have_hits(&self, module: &Module) -> bool {
        let Some(located) = module.located().filter(|_| !self.packs.is_empty()) else { return true };
        let of_pack = self.packs.iter().find(|(pack, _)| *pack == located.pack_id());
        of_pack.is_none_or(|(_, places)| places.contains(located.position()))
    }
}

/// Whether what is needed depends on names.
fn names_something(need: &Prefilter) -> bool {
    match need {
        Prefilter::Identifier(_) => true,
        Prefilter::All(needs) => needs.iter().any(names_something),
        Prefilter::Any(needs) => !needs.is_empty() && needs.iter().all(names_something),
        _ => false,
    }
}

/// The archives that may have what is needed; nothing where that cannot be told from names.
fn having(names: &IdentifierIndex, need: &Prefilter) -> Option<ArchiveSet> {
    match need {
        Prefilter::Identifier(name) => Some(names.archives_with(name.text())),
        Prefilter::All(needs) => {
            needs.iter().filter_map(|need| having(names, need)).reduce(|all, one| all.intersection(&one))
        }
        Prefilter::Any(needs) => {
            let each: Option<Vec<ArchiveSet>> = needs.iter().map(|need| having(names, need)).collect();
            each?.into_iter().reduce(|any, one| any.union(&one))
        }
        _ => None,
    }
}

/// Does some work for each number below a count, in parallel; gives what came of it, in order.
fn in_parallel<T: Send>(
    count: usize,
    jobs: Option<usize>,
    of: impl Fn(usize) -> Option<T> + Sync,
) -> Vec<(usize, T)> {
    /// Numbers that a thread takes at a time.
    const BATCH: usize = 16;
    let jobs = work::jobs(jobs).min(count / FILES_PER_THREAD).max(1);
    let next = AtomicUsize::new(0);
    let run = || {
        let mut done = Vec::new();
        loop {
            let first = next.fetch_add(BATCH, Ordering::Relaxed);
            if first >= count {
                return done;
            }
            let batch = first..(first + BATCH).min(count);
            done.extend(batch.filter_map(|index| Some((index, of(index)?))));
        }
    };
    let mut all = thread::scope(|scope| {
        let others: Vec<_> = (1..jobs).map(|_| scope.spawn(run)).collect();
        let mut all = run();
        for other in others {
            all.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        all
    });
    all.sort_unstable_by_key(|(index, _)| *index);
    all
}
