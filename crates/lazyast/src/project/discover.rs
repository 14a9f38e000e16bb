//! Finding and reading sources.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use ignore::{WalkBuilder, WalkState};
use lazyast_store::{DirectoryHandle, FileFingerprint, FileState, ProjectState};

/// Longest file that is read, in bytes. The parser takes no longer source.
pub const MAX_FILE: u64 = 512 * 1024 * 1024;

/// A source that was found, with what the directory says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) fingerprint: FileFingerprint,
}

/// What a look at some paths has found.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// The sources, in the order of their paths.
    pub(crate) files: Vec<Found>,
    /// What could not be looked at.
    pub(crate) errors: Vec<(PathBuf, FileError)>,
    /// What was listed to find these sources, as [`ProjectState`] has it.
    pub(crate) directories: Vec<(PathBuf, FileFingerprint)>,
    /// What kept others from being found, as [`ProjectState`] has it.
    pub(crate) ignore_files: Vec<(PathBuf, Option<FileFingerprint>)>,
    /// Whether any directory was listed, and not only compared with what is known.
    pub(crate) listed: bool,
}

/// Why a path gave no source.
#[derive(Debug)]
pub enum FileError {
    /// The system's answer.
    Io(io::Error),
    /// The walk's answer: a link that leads nowhere, a directory that cannot be listed.
    Walk(ignore::Error),
    /// Not a regular file.
    NotAFile,
    /// Longer than any source that is served.
    TooLong {
        /// Its length in bytes.
        bytes: u64,
    },
    /// It changed each time while it was read.
    Changing,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Walk(error) => error.fmt(f),
            Self::NotAFile => write!(f, "not a regular file"),
            Self::TooLong { bytes } => write!(f, "{bytes} bytes long; at most {MAX_FILE} are read"),
            Self::Changing => write!(f, "changed while it was read, twice"),
        }
    }
}

impl std::error::Error for FileError {}

/// The Python sources under the given paths, in the order of their names, and what could not be observed_at
/// at. Ignore files count, as for git; a file that is named itself is always taken.
pub fn find_files(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<(PathBuf, FileError)>) {
    let look = find(paths);
    (look.files.into_iter().map(|found| found.path).collect(), look.errors)
}

/// Which fingerprints files are given whose directories did not change.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fingerprints {
    /// Those that they had: they are read anyway.
    Before,
    /// Those that they have.
    Now,
}

/// A thread that looks at fewer files than this is not worth it.
const SHARE: usize = 400;

/// Looks for the sources under the given paths. Directories that did not change are not listed.
pub(crate) fn look(
    paths: &[PathBuf],
    known: Option<&ProjectState>,
    fingerprints: Fingerprints,
    jobs: usize,
) -> Look {
    known.and_then(|known| look_again(paths, known, fingerprints, jobs)).unwrap_or_else(|| find(paths))
}

/// Lists only the directories that have changed, or gives up where ignore_files have.
fn look_again(
    paths: &[PathBuf],
    known: &ProjectState,
    fingerprints: Fingerprints,
    jobs: usize,
) -> Option<Look> {
    let global = excludes_of_user();
    let is_known_rule = |path: &Path| known.ignore_files.iter().any(|(rule, _)| rule == path);
    if known.directories.is_empty()
        || !global.is_none_or(|path| is_known_rule(&path))
        || !known.has_same_ignore_files()
    {
        return None;
    }
    let is_known_directory = |path: &Path| {
        known.directories.binary_search_by(|(directory, _)| directory.as_path().cmp(path)).is_ok()
    };
    let mut look = Look { ignore_files: known.ignore_files.clone(), ..Look::default() };
    let mut changed: Vec<&Path> = Vec::new();
    let fingerprints_now = in_parallel(&known.directories, jobs, |directories| {
        directories.iter().map(|(path, _)| FileFingerprint::at(path)).collect()
    });
    for ((path, then), now) in known.directories.iter().zip(fingerprints_now) {
        match now {
            Some(now) if known.is_unchanged(then, &now) => look.directories.push((path.clone(), now)),
            _ => {
                changed.push(path);
                let has_new_rules =
                    |name: &&str| !is_known_rule(&path.join(name)) && path.join(name).exists();
                if RULES.iter().chain(&[".git"]).any(has_new_rules) {
                    return None;
                }
                if path.is_dir() {
                    list_anew(path, &is_known_directory, &mut look);
                } else if paths.contains(path) {
                    // Who named it wants to know.
                    return None;
                }
            }
        }
    }
    let is_changed = |file: &FileState| changed.binary_search(&parent(file)).is_ok();
    let files: Vec<&FileState> = known.files.iter().filter(|file| !is_changed(file)).collect();
    look.files.extend(match fingerprints {
        Fingerprints::Before => files
            .iter()
            .map(|file| Found { path: file.path.clone(), fingerprint: file.fingerprint })
            .collect(),
        Fingerprints::Now => find_again(&files, jobs)?,
    });
    if !changed.is_empty() {
        look.listed = true;
        // Files that were named stand for themselves.
        for path in paths.iter().filter(|path| !is_known_directory(path)) {
            look.files.push(Found { fingerprint: FileFingerprint::at(path)?, path: path.clone() });
        }
        look.sort();
    }
    look.errors.is_empty().then_some(look)
}

