//! What is known of files, so that files that did not change since need not be read.
//!
//! A [`ProjectState`] belongs to the paths that a user named. It says for each file under them what it was when it
//! was looked at (its [`FileFingerprint`]) and what came of it, and which directories and ignore files decided that these
//! are the files. It is a file of the cache, written under another name and published by rename. A damaged one
//! counts as missing: then sources are read and hashed.
//!
//! Timestamps have a grain: a file that is written twice within one may look the same both times. So a fingerprint
//! counts only if it was older than the look by more than a grain, as git has it for its index
//! (Documentation/technical/racy-git.txt).
//!
//! `format-spec/PACK.md`, "ProjectState", describes the bytes.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use xxhash_rust::xxh3::xxh3_64;

use crate::SourceKey;
#[cfg(not(unix))]
use crate::sync::clock;
use crate::sync::clock::SECOND;
use crate::sync::temporary;

/// The first bytes of the file.
const MAGIC: [u8; 8] = *b"LAZYNW2\x1a";
/// The ending of its name.
pub const SUFFIX: &str = ".fresh";
/// Nanoseconds that a timestamp may lag behind the clock: the system's ticks.
const GRAIN: i64 = 50_000_000;
/// The same where timestamps are whole seconds.
const COARSE_GRAIN: i64 = 2_000_000_000;
/// A file that was used is marked as such if the mark that it has is older than this.
const MARK_EVERY: Duration = Duration::from_hours(1);

/// What tells one state of a file or directory from another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileFingerprint {
    /// Length in bytes.
    pub size: u64,
    /// When its content changed, in nanoseconds since 1970.
    pub modified: i64,
    /// When its content or its attributes changed, in the same unit; no program can set this back. Elsewhere than on
    /// Unix, when it was made.
    pub changed: i64,
    /// Which file of its file system it is.
    pub inode: u64,
}

impl FileFingerprint {
    /// The fingerprint of a file or directory.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let time =
            |seconds: i64, nanoseconds: i64| seconds.saturating_mul(SECOND).saturating_add(nanoseconds);
        Self {
            size: metadata.len(),
            modified: time(metadata.mtime(), metadata.mtime_nsec()),
            changed: time(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }

    /// The fingerprint of a file or directory.
    #[cfg(not(unix))]
    pub fn of(metadata: &Metadata) -> Self {
        let time = |time: io::Result<SystemTime>| time.map_or(0, clock::nanoseconds);
        Self {
            size: metadata.len(),
            modified: time(metadata.modified()),
            changed: time(metadata.created()),
            inode: 0,
        }
    }

    /// The fingerprint of what a path leads to, or nothing where nothing is there.
    pub fn at(path: &Path) -> Option<Self> {
        path.metadata().ok().as_ref().map(Self::of)
    }

    #[cfg(unix)]
    fn of_stat(stat: &rustix::fs::Stat) -> Self {
        // The types of these differ between platforms.
        #[allow(clippy::unnecessary_cast, clippy::cast_lossless)]
        let time = |seconds: i128, nanoseconds: i128| {
            i64::try_from(seconds * i128::from(SECOND) + nanoseconds).unwrap_or(i64::MAX)
        };
        #[allow(clippy::unnecessary_cast)]
        Self {
            size: stat.st_size as u64,
            modified: time(stat.st_mtime.into(), stat.st_mtime_nsec.into()),
            changed: time(stat.st_ctime.into(), stat.st_ctime_nsec.into()),
            inode: stat.st_ino as u64,
        }
    }

    /// Whether a change after the moment `observed_at` would have given another fingerprint.
    pub(crate) fn is_settled(&self, observed_at: i64) -> bool {
        // Elsewhere than on Unix the other time is that of the creation, and may have a finer grain.
        let is_coarse = self.modified % SECOND == 0 && (self.changed % SECOND == 0 || cfg!(not(unix)));
        let grain = if is_coarse { COARSE_GRAIN } else { GRAIN };
        self.modified.max(self.changed) < observed_at.saturating_sub(grain)
    }
}

/// A directory in which many files are looked at: the system goes the way to it once.
#[derive(Debug)]
pub struct DirectoryHandle {
    path: PathBuf,
    #[cfg(unix)]
    handle: Option<std::os::fd::OwnedFd>,
}

impl DirectoryHandle {
    /// The directory at a path, whether there is one or not.
    pub fn new(path: &Path) -> Self {
        #[cfg(unix)]
        let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        Self {
            #[cfg(unix)]
            handle: {
                use rustix::fs::{Mode, OFlags};
                rustix::fs::open(here, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()
            },
            path: path.to_owned(),
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The fingerprint of what a name in it leads to, or nothing where nothing is there.
    #[cfg(unix)]
    pub fn fingerprint(&self, name: &std::ffi::OsStr) -> Option<FileFingerprint> {
        let handle = self.handle.as_ref()?;
        rustix::fs::statat(handle, name, rustix::fs::AtFlags::empty())
            .ok()
            .as_ref()
            .map(FileFingerprint::of_stat)
    }

    /// The fingerprint of what a name in it leads to, or nothing where nothing is there.
    #[cfg(not(unix))]
    pub fn fingerprint(&self, name: &std::ffi::OsStr) -> Option<FileFingerprint> {
        FileFingerprint::at(&self.path.join(name))
    }
}

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceState {
    /// There is an archive.
    Archive {
        /// The key of its source.
        key: SourceKey,
        /// Lines of its text.
        lines: u32,
        /// The minor version of the oldest Python that has its syntax.
        minimum_python: u8,
    },
    /// The parser left it to the interpreter.
    Unsupported {
        /// The key of its source.
        key: SourceKey,
        /// Why.
        reason: String,
        /// What callers noted about it since: a number that tells the caller, and what it says.
        verdicts: Vec<(u32, bool)>,
    },
}

impl SourceState {
    /// What is known of a source that the parser has just left to the interpreter.
    pub fn unsupported(key: SourceKey, reason: String) -> Self {
        Self::Unsupported { key, reason, verdicts: Vec::new() }
    }
}

/// A file, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileState {
    /// The path, as it was found.
    pub path: PathBuf,
    /// What it was when it was read.
    pub fingerprint: FileFingerprint,
    /// What came of it.
    pub source: SourceState,
}

/// What is known of the files under some paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectState {
    /// When these were looked at, in nanoseconds since 1970: before the first one was.
    pub observed_at: i64,
    /// The directories that were listed, in the order of their paths, each before its own files were. Empty if it
    /// is not known which these are.
    pub directories: Vec<(PathBuf, FileFingerprint)>,
    /// Files with rules of what is ignored; nothing where there was none.
    pub ignore_files: Vec<(PathBuf, Option<FileFingerprint>)>,
    /// The files, in the order of their paths.
    pub files: Vec<FileState>,
}

impl ProjectState {
    /// Whether what had a fingerprint when it was looked at, and has it now, is the same.
    pub fn is_unchanged(&self, then: &FileFingerprint, now: &FileFingerprint) -> bool {
        then == now && then.is_settled(self.observed_at)
    }

