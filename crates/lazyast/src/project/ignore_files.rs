//! Which files exclude sources, as git has it: `.gitignore`, `.ignore`, `.git/info/exclude`, and the user's own file. Also
//! the files that decide whether a directory is passed over.
//!
//! The walk itself applies them. This module lists them, so that a change of any of them is noticed.

use std::path::{Path, PathBuf};

use lazyast_store::FileFingerprint;

use super::selection;

/// An ignore file with its fingerprint; `None` if the file does not exist.
pub(crate) type IgnoreFile = (PathBuf, Option<FileFingerprint>);

/// The names of ignore files in any directory.
const NAMES: [&str; 2] = [".gitignore", ".ignore"];
/// The directory of a repository. Whether it exists decides whether `.gitignore` files apply.
const REPOSITORY: &str = ".git";
/// The ignore file in a repository's own directory.
const EXCLUDE: &str = ".git/info/exclude";

/// The ignore files of a directory.
pub(crate) fn in_directory(directory: &Path) -> Vec<IgnoreFile> {
    let mut files = Vec::new();
    if directory.join(REPOSITORY).exists() {
        files.push((directory.join(REPOSITORY), Some(FileFingerprint::default())));
        files.push(with_fingerprint(directory.join(EXCLUDE)));
    }
    // Missing ones are not listed: creating one changes the directory, which is then listed again.
    files.extend(NAMES.map(|name| with_fingerprint(directory.join(name))).into_iter().filter(exists));
    // These are listed also where they are missing: creating one changes a directory that is not listed.
    files.extend(selection::deciding_files(directory).map(with_fingerprint));
    files
}

/// The ignore files outside of a directory that apply in it: those of its ancestors and the user's.
pub(crate) fn above(directory: &Path) -> Vec<IgnoreFile> {
    let mut files: Vec<IgnoreFile> = of_user().map(with_fingerprint).into_iter().collect();
    let Ok(directory) = directory.canonicalize() else { return files };
    for ancestor in directory.ancestors().skip(1) {
        for name in NAMES.into_iter().chain([REPOSITORY, EXCLUDE]) {
            files.push(with_fingerprint(ancestor.join(name)));
        }
    }
    files
}

/// The user's own ignore file, which `core.excludesFile` of their git configuration names.
pub(crate) fn of_user() -> Option<PathBuf> {
    ignore::gitignore::gitconfig_excludes_path()
}

/// Whether a directory has an ignore file, or a repository, that is not among the known ones.
pub(crate) fn has_new(directory: &Path, is_known: impl Fn(&Path) -> bool) -> bool {
    NAMES.iter().chain(&[REPOSITORY]).any(|name| {
        let path = directory.join(name);
        !is_known(&path) && path.exists()
    })
}

fn with_fingerprint(path: PathBuf) -> IgnoreFile {
    let fingerprint = FileFingerprint::at(&path);
    (path, fingerprint)
}

fn exists(file: &IgnoreFile) -> bool {
    file.1.is_some()
}
