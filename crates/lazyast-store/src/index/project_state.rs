//! The state of a project's files, so that unchanged files need not be read again.
//!
//! A [`ProjectState`] belongs to the list of paths that a user named. For each source file under them it records the
//! [`FileFingerprint`] at the time of observation, and the result of parsing. It also records the directories and ignore
//! files that determine which source files there are.

use std::path::PathBuf;

use crate::index::fingerprint::FileFingerprint;
use crate::key::SourceKey;

/// The result of parsing a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceState {
    /// The source has an archive.
    Archive {
        /// The key of the source.
        key: SourceKey,
        /// Number of lines of its text.
        lines: u32,
        /// The minor version of the oldest Python that has its syntax.
        minimum_python: u8,
    },
    /// The parser does not support the source.
    Unsupported {
        /// The key of the source.
        key: SourceKey,
        /// The reason, for the user.
        reason: String,
        /// Whether interpreters parse the source: a number that identifies the interpreter's version, and the answer.
        verdicts: Vec<(u32, bool)>,
    },
}

impl SourceState {
    /// The state of an unsupported source that no interpreter has parsed yet.
    pub fn unsupported(key: SourceKey, reason: String) -> Self {
        Self::Unsupported { key, reason, verdicts: Vec::new() }
    }
}

/// A source file: its fingerprint, and the result of parsing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileState {
    /// The path, as it was found.
    pub path: PathBuf,
    /// The fingerprint at the time of observation.
    pub fingerprint: FileFingerprint,
    /// The result of parsing.
    pub source: SourceState,
}

/// The state of the files under some paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectState {
    /// The time of observation, before the first fingerprint was taken, in nanoseconds since 1970.
    pub observed_at: i64,
    /// The directories that were listed, in the order of their paths. Each fingerprint was taken before the directory was
    /// listed. Empty if some directory could not be read.
    pub directories: Vec<(PathBuf, FileFingerprint)>,
    /// The paths where an ignore file can be; without a fingerprint where there was none.
    pub ignore_files: Vec<(PathBuf, Option<FileFingerprint>)>,
    /// The source files, in the order of their paths.
    pub files: Vec<FileState>,
}

impl ProjectState {
    /// Whether a file whose fingerprint is now `now` did not change since its fingerprint was recorded as `recorded`.
    pub fn is_unchanged(&self, recorded: &FileFingerprint, now: &FileFingerprint) -> bool {
        recorded == now && !recorded.is_racy(self.observed_at)
    }

    /// Whether a later observation has the same result, and no recorded fingerprint is racy.
    ///
    /// The later state need not be saved then.
    pub fn is_confirmed_by(&self, later: &Self) -> bool {
        self.directories.len() == later.directories.len()
            && self.files.len() == later.files.len()
            && self.ignore_files == later.ignore_files
            && self.ignore_files.iter().all(|(path, recorded)| {
                path.ends_with(".git")
                    || recorded.is_none_or(|fingerprint| !fingerprint.is_racy(self.observed_at))
            })
            && self
                .directories
                .iter()
                .zip(&later.directories)
                .all(|((path, recorded), (other, now))| path == other && self.is_unchanged(recorded, now))
            && self.files.iter().zip(&later.files).all(|(recorded, now)| {
                recorded.path == now.path
                    && recorded.source == now.source
                    && self.is_unchanged(&recorded.fingerprint, &now.fingerprint)
            })
    }

    /// Whether no ignore file was added, changed or deleted since the observation.
    pub fn has_same_ignore_files(&self) -> bool {
        let is_same = |(path, recorded): &(PathBuf, Option<FileFingerprint>)| {
            match (recorded, FileFingerprint::at(path)) {
                // The content of `.git` changes all the time. Only its existence matters.
                (Some(_), Some(_)) if path.ends_with(".git") => true,
                (Some(recorded), Some(now)) => self.is_unchanged(recorded, &now),
                (None, None) => true,
                _ => false,
            }
        };
        self.ignore_files.iter().all(is_same)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::index::fingerprint::TICK;
    use crate::sync::clock::SECOND;

    pub(crate) fn example() -> ProjectState {
        let fingerprint =
            FileFingerprint { size: 5, modified: 10 * SECOND + 1, changed: 11 * SECOND + 1, inode: 3 };
        let archive = SourceState::Archive { key: [7; 32], lines: 9, minimum_python: 11 };
        let (reason, verdicts) = ("syntax: é".to_owned(), vec![(311, true), (312, false)]);
        let unsupported = SourceState::Unsupported { key: [8; 32], reason, verdicts };
        let file = |name: &str, source| FileState { path: name.into(), fingerprint, source };
        ProjectState {
            observed_at: 20 * SECOND,
            directories: vec![("a".into(), fingerprint)],
            ignore_files: vec![("a/.gitignore".into(), Some(fingerprint)), ("b/.gitignore".into(), None)],
            files: vec![file("a/b.py", archive), file("a/c.py", unsupported)],
        }
    }

    #[test]
    fn racy_fingerprints_prove_nothing() {
        let state = example();
        let at = |modified| FileFingerprint { size: 1, modified, changed: 1, inode: 1 };
        for (modified, expected) in
            [(19 * SECOND + 1, true), (20 * SECOND - TICK / 2, false), (25 * SECOND + 1, false)]
        {
            assert_eq!(state.is_unchanged(&at(modified), &at(modified)), expected, "{modified}");
        }
        let whole = FileFingerprint { size: 1, modified: 19 * SECOND, changed: 5 * SECOND, inode: 1 };
        assert!(!state.is_unchanged(&whole, &whole), "whole seconds have a longer tick");
        assert!(!state.is_unchanged(&at(1), &FileFingerprint { inode: 2, ..at(1) }));
    }

    #[test]
    fn a_racy_or_changed_state_is_not_confirmed() {
        let later = |state: &ProjectState| ProjectState { observed_at: 30 * SECOND, ..state.clone() };
        let state = example();
        assert!(state.is_confirmed_by(&later(&state)));
        let racy = FileFingerprint { modified: 20 * SECOND - TICK / 2, ..state.files[0].fingerprint };
        for change in [
            |other: &mut ProjectState, racy| other.files[0].fingerprint = racy,
            |other: &mut ProjectState, racy| other.directories[0].1 = racy,
            |other: &mut ProjectState, racy| other.ignore_files[0].1 = Some(racy),
        ] {
            let mut other = example();
            change(&mut other, racy);
            assert!(!state.is_confirmed_by(&later(&other)), "a fingerprint has changed");
            assert!(!other.is_confirmed_by(&later(&other)), "a fingerprint is racy");
        }
        let mut other = example();
        other.files[0].source = SourceState::unsupported([7; 32], "why".to_owned());
        assert!(!state.is_confirmed_by(&other));
        other = example();
        other.files.pop();
        assert!(!state.is_confirmed_by(&other));
    }
}
