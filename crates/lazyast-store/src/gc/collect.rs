//! Collection: what nobody has used for long, and what killed processes have left, is deleted.
//!
//! Readers are not asked: a pack that somebody has open goes on to exist for them. What is deleted although somebody
//! needs it is made again.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::dir::versions::{delete_folder, delete_version, half_deleted, last_change, size, versions};
use crate::gc::last_use::{self as uses, Uses};
use crate::index::identifiers as names;
use crate::pack::format::IndexEntry;
use crate::pack::mapped::{Pack, Packs};
use crate::sync::{clock, temporary};
use crate::{SourceKey, Store};

/// The environment variable that switches automatic collection off, with the value [`OFF`](crate::dir::cache_directory::OFF).
pub(crate) const VARIABLE: &str = "LAZYAST_GC";

/// The file in the cache directory whose last change is the time of the last automatic collection.
pub(crate) const STAMP: &str = "collected";

/// Pause between two automatic collections.
const EVERY: Duration = Duration::from_hours(24);

/// A pack is written again for what is too old in it only if that is at least such a part of it.
const WORTH: u64 = 8;

/// Most bytes that are copied by a collection that nobody has asked for: who waits for their program to end should not
/// notice. The next one goes on.
const MAX_COPIED: u64 = 256 << 20;

/// How long the collection that somebody has asked for waits for another one.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GcPolicy {
    /// What was not used for so long goes.
    pub max_age: Duration,
    /// Packs get no longer than this together, in bytes: what was used least lately goes first.
    pub max_size: u64,
}

impl Default for GcPolicy {
    fn default() -> Self {
        Self { max_age: Duration::from_hours(30 * 24), max_size: 8 << 30 }
    }
}

impl GcPolicy {
    /// What is kept where nobody has said anything, or nothing if the user collects by hand.
    pub fn automatic() -> Option<Self> {
        let is_off =
            std::env::var_os(VARIABLE).is_some_and(|value| value == crate::dir::cache_directory::OFF);
        (!is_off).then(Self::default)
    }

    /// Whether something that was used last at a time is too old at another, both in minutes since 1970.
    pub(crate) fn is_too_old(&self, now: u32, used: u32) -> bool {
        Duration::from_secs(60 * u64::from(now.saturating_sub(used))) >= self.max_age
    }
}

/// What was deleted, or would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GcReport {
    /// Directories of other versions.
    pub versions: usize,
    /// Archives.
    pub archives: usize,
    /// Files with what is known of projects.
    pub projects: usize,
    /// Files and directories that killed processes left, and packs that cannot be read.
    pub leftovers: usize,
    /// Bytes of all these.
    pub bytes: u64,
}

/// Whether a cache directory was not collected for a day, and the user has not switched that off. It costs a look at a
/// file.
pub fn is_gc_due(root: &Path) -> bool {
    let last = root.join(STAMP).metadata().and_then(|metadata| metadata.modified());
    let age = last.ok().and_then(|last| SystemTime::now().duration_since(last).ok());
    age.is_none_or(|age| age >= EVERY) && root.is_dir() && GcPolicy::automatic().is_some()
}

impl Store {
    /// Deletes what a policy does not keep, in all of the cache directory; with `dry_run`, only says what that is.
    /// Nothing if other processes were at it all the time.
    pub fn collect_garbage(&self, policy: &GcPolicy, dry_run: bool) -> io::Result<Option<GcReport>> {
        let collection = Collection::new(policy, dry_run, u64::MAX);
        self.collect_within(collection, PATIENCE)
    }

    /// Collects if that [`is_gc_due`] and nobody else does.
    pub fn collect_garbage_if_due(&self) -> io::Result<Option<GcReport>> {
        let root = self.directory().root();
        let Some(policy) = GcPolicy::automatic().filter(|_| is_gc_due(root)) else { return Ok(None) };
        let stamp = root.join(STAMP);
        let is_new = !stamp.exists();
        // Marked before the work, so that work that fails is not tried again and again.
        let file = fs::File::options().create(true).truncate(false).write(true).open(stamp)?;
        file.set_modified(SystemTime::now())?;
        // What was just made needs no collection.
        if is_new {
            return Ok(None);
        }
        self.collect_within(Collection::new(&policy, false, MAX_COPIED), Duration::ZERO)
    }

    fn collect_within(
        &self,
        mut collection: Collection<'_>,
        patience: Duration,
    ) -> io::Result<Option<GcReport>> {
        let Some(_lock) = self.lock(patience)? else { return Ok(None) };
        // What frees room without needing any comes first.
        collection.leftovers(self.directory().root());
        collection.other_versions(self.directory().root(), self.directory().version());
        collection.projects(self.directory().version());
        collection.packs(self)?;
        Ok(Some(collection.found))
    }
}

struct Collection<'a> {
    policy: &'a GcPolicy,
    dry_run: bool,
    max_copied: u64,
    found: GcReport,
}

impl<'a> Collection<'a> {
    fn new(policy: &'a GcPolicy, dry_run: bool, max_copied: u64) -> Self {
        Self { policy, dry_run, max_copied, found: GcReport::default() }
    }

    /// Deletes what killed processes left.
    fn leftovers(&mut self, root: &Path) {
        for version in versions(root) {
            let packs = version.join("packs");
            let mut left = temporary::leftovers(&packs);
            left.extend(temporary::leftovers(&version));
            left.extend(names::orphans(&packs));
            for (path, bytes) in left {
                if self.dry_run || fs::remove_file(path).is_ok() {
                    self.found.leftovers += 1;
                    self.found.bytes += bytes;
                }
            }
        }
        for folder in half_deleted(root) {
            let bytes = size(&folder);
            if self.dry_run || delete_folder(&folder).is_ok() {
                self.found.leftovers += 1;
                self.found.bytes += bytes;
            }
        }
    }

