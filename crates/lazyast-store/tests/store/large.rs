//! Packs with so many archives that single ones are looked up without the index.

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};

use lazyast_store::{SourceKey, Store, source_key};

use crate::support::{archive, numbered, open, pack_file};

/// More than those of a pack whose index is read at once, and than those that are looked up before it is read.
const COUNT: u32 = 700;
/// The bytes of the footer and of an entry of the index.
const FOOTER: u64 = 40;
const ENTRY: u64 = 48;

fn key(number: u32) -> SourceKey {
    source_key(&number.to_le_bytes())
}

/// A store with one pack of many archives. One of them is intact.
fn filled(root: &std::path::Path) -> Store {
    let store = open(root);
    let mut writer = store.writer().expect("the directory is writable");
    for number in 1..COUNT {
        writer.add(&key(number), &[0; 32]).expect("the directory is writable");
    }
    writer.add(&source_key(&numbered(0)), &archive(&numbered(0))).expect("the directory is writable");
    store.publish(writer).expect("the directory is writable");
    store
}

/// Damages the entry with the smallest key.
fn damage_index(store: &Store) {
    let path = pack_file(store);
    let first = fs::metadata(&path).expect("it is published").len() - FOOTER - u64::from(COUNT) * ENTRY;
    let mut file = OpenOptions::new().write(true).open(path).expect("the file exists");
    file.seek(SeekFrom::Start(first + 40)).expect("it is a file");
    file.write_all(&[0xff; 4]).expect("there is room");
}

#[test]
fn every_archive_is_located_with_and_without_the_index() {
    let root = tempfile::tempdir().expect("a directory");
    drop(filled(root.path()));
    let store = open(root.path());
    for number in 1..2 * COUNT {
        assert_eq!(store.locate(&key(number)).is_some(), number < COUNT, "{number}");
    }
    let intact = source_key(&numbered(0));
    let with_index = store.locate(&intact).expect("it is published");
    let without = open(root.path()).locate(&intact).expect("it is published");
    assert_eq!(
        (with_index.position(), with_index.archive_len()),
        (without.position(), without.archive_len())
    );
    assert!(store.get(&intact).is_some() && open(root.path()).get(&intact).is_some());
}

#[test]
fn a_damaged_index_has_no_entries_and_no_identifiers() {
    let root = tempfile::tempdir().expect("a directory");
    damage_index(&filled(root.path()));
    let store = open(root.path());
    // Single lookups do not compare the checksum of the index.
    let located = store.locate(&source_key(&numbered(0))).expect("its entry is intact");
    assert!(store.write_identifier_indexes().is_err());
    assert!(located.identifier_index().is_none());
    assert!((1..COUNT).all(|number| store.locate(&key(number)).is_none()));
    assert_eq!(store.stats().damaged, 1);
    assert!(store.verify()[0].problem_count > 0);
}
