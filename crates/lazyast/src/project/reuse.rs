//! Reusing what is recorded of a source, without parsing it and often without reading it.

use lazyast_store::{FileState, ProjectState, SourceKey, SourceState};

use super::discovery::DiscoveredFile;
use super::outcome::{ArchiveHandle, ArchivedSource, SourceOutcome};
use super::report::FailureReason;
use crate::cache::Cache;

/// The recorded state of each file, if there is one. Both lists are in the order of their paths.
pub(crate) fn recorded_states<'r>(
    recorded: Option<&'r ProjectState>,
    files: &[DiscoveredFile],
) -> Vec<Option<&'r FileState>> {
    let mut states = recorded.map_or(&[][..], |recorded| &recorded.files).iter().peekable();
    let mut find = |file: &DiscoveredFile| {
        // Comparing the order of paths takes them apart.
        if let Some(same) = states.next_if(|state| state.path.as_os_str() == file.path.as_os_str()) {
            return Some(same);
        }
        while states.next_if(|state| state.path < file.path).is_some() {}
        states.next_if(|state| state.path == file.path)
    };
    files.iter().map(&mut find).collect()
}

/// The outcomes of the files whose fingerprints prove that they have not changed; `None` for all others.
pub(crate) fn unchanged(
    cache: &Cache,
    recorded: &ProjectState,
    states: &[Option<&FileState>],
    files: &[DiscoveredFile],
    keep_archives: bool,
) -> Vec<Option<SourceOutcome>> {
    let reuse = |(state, file): (&Option<&FileState>, &DiscoveredFile)| {
        let state = state.filter(|state| recorded.is_unchanged(&state.fingerprint, &file.fingerprint))?;
        let result = recorded_result(cache, state, keep_archives)?;
        Some(SourceOutcome { result, state: None })
    };
    states.iter().zip(files).map(reuse).collect()
}

/// The recorded result for a source with the same content; `None` if its archive is not in the cache any more.
pub(crate) fn recorded_result(
    cache: &Cache,
    state: &FileState,
    keep_archives: bool,
) -> Option<Result<ArchivedSource, FailureReason>> {
    match &state.source {
        SourceState::Unsupported { reason, .. } => {
            Some(Err(FailureReason::UnsupportedBefore(reason.clone())))
        }
        SourceState::Archive { key, lines, minimum_python } => {
            let location = cache.locate(key)?;
            Some(Ok(ArchivedSource {
                minimum_python: *minimum_python,
                lines: *lines,
                source_bytes: state.fingerprint.size,
                archive_bytes: location.archive_len(),
                is_new: false,
                archive: keep_archives.then(|| ArchiveHandle::Location(location, *key)),
            }))
        }
    }
}

/// Whether the recorded state is that of a source with this key.
pub(crate) fn is_state_of(state: &FileState, source: &SourceKey) -> bool {
    match &state.source {
        SourceState::Archive { key, .. } | SourceState::Unsupported { key, .. } => key == source,
    }
}