/// The directory of a file.
fn parent(file: &FileState) -> &Path {
    file.path.parent().unwrap_or(Path::new(""))
}

/// Looks at files that are there, or gives up if one is not.
fn find_again(files: &[&FileState], jobs: usize) -> Option<Vec<Found>> {
    let found = in_parallel(files, jobs, |files| {
        let mut directory = DirectoryHandle::new(Path::new(""));
        let find = |file: &&FileState| {
            if parent(file) != directory.path() {
                directory = DirectoryHandle::new(parent(file));
            }
            Some(Found {
                path: file.path.clone(),
                fingerprint: directory.fingerprint(file.path.file_name()?)?,
            })
        };
        files.iter().map(find).collect()
    });
    found.into_iter().collect()
}

/// What a look at parts of a list gives, put together. On long lists several threads are at it.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    jobs: usize,
    look: impl Fn(&[T]) -> Vec<R> + Copy + Send,
) -> Vec<R> {
    let share = items.len().div_ceil(jobs).max(SHARE);
    let (own, others) = items.split_at(items.len().min(share));
    thread::scope(|scope| {
        let others: Vec<_> = others.chunks(share).map(|items| scope.spawn(move || look(items))).collect();
        let mut found = look(own);
        for other in others {
            found.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        found
    })
}

/// Lists a directory again; what is below counts only if it was not known.
fn list_anew(directory: &Path, is_known: &dyn Fn(&Path) -> bool, look: &mut Look) {
    for entry in walk(directory).max_depth(Some(1)).build() {
        let is_new_directory = |entry: &ignore::DirEntry| {
            entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir())
        };
        match entry {
            Ok(entry) if is_new_directory(&entry) => {
                if !is_known(entry.path()) {
                    list(entry.path(), look);
                }
            }
            entry => look.add(directory, Seen::new(entry)),
        }
    }
}

fn find(paths: &[PathBuf]) -> Look {
    let mut look = Look { listed: true, ..Look::default() };
    for path in paths {
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => {
                rules_above(path, &mut look.ignore_files);
                list(path, &mut look);
            }
            Ok(metadata) => {
                look.files.push(Found { path: path.clone(), fingerprint: FileFingerprint::of(&metadata) })
            }
            Err(error) => look.errors.push((path.clone(), FileError::Io(error))),
        }
    }
    look.sort();
    if !look.errors.is_empty() {
        // What could not be looked at may be there next time.
        look.directories.clear();
    }
    look
}

impl Look {
    fn sort(&mut self) {
        // Mostly a few sorted runs, which this sort merges.
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
        self.files.dedup_by(|one, other| one.path == other.path);
        self.directories.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        self.directories.dedup_by(|one, other| one.0 == other.0);
        self.ignore_files.sort_by(|one, other| one.0.cmp(&other.0));
        self.ignore_files.dedup_by(|one, other| one.0 == other.0);
    }

    fn add(&mut self, root: &Path, seen: Seen) {
        match seen {
            Seen::File(found) => self.files.push(found),
            Seen::Directory(path, fingerprint, ignore_files) => {
                self.directories.push((path, fingerprint));
                self.ignore_files.extend(ignore_files);
            }
            Seen::Error(path, error) => self.errors.push((path.unwrap_or_else(|| root.to_owned()), error)),
        }
    }
}

/// How directories are walked.
fn walk(root: &Path) -> WalkBuilder {
    let mut walk = WalkBuilder::new(root);
    walk.hidden(false).filter_entry(is_of_interest);
    walk
}

/// Adds the sources under a directory.
fn list(root: &Path, look: &mut Look) {
    let (send, receive) = mpsc::channel();
    walk(root).build_parallel().run(|| {
        let send = send.clone();
        Box::new(move |entry| {
            // The receiver lives until all is sent.
            let _ = send.send(Seen::new(entry));
            WalkState::Continue
        })
    });
    drop(send);
    for seen in receive {
        look.add(root, seen);
    }
}

