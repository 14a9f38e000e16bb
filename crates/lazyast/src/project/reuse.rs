//! What is known of sources from the last time.

use lazyast_store::{FileState, ProjectState, SourceKey, SourceState};

use super::discover::Found;
use super::warm::{Done, FailureReason, Held, Read};
use crate::Cache;

/// What is known of each file, if anything is. Both lists are in the order of their paths.
pub(crate) fn before<'a>(known: Option<&'a ProjectState>, files: &[Found]) -> Vec<Option<&'a FileState>> {
    let mut before = known.map_or(&[][..], |known| &known.files).iter().peekable();
    let mut find = |found: &Found| {
        while before.next_if(|file| file.path < found.path).is_some() {}
        before.next_if(|file| file.path == found.path)
    };
    files.iter().map(&mut find).collect()
}

/// What became of the files that did not change since they were read last, as their fingerprints prove; nothing for the others.
pub(crate) fn all(
    cache: &Cache,
    known: &ProjectState,
    before: &[Option<&FileState>],
    files: &[Found],
    keep: bool,
) -> Vec<Option<Read>> {
    let recall = |(file, found): (&Option<&FileState>, &Found)| {
        let file = file.filter(|file| known.is_unchanged(&file.fingerprint, &found.fingerprint))?;
        Some((again(cache, file, keep)?, file.clone()))
    };
    before.iter().zip(files).map(recall).collect()
}

/// What came of a source that has the same content as before, or nothing if its archive is not there any more.
pub(crate) fn again(cache: &Cache, file: &FileState, keep: bool) -> Option<Result<Done, FailureReason>> {
    match &file.source {
        SourceState::Unsupported { reason, .. } => {
            Some(Err(FailureReason::UnsupportedBefore(reason.clone())))
        }
        SourceState::Archive { key, lines, minimum_python } => {
            let located = cache.locate(key)?;
            Some(Ok(Done {
                minimum_python: *minimum_python,
                lines: *lines,
                source_bytes: file.fingerprint.size,
                archive_bytes: located.archive_len(),
                is_new: false,
                archive: keep.then(|| Held::ArchiveLocation(located, *key)),
            }))
        }
    }
}

/// Whether a file had a source with this key.
pub(crate) fn is_of(file: &FileState, source: &SourceKey) -> bool {
    match &file.source {
        SourceState::Archive { key, .. } | SourceState::Unsupported { key, .. } => key == source,
    }
}