    /// Whether a later look has found the same as this one, and nothing that this one's fingerprints leave in doubt.
    pub fn is_confirmed_by(&self, later: &Self) -> bool {
        self.directories.len() == later.directories.len()
            && self.files.len() == later.files.len()
            && self.ignore_files == later.ignore_files
            && self.ignore_files.iter().all(|(path, then)| {
                path.ends_with(".git") || then.is_none_or(|then| then.is_settled(self.observed_at))
            })
            && self
                .directories
                .iter()
                .zip(&later.directories)
                .all(|((path, then), (other, now))| path == other && self.is_unchanged(then, now))
            && self.files.iter().zip(&later.files).all(|(then, now)| {
                then.path == now.path
                    && then.source == now.source
                    && self.is_unchanged(&then.fingerprint, &now.fingerprint)
            })
    }

    /// Whether the same ignore_files are in force as then.
    pub fn has_same_ignore_files(&self) -> bool {
        let is_unchanged =
            |(path, then): &(PathBuf, Option<FileFingerprint>)| match (then, FileFingerprint::at(path)) {
                // What is in a repository's directory changes all the time; only that there is one counts.
                (Some(_), Some(_)) if path.ends_with(".git") => true,
                (Some(then), Some(now)) => self.is_unchanged(then, &now),
                (None, None) => true,
                _ => false,
            };
        self.ignore_files.iter().all(is_unchanged)
    }

    /// Reads what a directory of the cache has for some paths, and marks it as used: the time of the last change of the
    /// file is the time of the last use, give or take an hour.
    pub fn load(directory: &Path, paths: &[PathBuf]) -> Option<Self> {
        let path = directory.join(name(paths)?);
        let mut file = File::open(&path).ok()?;
        let metadata = file.metadata().ok()?;
        let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
        file.read_to_end(&mut bytes).ok()?;
        let known = Self::from_bytes(&bytes)?;
        let age = metadata.modified().map(|modified| SystemTime::now().duration_since(modified));
        if !matches!(age, Ok(Ok(age)) if age < MARK_EVERY) {
            // Without the mark it may be collected too early, and is found out again.
            let _ =
                File::options().write(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        }
        Some(known)
    }

    /// Reads a file of the cache, whatever paths it is for.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        Self::from_bytes(&fs::read(path).ok()?)
    }

