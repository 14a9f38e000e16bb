//! Verification of every byte of a pack and its archives.

use std::path::PathBuf;

use lazyast_format::Tree;

use crate::key::SourceKey;
use crate::pack::error::PackedArchiveError;
use crate::pack::report::{ArchiveFacts, PackReport};
use crate::pack::stored::Pack;

/// Verifies a pack that a cache has published. `parser` is the expected parser version of its archives.
pub(crate) fn verify_published(path: PathBuf, parser: u32) -> PackReport {
    let pack = match Pack::open(path.clone()) {
        Ok(pack) => pack,
        Err(error) => return PackReport::of_unreadable(path, error),
    };
    let index = match pack.read_index() {
        Ok(index) => index,
        Err(error) => return PackReport::of_unreadable(path, error),
    };
    let mut report = PackReport::of_index(path, index);
    for (position, entry) in pack.entries().enumerate() {
        let result = pack.read(&entry).and_then(|archive| verify_archive(&entry.key, &archive, parser));
        report.add_entry(position, &entry.key, result);
    }
    report.check_manifest(pack.file(), index);
    report
}

/// Checks that an archive keeps all rules of FORMAT.md and belongs to the source with a key.
pub(crate) fn verify_archive(
    key: &SourceKey,
    archive: &[u8],
    parser: u32,
) -> Result<ArchiveFacts, PackedArchiveError> {
    lazyast_format::verify::verify(archive).map_err(PackedArchiveError::Invalid)?;
    let tree = Tree::open(archive, Some(parser)).map_err(PackedArchiveError::Open)?;
    let header = tree.header();
    if header.source_hash != *key {
        return Err(PackedArchiveError::WrongSource);
    }
    Ok(ArchiveFacts { lines: tree.line_count(), minimum_python: header.facts.minimum_python })
}