/// What a walk comes across.
enum Seen {
    File(Found),
    /// A directory, before it is listed, and its files with ignore_files.
    Directory(PathBuf, FileFingerprint, Vec<(PathBuf, Option<FileFingerprint>)>),
    Error(Option<PathBuf>, FileError),
}

impl Seen {
    fn new(entry: Result<ignore::DirEntry, ignore::Error>) -> Self {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Self::Error(path_of(&error), FileError::Walk(error)),
        };
        match entry.path().metadata() {
            Ok(metadata) if !metadata.is_dir() => {
                Self::File(Found { path: entry.into_path(), fingerprint: FileFingerprint::of(&metadata) })
            }
            Ok(metadata) => {
                let path = entry.into_path();
                let mut ignore_files = Vec::new();
                if path.join(".git").exists() {
                    ignore_files.push((path.join(".git"), Some(FileFingerprint::default())));
                    ignore_files.push((path.join(EXCLUDE), FileFingerprint::at(&path.join(EXCLUDE))));
                }
                for name in RULES {
                    let path = path.join(name);
                    // Where there is none, a new one changes the directory.
                    ignore_files
                        .extend(FileFingerprint::at(&path).map(|fingerprint| (path, Some(fingerprint))));
                }
                Seen::Directory(path, FileFingerprint::of(&metadata), ignore_files)
            }
            Err(error) => Self::Error(Some(entry.into_path()), FileError::Io(error)),
        }
    }
}

/// Files with ignore_files of what is ignored.
const RULES: [&str; 2] = [".gitignore", ".ignore"];
/// The same in a repository.
const EXCLUDE: &str = ".git/info/exclude";

/// The ignore_files that are in force in a directory because of what stands above it.
fn rules_above(root: &Path, ignore_files: &mut Vec<(PathBuf, Option<FileFingerprint>)>) {
    ignore_files.extend(excludes_of_user().map(|path| (path.clone(), FileFingerprint::at(&path))));
    let Ok(root) = root.canonicalize() else { return };
    for directory in root.ancestors().skip(1) {
        for name in RULES.into_iter().chain([".git", EXCLUDE]) {
            let path = directory.join(name);
            ignore_files.push((path.clone(), FileFingerprint::at(&path)));
        }
    }
}

/// The file of a user's own ignore_files, which `core.excludesFile` of their git names.
fn excludes_of_user() -> Option<PathBuf> {
    ignore::gitignore::gitconfig_excludes_path()
}

/// Whether an entry is a directory or has the name of a Python source.
fn is_of_interest(entry: &ignore::DirEntry) -> bool {
    let name = entry.file_name();
    let is_source = || [".py", ".pyi"].iter().any(|end| name.as_encoded_bytes().ends_with(end.as_bytes()));
    if entry.file_type().is_some_and(|kind| kind.is_dir()) { name != ".git" } else { is_source() }
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child.clone()),
        _ => None,
    }
}

/// Reads a whole source into `buffer`, and gives what the file was then. A file that changes meanwhile is read
/// once more.
pub fn read_file(path: &Path, buffer: &mut Vec<u8>) -> Result<FileFingerprint, FileError> {
    for _ in 0..2 {
        buffer.clear();
        let mut file = open(path)?;
        let before = file.metadata().map_err(FileError::Io)?;
        if !before.is_file() {
            return Err(FileError::NotAFile);
        }
        if before.len() > MAX_FILE {
            return Err(FileError::TooLong { bytes: before.len() });
        }
        buffer.reserve(before.len() as usize + 1);
        (&mut file).take(MAX_FILE + 1).read_to_end(buffer).map_err(FileError::Io)?;
        let after = file.metadata().map_err(FileError::Io)?;
        if FileFingerprint::of(&before) == FileFingerprint::of(&after) && buffer.len() as u64 == after.len() {
            return Ok(FileFingerprint::of(&before));
        }
    }
    Err(FileError::Changing)
}

/// Opens a file; a pipe without a writer is not waited for.
fn open(path: &Path) -> Result<File, FileError> {
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => File::open(path).map_err(FileError::Io),
        Ok(_) => Err(FileError::NotAFile),
        Err(error) => Err(FileError::Io(error)),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::path::Path;

    use super::{FileError, read_file};

    #[test]
    fn a_file_with_another_length_than_it_says_is_changing() {
        let read = read_file(Path::new("/proc/self/status"), &mut Vec::new());
        assert!(matches!(read, Err(FileError::Changing)), "{read:?}");
    }

    #[test]
    fn what_is_no_file_is_not_waited_for() {
        for path in ["/dev/zero", "/proc"] {
            let read = read_file(Path::new(path), &mut Vec::new());
            assert!(matches!(read, Err(FileError::NotAFile)), "{path}: {read:?}");
        }
    }
}
