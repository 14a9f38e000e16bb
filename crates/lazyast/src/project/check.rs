//! Checking rules over all modules of a project, in parallel and in one pass.

use std::cell::OnceCell;
use std::path::absolute;

use lazyast_format::Tree;
use lazyast_rules::{LintRule, RuleHits, RuleSet};
use lazyast_store::Store;

use super::module::{Module, Reading};
use super::open::Project;
use super::prefilter::PackPrefilter;
use super::report::FailureReason;
use super::search::MIN_FILES_PER_THREAD;
use crate::parallel;

/// A module in which rules may have findings.
#[derive(Clone, Copy, Debug)]
pub struct CheckedModule<'m> {
    /// The module.
    pub module: &'m Module,
    /// Its tree.
    pub tree: &'m Tree<'m>,
    /// What the rules may find.
    pub candidates: &'m RuleHits,
}

impl Project {
    /// Checks rules over all modules in parallel, and calls `map` for each module in which a rule may have findings, on
    /// the thread that found them.
    ///
    /// An archive is opened only if it has the names that some rule needs, and only these rules run over it. With
    /// `open_all`, every archive is opened, and `map` is called for every module. Archives are read into one buffer for each
    /// thread, and not kept.
    ///
    /// Returns the values of `map` with the indices of their modules, in the order of [`modules`](Self::modules).
    pub fn check<T: Send>(
        &self,
        rules: &RuleSet,
        jobs: Option<usize>,
        open_all: bool,
        map: impl Fn(CheckedModule<'_>) -> Option<T> + Sync,
    ) -> Vec<(usize, Result<T, FailureReason>)> {
        let modules = self.modules();
        let prefilters: Vec<PackPrefilter> =
            rules.rules().iter().map(|rule| PackPrefilter::new(modules, rule.query().prefilter())).collect();
        let check_module = |module: &Module| -> Result<Option<T>, FailureReason> {
            let path = OnceCell::new();
            let path = || path.get_or_init(|| absolute(module.path()).unwrap_or_default());
            let is_for_module = |rule: &LintRule| rule.is_for_all_paths() || rule.is_for(path());
            let active: Vec<usize> = (0..prefilters.len())
                .filter(|index| {
                    prefilters[*index].may_have_hits(module) && is_for_module(&rules.rules()[*index])
                })
                .collect();
            if active.is_empty() && !open_all {
                return Ok(None);
            }
            let check_tree = |tree: &Tree<'_>| {
                let candidates = rules.candidates(tree, active);
                if candidates.hits.is_empty() && candidates.errors.is_empty() && !open_all {
                    return None;
                }
                map(CheckedModule { module, tree, candidates: &candidates })
            };
            module.with_tree(Reading::Transient, check_tree)
        };
        let threads = parallel::thread_count(jobs).min(modules.len() / MIN_FILES_PER_THREAD);
        let results = parallel::filter_map_indices(modules.len(), threads, |index| {
            check_module(&modules[index]).transpose()
        });
        if prefilters.iter().any(|prefilter| prefilter.lacks_index) {
            // The index makes the next check faster. Without it, results are the same.
            let _ = self.cache.store().map(Store::write_identifier_indexes);
        }
        results
    }
}
