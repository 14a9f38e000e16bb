//! The format's tests: vectors, corruption, the document.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

/// Damaged bytes never panic or hang, and are always noticed.
mod corruption;
/// FORMAT.md says what the code does.
mod document;
/// The archives under `format-spec/vectors`.
mod vectors;

use std::fs;
use std::path::{Path, PathBuf};

use lazyast_format::layout::Buffer;

/// A folder of vectors.
fn folder(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../format-spec/vectors/v1").join(part)
}

/// The archives in a folder, sorted by name.
fn archives(part: &str) -> Vec<(String, Buffer)> {
    let mut archives = Vec::new();
    for entry in fs::read_dir(folder(part)).unwrap() {
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

/// Bytes at an address that archives may have.
fn aligned(bytes: &[u8]) -> Buffer {
    let mut buffer = Buffer::new();
    buffer.extend_from_slice(bytes);
    buffer
}
