//! Listing directories with the rules of ignore files.

use std::path::{Path, PathBuf};
use std::sync::mpsc;

use ignore::{DirEntry, WalkBuilder, WalkState};
use lazyast_store::FileFingerprint;

use super::discovery::{DiscoveredFile, Discovery};
use super::ignore_files::{self, IgnoreFile};
use super::selection::FileSelection;
use super::source_file::FileError;

/// Adds the sources anywhere under a directory.
pub(crate) fn add_tree(root: &Path, selection: &FileSelection, discovery: &mut Discovery) {
    let (send, receive) = mpsc::channel();
    walk(root, selection).build_parallel().run(|| {
        let send = send.clone();
        Box::new(move |entry| {
            // Sending cannot fail: the receiver outlives the walk.
            let _ = send.send(WalkedEntry::new(entry));
            WalkState::Continue
        })
    });
    drop(send);
    for entry in receive {
        add(root, entry, discovery);
    }
}

/// Adds the sources directly in a directory, and those anywhere under its new subdirectories.
pub(crate) fn add_directory(
    directory: &Path,
    selection: &FileSelection,
    is_known: impl Fn(&Path) -> bool,
    discovery: &mut Discovery,
) {
    let is_subdirectory =
        |entry: &DirEntry| entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir());
    for entry in walk(directory, selection).max_depth(Some(1)).build() {
        match entry {
            Ok(entry) if is_subdirectory(&entry) => {
                if !is_known(entry.path()) {
                    add_tree(entry.path(), selection, discovery);
                }
            }
            entry => add(directory, WalkedEntry::new(entry), discovery),
        }
    }
}

impl FileSelection {
    /// Whether a file would be found below a directory, as the options and ignore files say. Only the directories between
    /// the two are listed.
    pub fn finds(&self, root: &Path, file: &Path) -> bool {
        let target = file.to_owned();
        let walk = walk_where(root, self, move |path| target.starts_with(path));
        walk.build().flatten().any(|entry| entry.path() == file)
    }
}

fn walk(root: &Path, selection: &FileSelection) -> WalkBuilder {
    walk_where(root, selection, |_| true)
}

/// A walk that passes over further paths.
fn walk_where(
    root: &Path,
    selection: &FileSelection,
    is_wanted: impl Fn(&Path) -> bool + Send + Sync + 'static,
) -> WalkBuilder {
    let mut walk = WalkBuilder::new(root);
    selection.configure(&mut walk);
    let selection = selection.clone();
    walk.filter_entry(move |entry| {
        // The root is taken whatever its name is.
        let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
        let is_selected =
            || if is_directory { selection.enters(entry.path()) } else { selection.takes(entry.path()) };
        entry.depth() == 0 || is_wanted(entry.path()) && is_selected()
    });
    walk
}

/// An entry of a walk, as a thread of the walk sends it.
enum WalkedEntry {
    File(DiscoveredFile),
    /// A directory with its fingerprint before it is listed, and its ignore files.
    Directory(PathBuf, FileFingerprint, Vec<IgnoreFile>),
    Error(Option<PathBuf>, FileError),
}

impl WalkedEntry {
    fn new(entry: Result<DirEntry, ignore::Error>) -> Self {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Self::Error(path_of(&error), FileError::Walk(error)),
        };
        match entry.path().metadata() {
            Ok(metadata) if metadata.is_dir() => {
                let ignore_files = ignore_files::in_directory(entry.path());
                Self::Directory(entry.into_path(), FileFingerprint::of(&metadata), ignore_files)
            }
            Ok(metadata) => {
                let fingerprint = FileFingerprint::of(&metadata);
                Self::File(DiscoveredFile { path: entry.into_path(), fingerprint })
            }
            Err(error) => Self::Error(Some(entry.into_path()), FileError::Io(error)),
        }
    }
}

fn add(root: &Path, entry: WalkedEntry, discovery: &mut Discovery) {
    match entry {
        WalkedEntry::File(file) => discovery.files.push(file),
        WalkedEntry::Directory(path, fingerprint, ignore_files) => {
            discovery.directories.push((path, fingerprint));
            discovery.ignore_files.extend(ignore_files);
        }
        WalkedEntry::Error(path, error) => {
            discovery.errors.push((path.unwrap_or_else(|| root.to_owned()), error))
        }
    }
}

/// The path that an error of the walk is about.
fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child.clone()),
        _ => None,
    }
}
