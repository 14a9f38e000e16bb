//! Garbage collection: deletes archives and project states that nobody has used for long, and the leftovers of killed
//! processes.
//!
//! Readers are not consulted. A process that has a deleted pack open keeps its content, and an archive that is needed again is
//! built again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::dir::versions::{
    GC_MARK, PACKS, delete_directory, delete_version, last_change, partly_deleted, size, version_directories,
};
use crate::gc::last_use::{LastUses, project_state_files};
use crate::gc::plan::GcPlan;
use crate::gc::policy::{GcPolicy, is_gc_due};
use crate::gc::replace::replace_packs;
use crate::index::identifiers;
use crate::pack::format;
use crate::pack::listing::PackListing;
use crate::pack::open_packs::OpenPacks;
use crate::sync::{clock, temporary};

/// The most bytes that an automatic collection copies, so that the program ends without a noticeable delay. The next
/// collection continues.
const MAX_COPIED: u64 = 256 << 20;

/// How long a collection that the user asked for waits for the lock.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a garbage collection has deleted, or would delete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GcReport {
    /// Version directories of other versions of lazyast.
    pub versions: usize,
    /// Archives.
    pub archives: usize,
    /// Project states.
    pub projects: usize,
    /// Files and directories of killed processes, and packs that no version can read.
    pub leftovers: usize,
    /// Bytes of all these.
    pub bytes: u64,
}

/// Collects garbage in a whole cache directory. With `dry_run`, nothing is deleted.
///
/// Gives `None` if another process held the lock all the time.
pub(crate) fn collect_garbage(
    open: &OpenPacks,
    policy: &GcPolicy,
    dry_run: bool,
) -> io::Result<Option<GcReport>> {
    let collection = Collection { policy, dry_run, max_copied: u64::MAX, report: GcReport::default() };
    collection.run(open, PATIENCE)
}

/// Collects garbage if that [`is_gc_due`] and no other process holds the lock.
pub(crate) fn collect_garbage_if_due(open: &OpenPacks) -> io::Result<Option<GcReport>> {
    let root = open.directory().root();
    let Some(policy) = GcPolicy::automatic().filter(|_| is_gc_due(root)) else { return Ok(None) };
    let mark = root.join(GC_MARK);
    let is_new = !mark.exists();
    // The mark is set first, so that a collection that fails is not repeated by every process.
    let file = fs::File::options().create(true).truncate(false).write(true).open(mark)?;
    file.set_modified(SystemTime::now())?;
    // A new cache holds no garbage.
    if is_new {
        return Ok(None);
    }
    let (dry_run, max_copied) = (false, MAX_COPIED);
    Collection { policy: &policy, dry_run, max_copied, report: GcReport::default() }.run(open, Duration::ZERO)
}

/// A garbage collection in progress.
struct Collection<'a> {
    policy: &'a GcPolicy,
    dry_run: bool,
    max_copied: u64,
    report: GcReport,
}

impl Collection<'_> {
    fn run(mut self, open: &OpenPacks, patience: Duration) -> io::Result<Option<GcReport>> {
        let Some(_lock) = open.lock_for_replacing(patience)? else { return Ok(None) };
        let directory = open.directory();
        // The steps that need no free disk space come first.
        self.delete_leftovers(directory.root());
        self.delete_other_versions(directory.root(), directory.version());
        self.delete_project_states(directory.version());
        self.delete_archives(open)?;
        Ok(Some(self.report))
    }

    fn delete_leftovers(&mut self, root: &Path) {
        for version in version_directories(root) {
            let packs = version.join(PACKS);
            let mut leftovers = temporary::abandoned(&packs);
            leftovers.extend(temporary::abandoned(&version));
            leftovers.extend(orphaned_identifier_indexes(&packs));
            for (path, len) in leftovers {
                self.delete_leftover(&path, len);
            }
        }
        for directory in partly_deleted(root) {
            let bytes = size(&directory);
            if self.dry_run || delete_directory(&directory).is_ok() {
                self.report.leftovers += 1;
                self.report.bytes += bytes;
            }
        }
    }

    fn delete_leftover(&mut self, path: &Path, len: u64) {
        if self.dry_run || fs::remove_file(path).is_ok() {
            self.report.leftovers += 1;
            self.report.bytes += len;
        }
    }

    /// Deletes the directories of other versions in which no file has changed lately.
    fn delete_other_versions(&mut self, root: &Path, own: &Path) {
        for version in version_directories(root).into_iter().filter(|version| version != own) {
            let used = last_change(&version).map_or(0, clock::minutes_of);
            if !self.policy.has_expired(clock::now_in_minutes(), used) {
                continue;
            }
            let bytes = size(&version);
            if self.dry_run || delete_version(root, &version).is_ok() {
                self.report.versions += 1;
                self.report.bytes += bytes;
            }
        }
    }

    /// Deletes the states of projects that were not opened lately.
    fn delete_project_states(&mut self, version: &Path) {
        for file in project_state_files(version) {
            let has_expired = self.policy.has_expired(clock::now_in_minutes(), file.used);
            if has_expired && (self.dry_run || fs::remove_file(&file.path).is_ok()) {
                self.report.projects += 1;
                self.report.bytes += file.len;
            }
        }
    }

    fn delete_archives(&mut self, open: &OpenPacks) -> io::Result<()> {
        let listing = PackListing::read_with_indexes(open.directory().packs());
        for path in listing.useless {
            let len = path.metadata().map_or(0, |metadata| metadata.len());
            self.delete_leftover(&path, len);
        }
        let uses = LastUses::read(open.directory().version());
        // Of copies, the one in the largest pack is kept.
        let packs = listing.packs.into_iter().rev().collect();
        let plan = GcPlan::new(self.policy, packs, &uses, self.max_copied);
        self.report.archives += plan.dropped;
        self.report.bytes += plan.dropped_bytes;
        if !self.dry_run && !plan.replaced.is_empty() {
            // Damaged archives are not copied, whatever the plan says.
            replace_packs(open, plan.replaced, |entry| plan.kept.contains(&entry.key))?;
        }
        Ok(())
    }
}

/// The identifier indexes in a directory of packs whose pack does not exist any more, with their lengths.
fn orphaned_identifier_indexes(directory: &Path) -> Vec<(PathBuf, u64)> {
    let pack_extension = format::SUFFIX.trim_start_matches('.');
    let is_orphan = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == identifiers::EXTENSION)
            && !path.with_extension(pack_extension).exists()
    };
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let files = files.map(|entry| (entry.path(), entry.metadata().map_or(0, |metadata| metadata.len())));
    files.filter(|(path, _)| is_orphan(path)).collect()
}
