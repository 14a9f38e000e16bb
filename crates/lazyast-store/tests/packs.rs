//! Packs in real directories: what is written is found again, and damage is a miss.

use std::fs;
use std::path::Path;

use lazyast_format::header::Facts;
use lazyast_format::{Builder, Field, Kind};
use lazyast_store::{Directory, Key, Store, Unusable, key};

const PARSER: u32 = 7;

/// An archive for a source that says `pass` in so many lines.
fn archive(source: &[u8]) -> Vec<u8> {
    let mut builder = Builder::new();
    let lines = source.split(|byte| *byte == b'\n').count() as u32 - 1;
    let module = builder.enter(Kind::Module, Field::Root, 0, source.len() as u32, 0);
    for line in 0..lines {
        builder.leaf(Kind::Pass, Field::Body, line * 5, line * 5 + 4, 0);
        builder.line(5);
    }
    builder.leave(module);
    let facts = Facts { minimum_python: 11, ..Facts::default() };
    let len = source.len() as u32;
    builder.finish(facts, PARSER, (&key(source), len), len).expect("small").to_vec()
}

fn sources() -> Vec<Vec<u8>> {
    (1..9).map(|lines| b"pass\n".repeat(lines)).collect()
}

fn directory(root: &Path) -> Directory {
    Directory::prepare(root.join("cache"), PARSER).expect("a new directory")
}

/// A store with one pack of all sources.
fn filled(root: &Path) -> Store {
    let store = Store::open(directory(root), PARSER);
    let mut writer = store.writer().expect("the directory can be written");
    for source in sources() {
        writer.add(&key(&source), &archive(&source)).expect("there is room");
    }
    store.publish(writer).expect("there is room");
    store
}

fn pack_file(store: &Store) -> std::path::PathBuf {
    let mut files = fs::read_dir(store.directory().packs()).expect("it exists");
    files.next().expect("one pack").expect("readable").path()
}

#[test]
fn what_is_written_is_found() {
    let root = tempfile::tempdir().expect("a directory");
    let store = filled(root.path());
    let reopened = Store::open(directory(root.path()), PARSER);
    for store in [&store, &reopened] {
        for source in sources() {
            let entry = store.get(&key(&source)).expect("it was written");
            assert_eq!(entry.as_ref(), archive(&source));
            assert_eq!(entry.as_ref().as_ptr().align_offset(16), 0, "archives are aligned in the map");
        }
        assert!(store.get(&key(b"never written")).is_none());
    }
    let stats = reopened.stats();
    assert_eq!((stats.packs, stats.archives, stats.damaged), (1, sources().len(), 0));
}

#[test]
fn an_archive_of_another_parser_is_a_miss() {
    let root = tempfile::tempdir().expect("a directory");
    filled(root.path());
    let store = Store::open(directory(root.path()), PARSER + 1);
    assert!(sources().iter().all(|source| store.get(&key(source)).is_none()));
}

#[test]
fn no_flipped_byte_gives_another_archive() {
    let root = tempfile::tempdir().expect("a directory");
    let path = pack_file(&filled(root.path()));
    let whole = fs::read(&path).expect("readable");
    let expected: Vec<(Key, Vec<u8>)> =
        sources().iter().map(|source| (key(source), archive(source))).collect();
    let mut misses = 0;
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x41;
        // A new file each time: a published one is never written again.
        let other = path.with_file_name(format!("damaged-{at}.pack"));
        fs::write(&other, &damaged).expect("there is room");
        fs::remove_file(if at == 0 {
            path.clone()
        } else {
            path.with_file_name(format!("damaged-{}.pack", at - 1))
        })
        .expect("it was there");
        let store = Store::open(directory(root.path()), PARSER);
        for (key, archive) in &expected {
            match store.get(key) {
                Some(entry) => assert_eq!(entry.as_ref(), archive, "byte {at}"),
                None => misses += 1,
            }
        }
    }
    assert!(misses > whole.len(), "most flips are noticed: {misses} misses, {} bytes", whole.len());
}

#[test]
fn a_cut_pack_is_no_pack() {
    let root = tempfile::tempdir().expect("a directory");
    let path = pack_file(&filled(root.path()));
    let whole = fs::read(&path).expect("readable");
    fs::remove_file(&path).expect("it was there");
    for len in 0..whole.len() {
        let other = path.with_file_name(format!("cut-{len}.pack"));
        fs::write(&other, &whole[..len]).expect("there is room");
        let stats = Store::open(directory(root.path()), PARSER).stats();
        assert_eq!((stats.packs, stats.damaged), (0, 1), "cut at {len}");
        fs::remove_file(&other).expect("it was there");
    }
}

#[test]
fn many_writers_lose_nothing() {
    let root = tempfile::tempdir().expect("a directory");
    let directory = directory(root.path());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let store = Store::open(directory.clone(), PARSER);
                for source in sources() {
                    let mut writer = store.writer().expect("the directory can be written");
                    writer.add(&key(&source), &archive(&source)).expect("there is room");
                    store.publish(writer).expect("there is room");
                }
            });
        }
    });
    let store = Store::open(directory, PARSER);
    assert!(sources().iter().all(|source| store.get(&key(source)).is_some()));
    assert_eq!(store.stats().packs, 8 * sources().len());
}

#[test]
fn a_pack_that_is_not_published_leaves_nothing() {
    let root = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory(root.path()), PARSER);
    let mut writer = store.writer().expect("the directory can be written");
    writer.add(&key(b"pass\n"), &archive(b"pass\n")).expect("there is room");
    drop(writer);
    assert_eq!(fs::read_dir(store.directory().packs()).expect("it exists").count(), 0);
}

#[cfg(unix)]
#[test]
fn a_directory_that_others_can_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().expect("a directory");
    let path = directory(root.path()).root().to_owned();
    assert_eq!(fs::metadata(&path).expect("it exists").permissions().mode() & 0o777, 0o700);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).expect("it is ours");
    let refused = Directory::prepare(path, PARSER);
    assert!(matches!(refused, Err(Unusable::Mode { found: 0o777, .. })), "{refused:?}");
}

#[test]
fn a_directory_that_cannot_be_made_is_said() {
    let root = tempfile::tempdir().expect("a directory");
    let file = root.path().join("file");
    fs::write(&file, "").expect("there is room");
    let refused = Directory::prepare(file.join("cache"), PARSER);
    assert!(matches!(refused, Err(Unusable::Io { .. })), "{refused:?}");
}
