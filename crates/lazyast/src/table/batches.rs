//! The division of a project's files into batches.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use crate::project::{Module, SourceFailure};

/// Batches hold whole files. A batch is closed once the archives of its files have this many bytes, about 100,000 nodes.
const BATCH_BYTES: u64 = 1024 * 1024;

/// A file of a table.
pub(crate) enum TableFile {
    Module(Module),
    /// A file without an archive, and the reason.
    Failure(String, String),
}

impl TableFile {
    /// The length of the archive in bytes; 0 without one.
    pub(crate) fn archive_len(&self) -> u64 {
        match self {
            Self::Module(module) => module.archive_len(),
            Self::Failure(..) => 0,
        }
    }

    /// The path, for messages.
    pub(crate) fn path(&self) -> Cow<'_, str> {
        match self {
            Self::Module(module) => module.path().to_string_lossy(),
            Self::Failure(path, _) => path.into(),
        }
    }
}

/// The files of a table in the order of their paths.
pub(crate) fn files(
    modules: &[Module],
    failures: &[SourceFailure],
    is_chosen: impl Fn(&Path) -> bool,
) -> Vec<TableFile> {
    let failure = |failure: &SourceFailure| {
        TableFile::Failure(failure.path.to_string_lossy().into_owned(), failure.reason.to_string())
    };
    let mut failures = failures.iter().filter(|failure| is_chosen(&failure.path)).peekable();
    let mut files = Vec::with_capacity(modules.len());
    for module in modules.iter().filter(|module| is_chosen(module.path())) {
        while let Some(earlier) = failures.next_if(|failure| failure.path.as_path() < module.path()) {
            files.push(failure(earlier));
        }
        files.push(TableFile::Module(module.clone()));
    }
    files.extend(failures.map(failure));
    files
}

/// The files of each batch.
pub(crate) fn batches(files: &[TableFile]) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let (mut first, mut bytes) = (0, 0);
    for (index, file) in files.iter().enumerate() {
        bytes += file.archive_len().max(1);
        if bytes >= BATCH_BYTES {
            batches.push(first..index + 1);
            (first, bytes) = (index + 1, 0);
        }
    }
    if first < files.len() {
        batches.push(first..files.len());
    }
    batches
}
