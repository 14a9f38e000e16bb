//! Exporting the archives of a codebase to one file, which other machines import.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use lazyast_store::PackWriter;

use super::open::Project;
use super::report::{SourceFailure, WarmOptions, WarmReport};
use crate::cache::Cache;

/// The result of an export.
#[derive(Debug)]
pub struct ExportReport {
    /// Archives in the file; equal sources share one.
    pub archives: usize,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Sources without an archive.
    pub failures: Vec<SourceFailure>,
    /// How many sources were parsed or found in the cache.
    pub report: WarmReport,
}

/// Brings all sources under the paths into the cache, and writes their archives to a pack file.
///
/// An existing file is replaced after the new one was written completely.
/// [`Store::import`](lazyast_store::Store::import) reads the file on other machines.
pub fn export(
    cache: &Cache,
    file: &Path,
    paths: &[PathBuf],
    options: WarmOptions,
) -> io::Result<ExportReport> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    let mut writer = PackWriter::for_export(parent.unwrap_or(Path::new(".")))?;
    let project = Project::open(cache, paths, options);
    let mut written = HashSet::new();
    let mut unreadable = Vec::new();
    for module in project.modules() {
        let opened = module.tree().and_then(|tree| Ok((tree.header().source_hash, module.archive()?)));
        match opened {
            Ok((key, archive)) => {
                if written.insert(key) {
                    writer.add(&key, archive.as_ref())?;
                }
            }
            Err(reason) => unreadable.push(SourceFailure { path: module.path().to_owned(), reason }),
        }
    }
    let (mut failures, report) = project.into_failures_and_report();
    failures.extend(unreadable);
    let (archives, bytes) = (writer.len(), writer.file_len());
    writer.publish_as(file.to_owned())?;
    Ok(ExportReport { archives, bytes, failures, report })
}