    /// Publishes this for some paths. Paths that have no place in a file are not remembered.
    pub fn save(&self, directory: &Path, paths: &[PathBuf]) -> io::Result<()> {
        let (Some(name), Some(bytes)) = (name(paths), self.to_bytes()) else { return Ok(()) };
        let mut file = temporary::create(directory, "fresh-")?;
        file.write_all(&bytes)?;
        // What is lost with the machine's power is made again: there is a checksum.
        file.persist(directory.join(name)).map_err(|error| error.error)?;
        Ok(())
    }

    fn to_bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(64 + 160 * self.files.len());
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&[0; 8]);
        bytes.extend_from_slice(&self.observed_at.to_le_bytes());
        for count in [self.directories.len(), self.ignore_files.len(), self.files.len()] {
            bytes.extend_from_slice(&u32::try_from(count).ok()?.to_le_bytes());
        }
        for (path, fingerprint) in &self.directories {
            put_text(&mut bytes, path.to_str()?)?;
            put_fingerprint(&mut bytes, fingerprint);
        }
        for (path, fingerprint) in &self.ignore_files {
            put_text(&mut bytes, path.to_str()?)?;
            bytes.push(u8::from(fingerprint.is_some()));
            put_fingerprint(&mut bytes, &fingerprint.unwrap_or_default());
        }
        for FileState { path, fingerprint, source } in &self.files {
            put_text(&mut bytes, path.to_str()?)?;
            put_fingerprint(&mut bytes, fingerprint);
            match source {
                SourceState::Archive { key, lines, minimum_python } => {
                    bytes.push(*minimum_python);
                    bytes.extend_from_slice(key);
                    bytes.extend_from_slice(&lines.to_le_bytes());
                }
                SourceState::Unsupported { key, reason, verdicts } => {
                    bytes.push(0);
                    bytes.extend_from_slice(key);
                    put_text(&mut bytes, reason)?;
                    bytes.extend_from_slice(&u32::try_from(verdicts.len()).ok()?.to_le_bytes());
                    for (caller, note) in verdicts {
                        bytes.extend_from_slice(&caller.to_le_bytes());
                        bytes.push(u8::from(*note));
                    }
                }
            }
        }
        let checksum = xxh3_64(&bytes[16..]);
        bytes[8..16].copy_from_slice(&checksum.to_le_bytes());
        Some(bytes)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = Rest(bytes);
        if rest.take::<8>()? != MAGIC || u64::from_le_bytes(rest.take()?) != xxh3_64(rest.0) {
            return None;
        }
        let observed_at = i64::from_le_bytes(rest.take()?);
        let [folder_count, rule_count, file_count] = [rest.number()?, rest.number()?, rest.number()?];
        let mut found = Self { observed_at, ..Self::default() };
        for _ in 0..folder_count {
            found.directories.push((rest.text()?.into(), rest.fingerprint()?));
        }
        for _ in 0..rule_count {
            let path = rest.text()?.into();
            let [is_there] = rest.take()?;
            let fingerprint = rest.fingerprint()?;
            found.ignore_files.push((path, (is_there != 0).then_some(fingerprint)));
        }
        for _ in 0..file_count {
            let path = rest.text()?.into();
            let fingerprint = rest.fingerprint()?;
            let [minimum_python] = rest.take()?;
            let source = if minimum_python > 0 {
                SourceState::Archive { key: rest.take()?, lines: rest.number()?, minimum_python }
            } else {
                let (key, reason) = (rest.take()?, rest.text()?.to_owned());
                let count = rest.number()?;
                let note = |_| Some((rest.number()?, rest.take()? != [0]));
                SourceState::Unsupported {
                    key,
                    reason,
                    verdicts: (0..count).map(note).collect::<Option<_>>()?,
                }
            };
            found.files.push(FileState { path, fingerprint, source });
        }
        rest.0.is_empty().then_some(found)
    }
}

/// The name of the file for some paths.
fn name(paths: &[PathBuf]) -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    for path in paths {
        hasher.update(std::path::absolute(path).ok()?.as_os_str().as_encoded_bytes());
        hasher.update(&[0]);
        hasher.update(path.as_os_str().as_encoded_bytes());
        hasher.update(&[0]);
    }
    Some(format!("{}{SUFFIX}", &hasher.finalize().to_hex()[..32]))
}

