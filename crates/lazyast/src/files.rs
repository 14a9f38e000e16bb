//! Finding and reading sources.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use ignore::{WalkBuilder, WalkState};
use lazyast_store::freshness::Folder;
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
    /// What was listed to find these sources, as [`Freshness`] has it.
    pub(crate) folders: Vec<(PathBuf, Stamp)>,
    /// What kept others from being found, as [`Freshness`] has it.
    pub(crate) rules: Vec<(PathBuf, Option<Stamp>)>,
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

/// The Python sources under the given paths, in the order of their names, and what could not be looked
/// at. Ignore files count, as for git; a file that is named itself is always taken.
pub fn find_files(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<(PathBuf, FileError)>) {
    let look = find(paths);
    (look.files.into_iter().map(|found| found.path).collect(), look.errors)
}

/// Which stamps files are given whose directories did not change.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stamps {
    /// Those that they had: they are read anyway.
    Before,
    /// Those that they have.
    Now,
}

/// A thread that looks at fewer files than this is not worth it.
const SHARE: usize = 400;

/// Looks for the sources under the given paths. Directories that did not change are not listed.
pub(crate) fn look(paths: &[PathBuf], known: Option<&Freshness>, stamps: Stamps, jobs: usize) -> Look {
    known.and_then(|known| look_again(paths, known, stamps, jobs)).unwrap_or_else(|| find(paths))
}

/// Lists only the directories that have changed, or gives up where rules have.
fn look_again(paths: &[PathBuf], known: &Freshness, stamps: Stamps, jobs: usize) -> Option<Look> {
    let global = excludes_of_user();
    let is_known_rule = |path: &Path| known.rules.iter().any(|(rule, _)| rule == path);
    if known.folders.is_empty() || !global.is_none_or(|path| is_known_rule(&path)) || !known.has_same_rules()
    {
        return None;
    }
    let is_known_folder =
        |path: &Path| known.folders.binary_search_by(|(folder, _)| folder.as_path().cmp(path)).is_ok();
    let mut look = Look { rules: known.rules.clone(), ..Look::default() };
    let mut changed: Vec<&Path> = Vec::new();
    let stamps_now = in_parallel(&known.folders, jobs, |folders| {
        folders.iter().map(|(path, _)| Stamp::at(path)).collect()
    });
    for ((path, then), now) in known.folders.iter().zip(stamps_now) {
        match now {
            Some(now) if known.is_same(then, &now) => look.folders.push((path.clone(), now)),
            _ => {
                changed.push(path);
                let has_new_rules =
                    |name: &&str| !is_known_rule(&path.join(name)) && path.join(name).exists();
                if RULES.iter().chain(&[".git"]).any(has_new_rules) {
                    return None;
                }
                if path.is_dir() {
                    list_anew(path, &is_known_folder, &mut look);
                } else if paths.contains(path) {
                    // Who named it wants to know.
                    return None;
                }
            }
        }
    }
    let is_changed = |file: &KnownFile| changed.binary_search(&parent(file)).is_ok();
    let files: Vec<&KnownFile> = known.files.iter().filter(|file| !is_changed(file)).collect();
    look.files.extend(match stamps {
        Stamps::Before => {
            files.iter().map(|file| Found { path: file.path.clone(), stamp: file.stamp }).collect()
        }
        Stamps::Now => find_again(&files, jobs)?,
    });
    if !changed.is_empty() {
        look.listed = true;
        // Files that were named stand for themselves.
        for path in paths.iter().filter(|path| !is_known_folder(path)) {
            look.files.push(Found { stamp: Stamp::at(path)?, path: path.clone() });
        }
        look.sort();
    }
    look.errors.is_empty().then_some(look)
}

/// The directory of a file.
fn parent(file: &KnownFile) -> &Path {
    file.path.parent().unwrap_or(Path::new(""))
}

/// Looks at files that are there, or gives up if one is not.
fn find_again(files: &[&KnownFile], jobs: usize) -> Option<Vec<Found>> {
    let found = in_parallel(files, jobs, |files| {
        let mut folder = Folder::new(Path::new(""));
        let find = |file: &&KnownFile| {
            if parent(file) != folder.path() {
                folder = Folder::new(parent(file));
            }
            Some(Found { path: file.path.clone(), stamp: folder.stamp(file.path.file_name()?)? })
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
fn list_anew(folder: &Path, is_known: &dyn Fn(&Path) -> bool, look: &mut Look) {
    for entry in walk(folder).max_depth(Some(1)).build() {
        let is_new_folder = |entry: &ignore::DirEntry| {
            entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir())
        };
        match entry {
            Ok(entry) if is_new_folder(&entry) => {
                if !is_known(entry.path()) {
                    list(entry.path(), look);
                }
            }
            entry => look.add(folder, Seen::new(entry)),
        }
    }
}

fn find(paths: &[PathBuf]) -> Look {
    let mut look = Look { listed: true, ..Look::default() };
    for path in paths {
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => {
                rules_above(path, &mut look.rules);
                list(path, &mut look);
            }
            Ok(metadata) => look.files.push(Found { path: path.clone(), stamp: Stamp::of(&metadata) }),
            Err(error) => look.errors.push((path.clone(), FileError::Io(error))),
        }
    }
    look.sort();
    if !look.errors.is_empty() {
        // What could not be looked at may be there next time.
        look.folders.clear();
    }
    look
}

impl Look {
    fn sort(&mut self) {
        // Mostly a few sorted runs, which this sort merges.
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
        self.files.dedup_by(|one, other| one.path == other.path);
        self.folders.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        self.folders.dedup_by(|one, other| one.0 == other.0);
        self.rules.sort_by(|one, other| one.0.cmp(&other.0));
        self.rules.dedup_by(|one, other| one.0 == other.0);
    }

    fn add(&mut self, root: &Path, seen: Seen) {
        match seen {
            Seen::File(found) => self.files.push(found),
            Seen::Folder(path, stamp, rules) => {
                self.folders.push((path, stamp));
                self.rules.extend(rules);
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
    /// A directory, before it is listed, and its files with rules.
    Folder(PathBuf, Stamp, Vec<(PathBuf, Option<Stamp>)>),
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
                let mut rules = Vec::new();
                if path.join(".git").exists() {
                    rules.push((path.join(".git"), Some(Stamp::default())));
                    rules.push((path.join(EXCLUDE), Stamp::at(&path.join(EXCLUDE))));
                }
                for name in RULES {
                    let path = path.join(name);
                    // Where there is none, a new one changes the directory.
                    rules.extend(Stamp::at(&path).map(|stamp| (path, Some(stamp))));
                }
                Self::Folder(path, Stamp::of(&metadata), rules)
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
fn rules_above(root: &Path, rules: &mut Vec<(PathBuf, Option<Stamp>)>) {
    rules.extend(excludes_of_user().map(|path| (path.clone(), Stamp::at(&path))));
    let Ok(root) = root.canonicalize() else { return };
    for folder in root.ancestors().skip(1) {
        for name in RULES.into_iter().chain([".git", EXCLUDE]) {
            let path = folder.join(name);
            rules.push((path.clone(), Stamp::at(&path)));
        }
    }
}

/// The file of a user's own rules, which `core.excludesFile` of their git names.
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
