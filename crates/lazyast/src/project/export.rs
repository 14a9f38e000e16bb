//! A codebase's archives in one file, that other machines import.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use lazyast_store::PackWriter;

use super::open::Project;
use super::warm::{Failure, WarmOptions};
use crate::{Cache, Report};

/// What was written.
#[derive(Debug)]
pub struct Exported {
    /// Archives in the file; equal sources have one.
    pub archives: usize,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Sources without an archive, and why.
    pub failures: Vec<Failure>,
    /// What was parsed for it, and what was there.
    pub report: Report,
}

/// Brings all sources under the paths into the cache, and writes their archives to a pack. A file that has the name
/// already is replaced when the new one is whole.
pub fn export(cache: &Cache, file: &Path, paths: &[PathBuf], options: WarmOptions) -> io::Result<Exported> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    let mut writer = PackWriter::for_others(parent.unwrap_or(Path::new(".")))?;
    let project = Project::open(cache, paths, options);
    let mut written = HashSet::new();
    let mut unreadable = Vec::new();
    for module in project.modules() {
        match module.archive() {
            Ok(archive) => {
                let Some(key) = super::warm::key_of(archive.as_ref()) else { continue };
                if written.insert(key) {
                    writer.add(&key, archive.as_ref())?;
                }
            }
            Err(reason) => unreadable.push(Failure { path: module.path().to_owned(), reason }),
        }
    }
    let (mut failures, report) = project.into_failures();
    failures.extend(unreadable);
    let (archives, bytes) = (writer.len(), writer.bytes());
    writer.publish_as(file.to_owned())?;
    Ok(Exported { archives, bytes, failures, report })
}
