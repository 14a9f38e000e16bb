//! The files that git says have changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::CommandError;
use crate::path_bytes::path_of_bytes;

/// The files under the paths that differ from the commit where the current branch left a reference, and those that git
/// does not know yet and does not ignore. Files that were deleted are not among them. Without paths, these are the files
/// below the current directory.
pub(crate) fn files(reference: &str, paths: &[PathBuf]) -> Result<Vec<PathBuf>, CommandError> {
    if reference.starts_with('-') {
        return Err(CommandError::new(format!("{reference}: not a reference of git")));
    }
    let here = PathBuf::from(".");
    let paths = if paths.is_empty() { std::slice::from_ref(&here) } else { paths };
    let differ = ["diff", "--name-only", "--relative", "-z", "--diff-filter=d", "--merge-base", reference];
    let new = ["ls-files", "--others", "--exclude-standard", "-z"];
    let mut files = Vec::new();
    for directory in directories(paths) {
        let inside = |path: &PathBuf| {
            paths.iter().any(|root| path.starts_with(root.strip_prefix(".").unwrap_or(root)))
        };
        for arguments in [&differ[..], &new[..]] {
            let listed = git(&directory, arguments)?;
            let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
            for name in names {
                let name = path_of_bytes(name)?;
                let path = if directory.as_os_str() == "." { name } else { directory.join(name) };
                if inside(&path) && path.is_file() {
                    files.push(path);
                }
            }
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// The directories where git is asked: those among the paths, and those of the files.
fn directories(paths: &[PathBuf]) -> Vec<PathBuf> {
    let directory = |path: &PathBuf| {
        if path.is_dir() {
            return path.clone();
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        parent.unwrap_or(Path::new(".")).to_owned()
    };
    let mut directories: Vec<PathBuf> = paths.iter().map(directory).collect();
    directories.sort();
    directories.dedup();
    directories
}

/// What a command of git prints in a directory.
fn git(directory: &Path, arguments: &[&str]) -> Result<Vec<u8>, CommandError> {
    let output = Command::new("git")
        .arg("-C")
        .arg(directory)
        // A repository could name a program that is run for this.
        .args(["-c", "core.fsmonitor=false"])
        .args(arguments)
        .output()
        .map_err(|error| CommandError::new(format!("--changed: cannot start git: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let message = String::from_utf8_lossy(&output.stderr);
    let message = message.lines().next().unwrap_or("git failed").to_owned();
    Err(CommandError::new(format!("--changed: {message}")))
}
