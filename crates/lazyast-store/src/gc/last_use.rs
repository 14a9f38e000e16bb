//! When archives were used last, as far as it is known.
//!
//! Nobody notes each use. An archive counts as used when it was made, and as often as a project that has its source is
//! opened: the file that says what is known of the project's sources (`freshness`) has its key, and the time of
//! that file's last change is the time when the project was opened.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::index::project_state as freshness;
use crate::pack::format::IndexEntry;
use crate::sync::clock;
use crate::{ProjectState, SourceKey, SourceState};

/// When archives were used last.
#[derive(Debug)]
pub(crate) struct Uses {
    by_projects: HashMap<SourceKey, u32>,
    pub(crate) now: u32,
}

impl Uses {
    /// Looks at what the directory of a version has.
    pub(crate) fn read(version: &Path) -> Self {
        let mut by_projects = HashMap::new();
        for file in files(version) {
            let states = ProjectState::read(&file.path).map_or_else(Vec::new, |state| state.files);
            for state in states {
                if let SourceState::Archive { key, .. } = state.source {
                    let used = by_projects.entry(key).or_insert(0);
                    *used = file.used.max(*used);
                }
            }
        }
        Self { by_projects, now: clock::minutes() }
    }

    /// When an archive was used last, in minutes since 1970. A time that has not come yet was written by a clock that
    /// was wrong, and counts as long ago.
    pub(crate) fn of(&self, entry: &IndexEntry) -> u32 {
        let by_projects = self.by_projects.get(&entry.key).copied().unwrap_or(0);
        [entry.made, by_projects].into_iter().filter(|time| *time <= self.now + SLACK).max().unwrap_or(0)
    }
}

/// Minutes that clocks of several machines may be apart.
const SLACK: u32 = 60;

/// A file with what is known of a project's sources.
#[derive(Debug)]
pub(crate) struct ProjectFile {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    /// When the project was opened last, in minutes since 1970.
    pub(crate) used: u32,
}

/// All such files in the directory of a version.
pub(crate) fn files(version: &Path) -> Vec<ProjectFile> {
    let mut found = Vec::new();
    for entry in fs::read_dir(version).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().ends_with(freshness::SUFFIX)
            && entry.file_type().is_ok_and(|kind| kind.is_file())
            && let Ok(metadata) = entry.metadata()
        {
            let used = metadata.modified().map_or(0, clock::minutes_of);
            found.push(ProjectFile { path: entry.path(), bytes: metadata.len(), used });
        }
    }
    found
}
