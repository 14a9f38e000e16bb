//! The plan of a garbage collection: which packs are rewritten, and without which archives.

use std::collections::HashSet;
use std::sync::Arc;

use crate::gc::last_use::LastUses;
use crate::gc::policy::GcPolicy;
use crate::key::SourceKey;
use crate::pack::format::{FOOTER_LEN, HEADER_LEN, IndexEntry};
use crate::pack::stored::Pack;

/// A pack is rewritten without its expired archives only if they take at least one part in this many of it.
const MIN_EXPIRED_PART: u64 = 8;

/// The packs that a collection replaces by one new pack.
pub(crate) struct GcPlan {
    pub(crate) replaced: Vec<Arc<Pack>>,
    /// The archives of the replaced packs that the new pack contains.
    pub(crate) kept: HashSet<SourceKey>,
    /// Number of archives that are dropped.
    pub(crate) dropped: usize,
    /// Bytes of the archives that are dropped.
    pub(crate) dropped_bytes: u64,
}

impl GcPlan {
    /// Plans a collection that copies at most `max_copied` bytes.
    pub(crate) fn new(policy: &GcPolicy, packs: Vec<Arc<Pack>>, uses: &LastUses, max_copied: u64) -> Self {
        let (mut to_keep, is_full) = archives_to_keep(policy, &packs, uses);
        let mut copy_budget = max_copied;
        let mut plan = Self { replaced: Vec::new(), kept: HashSet::new(), dropped: 0, dropped_bytes: 0 };
        for pack in packs {
            let (kept, dropped): (Vec<_>, Vec<_>) =
                pack.entries().partition(|entry| to_keep.contains(&entry.key));
            // Of several equal archives the first one is kept.
            for entry in &kept {
                to_keep.remove(&entry.key);
            }
            let dropped_bytes: u64 = dropped.iter().map(IndexEntry::stored_len).sum();
            let copied_bytes: u64 = kept.iter().map(IndexEntry::stored_len).sum();
            let is_worthwhile =
                kept.is_empty() || is_full || dropped_bytes >= pack.file_len() / MIN_EXPIRED_PART;
            let has_effect = kept.is_empty() || !dropped.is_empty();
            if is_worthwhile && has_effect && copied_bytes <= copy_budget {
                copy_budget -= copied_bytes;
                plan.dropped += dropped.len();
                plan.dropped_bytes += if kept.is_empty() { pack.file_len() } else { dropped_bytes };
                plan.kept.extend(kept.iter().map(|entry| entry.key));
                plan.replaced.push(pack);
            }
        }
        plan
    }
}

/// The keys of the archives that a policy keeps, and whether its size limit excludes archives that have not expired.
fn archives_to_keep(policy: &GcPolicy, packs: &[Arc<Pack>], uses: &LastUses) -> (HashSet<SourceKey>, bool) {
    let mut seen = HashSet::new();
    let mut live = Vec::new();
    for entry in packs.iter().flat_map(|pack| pack.entries()) {
        let used = uses.of(&entry);
        if seen.insert(entry.key) && !policy.has_expired(uses.now, used) {
            live.push((used, entry.key, entry.stored_len()));
        }
    }
    // Headers and footers count as well. There will be no more packs than there are.
    let around_archives = (packs.len() * (HEADER_LEN + FOOTER_LEN)) as u64;
    // Most recently used first.
    live.sort_unstable_by_key(|(used, key, _)| (std::cmp::Reverse(*used), *key));
    let mut room = policy.max_size.saturating_sub(around_archives);
    let fits = |(.., len): &&(u32, SourceKey, u64)| {
        let fits = *len <= room;
        room = room.saturating_sub(*len);
        fits
    };
    let count = live.iter().take_while(fits).count();
    (live[..count].iter().map(|(_, key, _)| *key).collect(), count < live.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::listing::PackListing;
    use crate::pack::write::PackWriter;
    use crate::sync::clock;

    #[test]
    fn a_plan_copies_no_more_than_its_limit() {
        let directory = tempfile::tempdir().expect("a directory");
        for pack in 0..4_u8 {
            let mut writer = PackWriter::new(directory.path()).expect("the directory is writable");
            for number in 0..10 {
                // All archives of the last pack have expired.
                let built = if number < 5 || pack == 3 { 0 } else { clock::now_in_minutes() };
                writer
                    .add_built_at(&[16 * pack + number; 32], &[0; 1000], built)
                    .expect("the directory is writable");
            }
            writer.publish().expect("the directory is writable");
        }
        let packs = PackListing::read_with_indexes(directory.path()).packs;
        let uses = LastUses::read(directory.path());
        for (max_copied, replaced, dropped) in
            [(u64::MAX, 4, 25), (12_000, 3, 20), (5_000, 1, 10), (0, 1, 10)]
        {
            let plan = GcPlan::new(&GcPolicy::default(), packs.clone(), &uses, max_copied);
            assert_eq!((plan.replaced.len(), plan.dropped), (replaced, dropped), "{max_copied}");
        }
    }
}
