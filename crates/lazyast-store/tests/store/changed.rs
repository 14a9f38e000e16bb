//! Packs that are changed in place while a reader has them open. Nobody may do that, and it must not harm: each archive is
//! intact or missing, and what was read stays as it is. A mapped pack would end the process.

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use lazyast_format::layout::ROOT_LEN;
use lazyast_store::{SourceKey, Underlay, source_key};

use crate::support::{PARSER, archive, filled, pack_file, sources};

/// Changes a file in place, as another process can do.
type Change = fn(&Path);

fn truncate(path: &Path) {
    OpenOptions::new().write(true).open(path).expect("the file exists").set_len(100).expect("it is a file");
}

fn empty(path: &Path) {
    OpenOptions::new().write(true).open(path).expect("the file exists").set_len(0).expect("it is a file");
}

fn overwrite(path: &Path) {
    let len = fs::metadata(path).expect("the file exists").len();
    let mut file = OpenOptions::new().write(true).open(path).expect("the file exists");
    file.write_all(&vec![0xff; len as usize]).expect("there is room");
}

/// Overwrites the end of each archive, which is its root.
fn overwrite_roots(path: &Path) {
    let mut file = OpenOptions::new().write(true).open(path).expect("the file exists");
    let mut end = 16_usize;
    for source in sources() {
        end = end.next_multiple_of(16) + archive(&source).len();
        file.seek(SeekFrom::Start((end - ROOT_LEN) as u64)).expect("it is a file");
        file.write_all(&[0x7f; ROOT_LEN]).expect("there is room");
    }
}

const CHANGES: [(&str, Change); 4] = [
    ("truncate", truncate),
    ("empty", empty),
    ("overwrite", overwrite),
    ("overwrite the roots", overwrite_roots),
];

fn keys() -> Vec<SourceKey> {
    sources().iter().map(|source| source_key(source)).collect()
}

#[test]
fn a_pack_that_changes_in_place_gives_misses() {
    for (what, change) in CHANGES {
        let root = tempfile::tempdir().expect("a directory");
        let store = filled(root.path());
        let read: Vec<_> = keys().iter().map(|key| store.get(key).expect("it is published")).collect();
        let located: Vec<_> = keys().iter().map(|key| store.locate(key).expect("it is published")).collect();
        change(&pack_file(&store));
        for (entry, source) in read.iter().zip(sources()) {
            assert_eq!(entry.as_ref(), archive(&source), "{what}: an archive that was read has changed");
        }
        assert!(located.iter().all(|location| location.open(PARSER).is_none()), "{what}");
        assert!(keys().iter().all(|key| store.get(key).is_none()), "{what}");
        assert!(store.write_identifier_indexes().is_ok(), "{what}");
        assert!(store.verify()[0].problem_count > 0, "{what}");
    }
}

#[test]
fn an_underlay_that_changes_in_place_gives_misses() {
    for (what, change) in CHANGES {
        let root = tempfile::tempdir().expect("a directory");
        let path = pack_file(&filled(root.path()));
        let (underlay, errors) = Underlay::open(&[root.path().join("cache")], PARSER);
        assert!(errors.is_empty(), "{errors:?}");
        let read: Vec<_> = keys().iter().map(|key| underlay.get(key).expect("it is published")).collect();
        change(&path);
        for (entry, source) in read.iter().zip(sources()) {
            assert_eq!(entry.as_ref(), archive(&source), "{what}: an archive that was read has changed");
        }
        assert!(keys().iter().all(|key| underlay.get(key).is_none()), "{what}");
    }
}
