//! Finding and reading sources.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use ignore::types::TypesBuilder;
use ignore::{WalkBuilder, WalkState};
use lazyast_store::{Freshness, KnownFile, Stamp};

/// Longest file that is read, in bytes. The parser takes no longer source.
pub const MAX_FILE: u64 = 512 * 1024 * 1024;

/// A source that was found, with what the directory says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) stamp: Stamp,
}

/// What a look at some paths has found.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// The sources, in the order of their paths.
    pub(crate) files: Vec<Found>,
    /// What could not be looked at.
    pub(crate) errors: Vec<(PathBuf, FileError)>,
    /// What decided that these are the sources, as [`Freshness`] has it.
    pub(crate) places: Vec<(PathBuf, Option<Stamp>)>,
    /// Whether directories were listed, and not only compared with what is known.
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

/// The Python sources under the given paths, in the order of their names, and what could not be looked
/// at. Ignore files count, as for git; a file that is named itself is always taken.
pub fn find_files(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<(PathBuf, FileError)>) {
    let look = find(paths);
    (look.files.into_iter().map(|found| found.path).collect(), look.errors)
}

/// Looks for the sources under the given paths. Where the directories are as they were, the sources are those
/// that are known.
pub(crate) fn look(paths: &[PathBuf], known: Option<&Freshness>) -> Look {
    known.and_then(look_again).unwrap_or_else(|| find(paths))
}

fn look_again(known: &Freshness) -> Option<Look> {
    let global = excludes_of_user();
    let same_rules = known.places.iter().any(|(path, _)| Some(path) == global.as_ref()) || global.is_none();
    if !same_rules || !known.lists_the_same() {
        return None;
    }
    let file = |file: &KnownFile| Some(Found { stamp: Stamp::at(&file.path)?, path: file.path.clone() });
    let files = known.files.iter().map(file).collect::<Option<Vec<_>>>()?;
    Some(Look { files, places: known.places.clone(), ..Look::default() })
}

fn find(paths: &[PathBuf]) -> Look {
    let mut look = Look { listed: true, ..Look::default() };
    for path in paths {
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => list(path, &mut look),
            Ok(metadata) => look.files.push(Found { path: path.clone(), stamp: Stamp::of(&metadata) }),
            Err(error) => look.errors.push((path.clone(), FileError::Io(error))),
        }
    }
    look.files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    look.files.dedup_by(|one, other| one.path == other.path);
    if !look.errors.is_empty() {
        // What could not be looked at may be there next time.
        look.places.clear();
    }
    look
}

/// Adds the sources under a directory.
fn list(root: &Path, look: &mut Look) {
    let mut types = TypesBuilder::new();
    let types = types.add("python", "*.py").and_then(|()| types.add("python", "*.pyi")).and_then(|()| {
        types.select("python");
        types.build()
    });
    let types = types.expect("the patterns are constant");
    rules_above(root, &mut look.places);
    let (send, receive) = mpsc::channel();
    WalkBuilder::new(root).types(types).hidden(false).filter_entry(not_git).build_parallel().run(|| {
        let send = send.clone();
        Box::new(move |entry| {
            // The receiver lives until all is sent.
            let _ = send.send(Seen::new(entry));
            WalkState::Continue
        })
    });
    drop(send);
    for seen in receive {
        match seen {
            Seen::File(found) => look.files.push(found),
            Seen::Folder(places) => look.places.extend(places),
            Seen::Error(path, error) => look.errors.push((path.unwrap_or_else(|| root.to_owned()), error)),
        }
    }
}

/// What a walk comes across.
enum Seen {
    File(Found),
    /// A directory, before it is listed, and its files with rules.
    Folder(Vec<(PathBuf, Option<Stamp>)>),
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
                Self::File(Found { path: entry.into_path(), stamp: Stamp::of(&metadata) })
            }
            Ok(metadata) => {
                let path = entry.into_path();
                let mut places = vec![(path.clone(), Some(Stamp::of(&metadata)))];
                if path.join(".git").exists() {
                    places.push((path.join(EXCLUDE), Stamp::at(&path.join(EXCLUDE))));
                }
                for name in RULES {
                    let path = path.join(name);
                    // Where there is none, a new one changes the directory.
                    places.extend(Stamp::at(&path).map(|stamp| (path, Some(stamp))));
                }
                Self::Folder(places)
            }
            Err(error) => Self::Error(Some(entry.into_path()), FileError::Io(error)),
        }
    }
}

/// Files with rules of what is ignored.
const RULES: [&str; 2] = [".gitignore", ".ignore"];
/// The same in a repository.
const EXCLUDE: &str = ".git/info/exclude";

/// The rules that are in force in a directory because of what stands above it.
fn rules_above(root: &Path, places: &mut Vec<(PathBuf, Option<Stamp>)>) {
    places.extend(excludes_of_user().map(|path| (path.clone(), Stamp::at(&path))));
    let Ok(root) = root.canonicalize() else { return };
    for folder in root.ancestors().skip(1) {
        for name in RULES.into_iter().chain([".git", EXCLUDE]) {
            let path = folder.join(name);
            places.push((path.clone(), Stamp::at(&path)));
        }
    }
}

/// The file of a user's own rules, which `core.excludesFile` of their git names.
fn excludes_of_user() -> Option<PathBuf> {
    ignore::gitignore::gitconfig_excludes_path()
}

fn not_git(entry: &ignore::DirEntry) -> bool {
    entry.file_name() != ".git"
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
pub fn read_file(path: &Path, buffer: &mut Vec<u8>) -> Result<Stamp, FileError> {
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
        if Stamp::of(&before) == Stamp::of(&after) && buffer.len() as u64 == after.len() {
            return Ok(Stamp::of(&before));
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
