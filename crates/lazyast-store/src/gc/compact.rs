//! Compaction: small packs are merged into one.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::gc::last_use::LastUses;
use crate::gc::policy::GcPolicy;
use crate::gc::replace::replace_packs;
use crate::key::SourceKey;
use crate::pack::format::IndexEntry;
use crate::pack::listing::{PackListing, pack_paths};
use crate::pack::open_packs::OpenPacks;
use crate::pack::stored::Pack;

/// A directory with more packs than this is compacted.
const MAX_PACKS: usize = 16;

/// Compacts the packs of a cache if there are too many.
///
/// One process at a time compacts; the others skip it. A process that has an old pack open keeps it.
pub(crate) fn compact_if_needed(open: &OpenPacks) -> io::Result<()> {
    // The directory is listed, because other processes publish packs as well.
    if pack_paths(open.directory().packs()).len() <= MAX_PACKS {
        return Ok(());
    }
    let Some(_lock) = open.lock_for_replacing(Duration::ZERO)? else { return Ok(()) };
    let packs = delete_copies(open, PackListing::read_with_indexes(open.directory().packs()).packs);
    let count = count_of_small(&packs);
    if count <= MAX_PACKS / 2 {
        return Ok(());
    }
    let mut large = packs;
    let small = large.split_off(large.len() - count);
    let expiry = GcPolicy::automatic().map(|policy| (policy, LastUses::read(open.directory().version())));
    let has_expired = |entry: &IndexEntry| {
        expiry.as_ref().is_some_and(|(policy, uses)| policy.has_expired(uses.now, uses.of(entry)))
    };
    replace_packs(open, small, |entry| !has_expired(entry) && !is_in(open, &large, &entry.key))
}

/// How many packs at the end of a list are merged. The list is sorted by length, the largest first.
///
/// These are the eight smallest packs, and those before them up to the first one that is at least twice as large as all
/// smaller ones together. So an archive is copied only a few times in its life.
fn count_of_small(packs: &[Arc<Pack>]) -> usize {
    let mut total = 0;
    let mut is_small = |position: usize, pack: &Arc<Pack>| {
        let is_small = position < MAX_PACKS / 2 || pack.file_len() < 2 * total;
        total += pack.file_len();
        is_small
    };
    packs.iter().rev().enumerate().take_while(|(position, pack)| is_small(*position, pack)).count()
}

/// Deletes packs whose archives are all in larger packs as well, and gives the others, the largest first.
///
/// Such packs exist because some systems cannot delete a pack while a process has it open.
fn delete_copies(open: &OpenPacks, mut packs: Vec<Arc<Pack>>) -> Vec<Arc<Pack>> {
    packs.sort_by_key(|pack| std::cmp::Reverse(pack.file_len()));
    let mut kept: Vec<Arc<Pack>> = Vec::with_capacity(packs.len());
    for pack in packs {
        if pack.entries().all(|entry| is_in(open, &kept, &entry.key)) {
            open.delete(vec![pack]);
        } else {
            kept.push(pack);
        }
    }
    kept
}

fn is_in(open: &OpenPacks, packs: &[Arc<Pack>], key: &SourceKey) -> bool {
    packs.iter().any(|pack| pack.get(key, open.parser()).is_some())
}
