//! Verification of every byte of a pack and its archives.

use std::path::PathBuf;

use lazyast_format::Tree;

use crate::key::SourceKey;
use crate::pack::error::PackedArchiveError;
use crate::pack::report::PackReport;
use crate::pack::stored::Pack;

/// Verifies a pack that a cache has published. `parser` is the expected parser version of its archives.
pub(crate) fn verify_published(path: PathBuf, parser: u32) -> PackReport {
    let pack = match Pack::open(path.clone()) {
        Ok(pack) => pack,
        Err(error) => return PackReport::of_unreadable(path, error),
    };
    let mut report = PackReport::of_index(path, pack.index());
    for (position, entry) in pack.entries().enumerate() {
        let result = pack.read(&entry).and_then(|archive| verify_archive(&entry.key, &archive, parser));
        report.add_entry(position, &entry.key, result);
    }
    report
}

/// Checks that an archive keeps all rules of FORMAT.md and belongs to the source with a key.
pub(crate) fn verify_archive(key: &SourceKey, archive: &[u8], parser: u32) -> Result<(), PackedArchiveError> {
    lazyast_format::verify::verify(archive).map_err(PackedArchiveError::Invalid)?;
    let tree = Tree::open(archive, Some(parser)).map_err(PackedArchiveError::Open)?;
    if tree.header().source_hash == *key { Ok(()) } else { Err(PackedArchiveError::WrongSource) }
}
