//! Archives, packs and directories for tests.

use std::fs;
use std::path::{Path, PathBuf};

use lazyast_format::encoding::Payload;
use lazyast_format::layout::SourceFacts;
use lazyast_format::{Builder, Field, Kind};
use lazyast_store::{CacheDirectory, Store, source_key};

pub(crate) const PARSER: u32 = 7;

/// The archive of a source that consists of lines with `pass`.
pub(crate) fn archive(source: &[u8]) -> Vec<u8> {
    let mut builder = Builder::new();
    let lines = source.split(|byte| *byte == b'\n').count() as u32 - 1;
    let module = builder.enter(Kind::Module, Field::Root, 0, source.len() as u32, Payload::None);
    for line in 0..lines {
        builder.leaf(Kind::Pass, Field::Body, line * 5, line * 5 + 4, Payload::None);
    }
    let ends: Vec<u32> = (1..=lines).map(|line| line * 5).collect();
    builder.lines(&ends);
    builder.leave(module);
    let facts = SourceFacts { minimum_python: 11, ..SourceFacts::default() };
    let len = source.len() as u32;
    builder.finish(facts, PARSER, (&source_key(source), len), len).expect("the archive is small").to_vec()
}

pub(crate) fn sources() -> Vec<Vec<u8>> {
    (1..9).map(|lines| b"pass\n".repeat(lines)).collect()
}

/// A different source for each number.
pub(crate) fn numbered(number: usize) -> Vec<u8> {
    b"pass\n".repeat(number + 10)
}

pub(crate) fn directory(root: &Path) -> CacheDirectory {
    CacheDirectory::prepare(root.join("cache"), PARSER).expect("a new directory")
}

pub(crate) fn open(root: &Path) -> Store {
    Store::open(directory(root), PARSER)
}

/// A store with one pack of all sources.
pub(crate) fn filled(root: &Path) -> Store {
    let store = open(root);
    publish(&store, &sources());
    store
}

/// Publishes a pack.
pub(crate) fn publish(store: &Store, sources: &[Vec<u8>]) {
    let mut writer = store.writer().expect("the directory is writable");
    for source in sources {
        writer.add(&source_key(source), &archive(source)).expect("the directory is writable");
    }
    store.publish(writer).expect("the directory is writable");
}

/// Publishes a pack of archives that were built `minutes` minutes ago.
pub(crate) fn publish_old(store: &Store, sources: &[Vec<u8>], minutes: i64) {
    let now = lazyast_store::now_in_nanoseconds() / 60_000_000_000;
    let mut writer = store.writer().expect("the directory is writable");
    for source in sources {
        let built = u32::try_from(now - minutes).expect("it is after 1970");
        writer.add_built_at(&source_key(source), &archive(source), built).expect("the directory is writable");
    }
    store.publish(writer).expect("the directory is writable");
}

/// The only pack of a store.
pub(crate) fn pack_file(store: &Store) -> PathBuf {
    let mut files = fs::read_dir(store.directory().packs()).expect("the file exists");
    files.next().expect("one pack").expect("the file exists").path()
}

/// The names in a directory, sorted.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("the file exists");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("the file exists").file_name();
    let mut names: Vec<_> = entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
