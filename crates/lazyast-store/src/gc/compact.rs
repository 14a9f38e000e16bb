//! Putting packs together, and leaving out of them what nobody needs.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::gc::collect::GcPolicy;
use crate::gc::last_use::Uses;
use crate::index::identifiers::IdentifierIndex;
use crate::pack::format::IndexEntry;
use crate::pack::mapped::{Pack, Packs};
use crate::store::COMPACTION_THRESHOLD;
use crate::sync::clock;
use crate::sync::lock::Lock;
use crate::{SourceKey, Store};

/// The file that whoever replaces packs has locked.
const LOCK: &str = "compact.lock";

impl Store {
    /// The right to replace packs, or nothing if another process has it for longer than that.
    pub(crate) fn lock(&self, patience: Duration) -> io::Result<Option<Lock>> {
        Lock::new(&self.directory().version().join(LOCK), patience)
    }

    /// Puts small packs together: as many as there are, up to the first one that is much larger than all of
    /// these, so that an archive is copied a few times in its life. One process at a time does this; the others
    /// do without. Whoever has one of the old packs open keeps it.
    pub(crate) fn compact(&self) -> io::Result<()> {
        let Some(_lock) = self.lock(Duration::ZERO)? else { return Ok(()) };
        // Other processes publish, too.
        let packs = self.without_copies(Packs::read(self.directory().packs(), &[]).whole);
        let mut total = 0;
        let mut joins = |place: usize, pack: &Arc<Pack>| {
            let is_small = place < COMPACTION_THRESHOLD / 2 || pack.bytes() < 2 * total;
            total += pack.bytes();
            is_small
        };
        let count = packs.iter().rev().enumerate().take_while(|(place, pack)| joins(*place, pack)).count();
        if count <= COMPACTION_THRESHOLD / 2 {
            return Ok(());
        }
        let mut large = packs;
        let small = large.split_off(large.len() - count);
        let uses = GcPolicy::automatic().map(|policy| (policy, Uses::read(self.directory().version())));
        let is_dead = |entry: &IndexEntry| {
            uses.as_ref().is_some_and(|(policy, uses)| policy.is_too_old(uses.now, uses.of(entry)))
        };
        self.replace(small, |entry| !is_dead(entry) && !self.is_in(&large, &entry.key)).map(drop)
    }

    /// Deletes packs whose archives are all in larger ones as well, and gives the others, the largest first. Such are
    /// left where a pack that some process has mapped cannot be deleted.
    fn without_copies(&self, mut packs: Vec<Arc<Pack>>) -> Vec<Arc<Pack>> {
        packs.sort_by_key(|pack| std::cmp::Reverse(pack.bytes()));
        let mut kept: Vec<Arc<Pack>> = Vec::with_capacity(packs.len());
        for pack in packs {
            if pack.entries().all(|entry| self.is_in(&kept, &entry.key)) {
                self.delete(vec![pack]);
            } else {
                kept.push(pack);
            }
        }
        kept
    }

    fn is_in(&self, packs: &[Arc<Pack>], key: &SourceKey) -> bool {
        packs.iter().any(|pack| pack.get(key, self.parser()).is_some())
    }

    /// Publishes one pack with those archives of some packs that are whole and to be kept, each once, and deletes
    /// these packs. Gives the length of the new pack. Whoever calls this has the lock.
    pub(crate) fn replace(
        &self,
        packs: Vec<Arc<Pack>>,
        mut keeps: impl FnMut(&IndexEntry) -> bool,
    ) -> io::Result<u64> {
        let mut writer = None;
        let mut seen = HashSet::new();
        let now = clock::minutes();
        for pack in &packs {
            for entry in pack.entries() {
                if seen.contains(&entry.key) || !keeps(&entry) {
                    continue;
                }
                let Some(archive) = pack.open_entry(&entry, self.parser()) else { continue };
                seen.insert(entry.key);
                let writer = match &mut writer {
                    Some(writer) => writer,
                    none => none.insert(self.writer()?),
                };
                writer.add_made(&entry.key, archive.as_ref(), entry.made.min(now))?;
            }
        }
        let bytes = match writer {
            Some(writer) => {
                let bytes = writer.bytes();
                self.add(writer)?;
                bytes
            }
            None => 0,
        };
        self.delete(packs);
        Ok(bytes)
    }

    /// Deletes packs. One that cannot be deleted now is a copy, which the next compaction finds.
    pub(crate) fn delete(&self, packs: Vec<Arc<Pack>>) {
        let paths: Vec<PathBuf> = packs.iter().map(|pack| pack.path.clone()).collect();
        // Some systems delete nothing that is mapped, and so not what this process has open.
        self.forget(&paths);
        drop(packs);
        for path in paths {
            let _ = fs::remove_file(IdentifierIndex::path(&path));
            let _ = fs::remove_file(path);
        }
    }
}
