//! The import of an untrusted pack.

use std::io;
use std::path::Path;

use crate::pack::open_packs::OpenPacks;
use crate::pack::report::PackReport;
use crate::pack::untrusted::UntrustedPack;
use crate::pack::write::PackWriter;

/// The result of importing a pack.
#[derive(Debug)]
pub struct ImportReport {
    /// The result of verifying the pack. If it has problems, nothing was imported.
    pub pack: PackReport,
    /// Archives that were not in the cache before.
    pub new: usize,
}

/// Verifies a pack and copies the archives that the cache does not have to a new one.
///
/// Gives no writer if there is nothing to publish. An error is one of the cache; those of the pack are in the report.
pub(crate) fn copy_new_archives(
    open: &OpenPacks,
    path: &Path,
) -> io::Result<(ImportReport, Option<PackWriter>)> {
    let untrusted = match UntrustedPack::open(path) {
        Ok(untrusted) => untrusted,
        Err(error) => {
            let pack = PackReport::of_unreadable(path.to_owned(), error);
            return Ok((ImportReport { pack, new: 0 }, None));
        }
    };
    let mut report = untrusted.report(path.to_owned());
    let mut writer = None;
    untrusted.for_each(open.parser(), |position, entry, archive| {
        if let Ok((archive, _)) = &archive
            && report.problem_count == 0
            && open.find(|pack| pack.get(&entry.key, open.parser())).is_none()
        {
            let writer = match &mut writer {
                Some(writer) => writer,
                none => none.insert(open.writer()?),
            };
            // These are the bytes that were verified.
            writer.add(&entry.key, archive)?;
        }
        report.add_entry(position, &entry.key, archive.map(|(_, facts)| facts));
        Ok(())
    })?;
    untrusted.check_manifest(&mut report);
    let writer = writer.filter(|_| report.problem_count == 0);
    Ok((ImportReport { new: writer.as_ref().map_or(0, PackWriter::len), pack: report }, writer))
}