fn put_text(bytes: &mut Vec<u8>, text: &str) -> Option<()> {
    bytes.extend_from_slice(&u32::try_from(text.len()).ok()?.to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
    Some(())
}

fn put_fingerprint(bytes: &mut Vec<u8>, fingerprint: &FileFingerprint) {
    bytes.extend_from_slice(&fingerprint.size.to_le_bytes());
    bytes.extend_from_slice(&fingerprint.modified.to_le_bytes());
    bytes.extend_from_slice(&fingerprint.changed.to_le_bytes());
    bytes.extend_from_slice(&fingerprint.inode.to_le_bytes());
}

/// Bytes that were not read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()? as usize;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn fingerprint(&mut self) -> Option<FileFingerprint> {
        Some(FileFingerprint {
            size: u64::from_le_bytes(self.take()?),
            modified: i64::from_le_bytes(self.take()?),
            changed: i64::from_le_bytes(self.take()?),
            inode: u64::from_le_bytes(self.take()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> ProjectState {
        let fingerprint =
            FileFingerprint { size: 5, modified: 10 * SECOND + 1, changed: 11 * SECOND + 1, inode: 3 };
        let archive = SourceState::Archive { key: [7; 32], lines: 9, minimum_python: 11 };
        let (reason, verdicts) = ("syntax: é".to_owned(), vec![(311, true), (312, false)]);
        let refused = SourceState::Unsupported { key: [8; 32], reason, verdicts };
        let file = |name: &str, source| FileState { path: name.into(), fingerprint, source };
        ProjectState {
            observed_at: 20 * SECOND,
            directories: vec![("a".into(), fingerprint)],
            ignore_files: vec![("a/.gitignore".into(), Some(fingerprint)), ("b/.gitignore".into(), None)],
            files: vec![file("a/b.py", archive), file("a/c.py", refused)],
        }
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let directory = tempfile::tempdir().expect("a directory");
        let paths = [PathBuf::from("a")];
        example().save(directory.path(), &paths).expect("there is room");
        assert_eq!(ProjectState::load(directory.path(), &paths), Some(example()));
        assert_eq!(ProjectState::load(directory.path(), &[PathBuf::from("b")]), None);
    }

    #[test]
    fn damage_counts_as_missing() {
        let bytes = example().to_bytes().expect("the paths are text");
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            assert_eq!(ProjectState::from_bytes(&damaged), None, "byte {place}");
            assert_eq!(ProjectState::from_bytes(&bytes[..place]), None, "cut at {place}");
        }
    }

    #[test]
    fn stamps_that_are_as_young_as_the_look_do_not_count() {
        let freshness = example();
        let at = |modified| FileFingerprint { size: 1, modified, changed: 1, inode: 1 };
        for (modified, expected) in
            [(19 * SECOND + 1, true), (20 * SECOND - GRAIN / 2, false), (25 * SECOND + 1, false)]
        {
            assert_eq!(freshness.is_unchanged(&at(modified), &at(modified)), expected, "{modified}");
        }
        let whole = FileFingerprint { size: 1, modified: 19 * SECOND, changed: 5 * SECOND, inode: 1 };
        assert!(!freshness.is_unchanged(&whole, &whole), "whole seconds are a coarse grain");
        assert!(!freshness.is_unchanged(&at(1), &FileFingerprint { inode: 2, ..at(1) }));
    }
    #[test]
    fn what_is_in_doubt_is_not_the_same() {
        let later = |freshness: &ProjectState| ProjectState { observed_at: 30 * SECOND, ..freshness.clone() };
        let freshness = example();
        assert!(freshness.is_confirmed_by(&later(&freshness)));
        let young = FileFingerprint { modified: 20 * SECOND - GRAIN / 2, ..freshness.files[0].fingerprint };
        for change in [
            |other: &mut ProjectState, young| other.files[0].fingerprint = young,
            |other: &mut ProjectState, young| other.directories[0].1 = young,
            |other: &mut ProjectState, young| other.ignore_files[0].1 = Some(young),
        ] {
            let mut other = example();
            change(&mut other, young);
            assert!(!freshness.is_confirmed_by(&later(&other)), "a fingerprint has changed");
            assert!(!other.is_confirmed_by(&later(&other)), "a fingerprint is as young as the look");
        }
        let mut other = example();
        other.files[0].source = SourceState::unsupported([7; 32], "why".to_owned());
        assert!(!freshness.is_confirmed_by(&other));
        other = example();
        other.files.pop();
        assert!(!freshness.is_confirmed_by(&other));
    }
}
