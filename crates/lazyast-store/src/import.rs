//! Taking archives over from packs from elsewhere.

use std::io;
use std::path::Path;

use crate::Store;
use crate::pack::untrusted::ForeignPack;
use crate::pack::verify::PackReport;

/// What became of a pack from elsewhere.
#[derive(Debug)]
pub struct ImportReport {
    /// What was found in it. If anything is wrong, nothing was taken over.
    pub pack: PackReport,
    /// Archives that the cache did not have.
    pub new: usize,
}

impl Store {
    /// Takes all archives of a pack over that the cache does not have, if every byte of the pack is as it should be.
    /// Whether the trees are those of their sources, only whoever made them knows. An error is one of the cache.
    pub fn import(&self, path: &Path) -> io::Result<ImportReport> {
        let mut imported = ImportReport { pack: PackReport::new(path.to_owned()), new: 0 };
        let mut pack = match ForeignPack::open(path) {
            Ok(pack) => pack,
            Err(error) => {
                imported.pack.note(error.to_string());
                return Ok(imported);
            }
        };
        // What is published was checked as the very bytes that are written.
        let mut writer = self.writer()?;
        let mut last = None;
        pack.each(self.parser(), |place, entry, archive| {
            if let Ok(archive) = archive
                && imported.pack.problem_count == 0
                && self.get(&entry.key).is_none()
            {
                writer.add(&entry.key, archive)?;
            }
            imported.pack.add(place, &entry.key, &mut last, archive.map(drop));
            Ok(())
        })?;
        if imported.pack.problem_count == 0 && !writer.is_empty() {
            imported.new = writer.len();
            self.publish(writer)?;
        }
        Ok(imported)
    }
}
