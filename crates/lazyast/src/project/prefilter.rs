//! Skipping archives that cannot have hits, without opening them.
//!
//! A query's [`Prefilter`] says what a file must contain; a pack's [`IdentifierIndex`] says which of its archives
//! contain an identifier. This module joins the two: neither of their crates knows the other. Archives that remain
//! are tested again by the query itself, against all parts of the prefilter.

use lazyast_query::Prefilter;
use lazyast_store::MIN_INDEXED_ARCHIVES;
use lazyast_store::{ArchiveSet, IdentifierIndex};

use super::module::Module;

/// For each pack of a project, the archives that may have hits.
pub(crate) struct PackPrefilter {
    /// The packs, by their identifier, of which archives are known to have no hits. All archives of other packs may
    /// have hits.
    candidates: Vec<(usize, ArchiveSet)>,
    /// Whether a pack is so large that an index is worthwhile, and has none yet.
    pub(crate) lacks_index: bool,
}

impl PackPrefilter {
    pub(crate) fn new(modules: &[Module], prefilter: &Prefilter) -> Self {
        let mut filter = Self { candidates: Vec::new(), lacks_index: false };
        if !depends_on_identifiers(prefilter) {
            return filter;
        }
        let mut seen: Vec<usize> = Vec::new();
        for location in modules.iter().filter_map(Module::location) {
            let pack = location.pack_id();
            if seen.contains(&pack) {
                continue;
            }
            seen.push(pack);
            match location.identifier_index() {
                Some(index) => {
                    filter.candidates.extend(candidates(index, prefilter).map(|archives| (pack, archives)))
                }
                None => filter.lacks_index |= location.pack_len() >= MIN_INDEXED_ARCHIVES,
            }
        }
        filter
    }

    /// Whether a module may have hits. If not, its archive need not be opened.
    pub(crate) fn may_have_hits(&self, module: &Module) -> bool {
        if self.candidates.is_empty() {
            return true;
        }
        let Some(location) = module.location() else { return true };
        let of_pack = self.candidates.iter().find(|(pack, _)| *pack == location.pack_id());
        of_pack.is_none_or(|(_, archives)| archives.contains(location.position()))
    }
}

/// Whether identifiers alone can exclude a file.
fn depends_on_identifiers(prefilter: &Prefilter) -> bool {
    match prefilter {
        Prefilter::Identifier(_) => true,
        Prefilter::All(parts) => parts.iter().any(depends_on_identifiers),
        Prefilter::Any(parts) => !parts.is_empty() && parts.iter().all(depends_on_identifiers),
        _ => false,
    }
}

/// The archives of a pack that may pass the prefilter; `None` if identifiers do not exclude any.
fn candidates(index: &IdentifierIndex, prefilter: &Prefilter) -> Option<ArchiveSet> {
    match prefilter {
        Prefilter::Identifier(name) => Some(index.archives_with(name.text())),
        Prefilter::All(parts) => {
            parts.iter().filter_map(|part| candidates(index, part)).reduce(|all, one| all.intersection(&one))
        }
        Prefilter::Any(parts) => {
            let each: Option<Vec<ArchiveSet>> = parts.iter().map(|part| candidates(index, part)).collect();
            each?.into_iter().reduce(|any, one| any.union(&one))
        }
        _ => None,
    }
}