    /// Deletes what other versions have written, if none of them was used lately.
    fn other_versions(&mut self, root: &Path, own: &Path) {
        for version in versions(root).into_iter().filter(|version| version != own) {
            let used = last_change(&version).map_or(0, clock::minutes_of);
            if !self.policy.is_too_old(clock::minutes(), used) {
                continue;
            }
            let bytes = size(&version);
            if self.dry_run || delete_version(root, &version).is_ok() {
                self.found.versions += 1;
                self.found.bytes += bytes;
            }
        }
    }

    /// Deletes what is known of projects that nobody opened lately.
    fn projects(&mut self, version: &Path) {
        for file in uses::files(version) {
            let is_too_old = self.policy.is_too_old(clock::minutes(), file.used);
            if is_too_old && (self.dry_run || fs::remove_file(&file.path).is_ok()) {
                self.found.projects += 1;
                self.found.bytes += file.bytes;
            }
        }
    }

    /// Deletes archives.
    fn packs(&mut self, store: &Store) -> io::Result<()> {
        let packs = Packs::read(store.directory().packs(), &[]);
        for path in packs.useless {
            let bytes = path.metadata().map_or(0, |metadata| metadata.len());
            if self.dry_run || fs::remove_file(path).is_ok() {
                self.found.leftovers += 1;
                self.found.bytes += bytes;
            }
        }
        let uses = Uses::read(store.directory().version());
        let plan = Plan::new(self.policy, packs.whole, &uses, self.max_copied);
        self.found.archives += plan.dropped;
        self.found.bytes += plan.dropped_bytes;
        if !self.dry_run && !plan.replaced.is_empty() {
            // An archive that is damaged goes, too.
            store.replace(plan.replaced, |entry| plan.kept.contains(&entry.key))?;
        }
        Ok(())
    }
}

/// Which packs are written again, without what.
struct Plan {
    replaced: Vec<Arc<Pack>>,
    /// What is kept of these.
    kept: HashSet<SourceKey>,
    dropped: usize,
    dropped_bytes: u64,
}

/// Bytes that an archive takes in a pack.
fn cost(entry: &IndexEntry) -> u64 {
    u64::from(entry.len).next_multiple_of(crate::pack::format::ALIGNMENT as u64)
        + crate::pack::format::ENTRY_LEN as u64
}

impl Plan {
    fn new(policy: &GcPolicy, packs: Vec<Arc<Pack>>, uses: &Uses, max_copied: u64) -> Self {
        // Each archive once, where it is first.
        let mut seen = HashSet::new();
        let mut lately = Vec::new();
        for entry in packs.iter().flat_map(|pack| pack.entries()) {
            let used = uses.of(&entry);
            if seen.insert(entry.key) && !policy.is_too_old(uses.now, used) {
                lately.push((used, entry.key, cost(&entry)));
            }
        }
        lately.sort_unstable_by_key(|(used, key, _)| (std::cmp::Reverse(*used), *key));
        let mut room = policy.max_size;
        let fits = lately.iter().take_while(|(.., cost)| {
            let fits = *cost <= room;
            room = room.saturating_sub(*cost);
            fits
        });
        let fits = fits.count();
        let is_full = fits < lately.len();
        let mut left: HashSet<SourceKey> = lately[..fits].iter().map(|(_, key, _)| *key).collect();
        let mut may_copy = max_copied;
        let mut plan = Self { replaced: Vec::new(), kept: HashSet::new(), dropped: 0, dropped_bytes: 0 };
        for pack in packs {
            let (kept, dropped): (Vec<_>, Vec<_>) =
                pack.entries().partition(|entry| left.contains(&entry.key));
            let bytes: u64 = dropped.iter().map(cost).sum();
            let copied: u64 = kept.iter().map(cost).sum();
            let is_worth_it = kept.is_empty() || is_full || bytes >= pack.bytes() / WORTH;
            // The first of several equal archives is the one that is kept.
            for entry in &kept {
                left.remove(&entry.key);
            }
            if is_worth_it && copied <= may_copy && (kept.is_empty() || !dropped.is_empty()) {
                may_copy -= copied;
                plan.dropped += dropped.len();
                plan.dropped_bytes += if kept.is_empty() { pack.bytes() } else { bytes };
                plan.kept.extend(kept.iter().map(|entry| entry.key));
                plan.replaced.push(pack);
            }
        }
        plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::write::PackWriter;

    #[test]
    fn no_more_is_copied_than_may_be() {
        let directory = tempfile::tempdir().expect("a directory");
        for pack in 0..4_u8 {
            let mut writer = PackWriter::new(directory.path()).expect("there is room");
            for number in 0..10 {
                // The last pack has nothing that is kept.
                let made = if number < 5 || pack == 3 { 0 } else { clock::minutes() };
                writer.add_made(&[16 * pack + number; 32], &[0; 1000], made).expect("there is room");
            }
            writer.publish().expect("there is room");
        }
        let packs = Packs::read(directory.path(), &[]).whole;
        let uses = Uses::read(directory.path());
        for (may_copy, replaced, dropped) in [(u64::MAX, 4, 25), (12_000, 3, 20), (5_000, 1, 10), (0, 1, 10)]
        {
            let plan = Plan::new(&GcPolicy::default(), packs.clone(), &uses, may_copy);
            assert_eq!((plan.replaced.len(), plan.dropped), (replaced, dropped), "{may_copy}");
        }
    }
}
