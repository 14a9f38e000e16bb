//! The replacement of packs by one new pack. Compaction and garbage collection share it.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use crate::pack::format::IndexEntry;
use crate::pack::open_packs::OpenPacks;
use crate::pack::stored::Pack;
use crate::sync::clock;

/// Publishes one pack with the intact archives of `packs` for which `keep` is true, each once, and deletes `packs`.
///
/// The caller holds the lock for replacing.
pub(crate) fn replace_packs(
    open: &OpenPacks,
    packs: Vec<Arc<Pack>>,
    mut keep: impl FnMut(&IndexEntry) -> bool,
) -> io::Result<()> {
    let mut writer = None;
    let mut copied = HashSet::new();
    let now = clock::now_in_minutes();
    for pack in &packs {
        for entry in pack.entries() {
            if copied.contains(&entry.key) || !keep(&entry) {
                continue;
            }
            let Some(archive) = pack.open_entry(&entry, open.parser()) else { continue };
            copied.insert(entry.key);
            let writer = match &mut writer {
                Some(writer) => writer,
                none => none.insert(open.writer()?),
            };
            writer.add_built_at(&entry.key, archive.as_ref(), entry.built.min(now))?;
        }
    }
    if let Some(writer) = writer {
        open.publish(writer)?;
    }
    open.delete(packs);
    Ok(())
}
