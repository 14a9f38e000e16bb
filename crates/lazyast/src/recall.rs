//! What is known of sources from the last time.

use lazyast_store::{Freshness, Key, Known, KnownFile};

use crate::Cache;
use crate::files::Found;
use crate::warm::{Done, FailureReason, Held, Read};

/// What is known of each file, if anything is. Both lists are in the order of their paths.
pub(crate) fn before<'a>(known: Option<&'a Freshness>, files: &[Found]) -> Vec<Option<&'a KnownFile>> {
    let mut before = known.map_or(&[][..], |known| &known.files).iter().peekable();
    let mut find = |found: &Found| {
        while before.next_if(|file| file.path < found.path).is_some() {}
        before.next_if(|file| file.path == found.path)
    };
    files.iter().map(&mut find).collect()
}

/// What became of the files that did not change since they were read last, as their stamps prove; nothing for the others.
pub(crate) fn all(
    cache: &Cache,
    known: &Freshness,
    before: &[Option<&KnownFile>],
    files: &[Found],
    keep: bool,
) -> Vec<Option<Read>> {
    let recall = |(file, found): (&Option<&KnownFile>, &Found)| {
        let file = file.filter(|file| known.is_same(&file.stamp, &found.stamp))?;
        Some((again(cache, file, keep)?, file.clone()))
    };
    before.iter().zip(files).map(recall).collect()
}

/// What came of a source that has the same content as before, or nothing if its archive is not there any more.
pub(crate) fn again(cache: &Cache, file: &KnownFile, keep: bool) -> Option<Result<Done, FailureReason>> {
    match &file.known {
        Known::Refused { reason, .. } => Some(Err(FailureReason::UnsupportedBefore(reason.clone()))),
        Known::Archive { key, lines, minimum_python } => {
            let located = cache.locate(key)?;
            Some(Ok(Done {
                minimum_python: *minimum_python,
                lines: *lines,
                source_bytes: file.stamp.size,
                archive_bytes: located.archive_len(),
                is_new: false,
                archive: keep.then(|| Held::Located(located, *key)),
            }))
        }
    }
}

/// Whether a file had a source with this key.
pub(crate) fn is_of(file: &KnownFile, source: &Key) -> bool {
    match &file.known {
        Known::Archive { key, .. } | Known::Refused { key, .. } => key == source,
    }
}
