//! The packs in a directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::pack::error::PackOpenError;
use crate::pack::format::SUFFIX;
use crate::pack::stored::Pack;

/// The packs in a directory, opened.
#[derive(Debug, Default)]
pub(crate) struct PackListing {
    /// The packs that can be read, the smallest first: so a large index is read only if no small one has an archive.
    pub(crate) packs: Vec<Arc<Pack>>,
    /// Number of files that are named like packs and cannot be read as such.
    pub(crate) unreadable: usize,
    /// Those of them that no version of lazyast can read.
    pub(crate) useless: Vec<PathBuf>,
}

impl PackListing {
    /// Opens the packs in a directory. Packs in `open` are not opened again, because a file name never stands for another
    /// pack later.
    pub(crate) fn read(directory: &Path, open: &[Arc<Pack>]) -> Self {
        Self::of(directory, open, Pack::open)
    }

    /// Opens the packs in a directory with their indexes. A pack whose index is damaged counts as unreadable.
    pub(crate) fn read_with_indexes(directory: &Path) -> Self {
        Self::of(directory, &[], Pack::open_with_index)
    }

    fn of(
        directory: &Path,
        open: &[Arc<Pack>],
        open_pack: impl Fn(PathBuf) -> Result<Pack, PackOpenError>,
    ) -> Self {
        let mut listing = Self::default();
        for path in pack_paths(directory) {
            if let Some(pack) = open.iter().find(|pack| pack.path == path) {
                listing.packs.push(Arc::clone(pack));
                continue;
            }
            match open_pack(path.clone()) {
                Ok(pack) => listing.packs.push(Arc::new(pack)),
                // Another process has compacted it.
                Err(error) if error.is_missing() => {}
                Err(error) => {
                    listing.unreadable += 1;
                    listing.useless.extend(error.is_permanent().then_some(path));
                }
            }
        }
        listing
            .packs
            .sort_by(|one, other| one.len().cmp(&other.len()).then_with(|| one.path.cmp(&other.path)));
        listing
    }
}

/// The files in a directory that are named like packs. Symbolic links and pipes are skipped.
pub(crate) fn pack_paths(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_string_lossy().ends_with(SUFFIX))
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.path())
        .collect()
}
