//! When archives were last used.
//!
//! Single uses are not recorded, because recording one costs more than building a small archive again. An archive counts as
//! used when it was built, and whenever a project that contains its source is opened. Project states have the keys of a
//! project's sources, and the modification time of a state's file is the time when the project was last opened.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::index::project_state::{ProjectState, SourceState};
use crate::index::project_state_file::PROJECT_STATE_SUFFIX;
use crate::key::SourceKey;
use crate::pack::format::IndexEntry;
use crate::sync::clock;

/// Minutes by which the clocks of machines that share a cache can differ.
const CLOCK_SKEW: u32 = 60;

/// When archives were last used.
#[derive(Debug)]
pub(crate) struct LastUses {
    by_projects: HashMap<SourceKey, u32>,
    pub(crate) now: u32,
}

impl LastUses {
    /// Reads the project states in a version directory.
    pub(crate) fn read(version: &Path) -> Self {
        let mut by_projects = HashMap::new();
        for file in project_state_files(version) {
            let files = ProjectState::read(&file.path).map_or_else(Vec::new, |state| state.files);
            for state in files {
                if let SourceState::Archive { key, .. } = state.source {
                    let used = by_projects.entry(key).or_insert(0);
                    *used = file.used.max(*used);
                }
            }
        }
        Self { by_projects, now: clock::now_in_minutes() }
    }

    /// When an archive was last used, in minutes since 1970. A time in the future comes from a wrong clock and is ignored.
    pub(crate) fn of(&self, entry: &IndexEntry) -> u32 {
        let by_projects = self.by_projects.get(&entry.key).copied().unwrap_or(0);
        let is_past = |time: &u32| *time <= self.now + CLOCK_SKEW;
        [entry.built, by_projects].into_iter().filter(is_past).max().unwrap_or(0)
    }
}

/// The file of a project state.
#[derive(Debug)]
pub(crate) struct ProjectStateFile {
    pub(crate) path: PathBuf,
    pub(crate) len: u64,
    /// When the project was last opened, in minutes since 1970.
    pub(crate) used: u32,
}

/// The project states in a version directory.
pub(crate) fn project_state_files(version: &Path) -> Vec<ProjectStateFile> {
    let mut files = Vec::new();
    for entry in fs::read_dir(version).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().ends_with(PROJECT_STATE_SUFFIX)
            && entry.file_type().is_ok_and(|kind| kind.is_file())
            && let Ok(metadata) = entry.metadata()
        {
            let used = metadata.modified().map_or(0, clock::minutes_of);
            files.push(ProjectStateFile { path: entry.path(), len: metadata.len(), used });
        }
    }
    files
}
