//! The tests of the format: vectors, damaged archives, and FORMAT.md.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

/// A reader of damaged bytes never panics or hangs, and `verify` finds the damage.
mod corruption;
/// FORMAT.md agrees with the code.
mod document;
/// The archives in `format-spec/vectors`.
mod vectors;

use std::fs;
use std::path::{Path, PathBuf};

use lazyast_format::layout::Buffer;

/// A directory of vectors.
fn directory(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../format-spec/vectors/v2").join(part)
}

/// The archives in a directory, sorted by name.
fn archives(part: &str) -> Vec<(String, Buffer)> {
    let mut archives = Vec::new();
    for entry in fs::read_dir(directory(part)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "lazyast") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            archives.push((name, aligned(&fs::read(&path).unwrap())));
        }
    }
    archives.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert!(!archives.is_empty(), "there are no vectors in {part}");
    archives
}

/// A copy of the bytes that is aligned for an archive.
fn aligned(bytes: &[u8]) -> Buffer {
    let mut buffer = Buffer::new();
    buffer.extend_from_slice(bytes);
    buffer
}
