//! Packs in real directories: what is written is found again, and damage is a miss.

use std::fs;

use lazyast_store::{CacheDirectory, CacheDirectoryError, GcPolicy, SourceKey, Store, source_key};

use crate::made::{PARSER, archive, directory, filled, names, numbered, open, pack_file, publish, sources};

#[test]
fn what_is_written_is_found() {
    let root = tempfile::tempdir().expect("a directory");
    let store = filled(root.path());
    let reopened = Store::open(directory(root.path()), PARSER);
    for store in [&store, &reopened] {
        for source in sources() {
            let entry = store.get(&source_key(&source)).expect("it was written");
            assert_eq!(entry.as_ref(), archive(&source));
            assert_eq!(entry.as_ref().as_ptr().align_offset(16), 0, "archives are aligned in the map");
        }
        assert!(store.get(&source_key(b"never written")).is_none());
    }
    let stats = reopened.stats();
    assert_eq!((stats.packs, stats.archives, stats.damaged), (1, sources().len(), 0));
}

#[test]
fn an_archive_of_another_parser_is_a_miss() {
    let root = tempfile::tempdir().expect("a directory");
    filled(root.path());
    let store = Store::open(directory(root.path()), PARSER + 1);
    assert!(sources().iter().all(|source| store.get(&source_key(source)).is_none()));
}

#[test]
fn no_flipped_byte_gives_another_archive() {
    let root = tempfile::tempdir().expect("a directory");
    let path = pack_file(&filled(root.path()));
    let whole = fs::read(&path).expect("readable");
    let expected: Vec<(SourceKey, Vec<u8>)> =
        sources().iter().map(|source| (source_key(source), archive(source))).collect();
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
                    writer.add(&source_key(&source), &archive(&source)).expect("there is room");
                    store.publish(writer).expect("there is room");
                }
            });
        }
    });
    let store = Store::open(directory, PARSER);
    assert!(sources().iter().all(|source| store.get(&source_key(source)).is_some()));
    let stats = store.stats();
    assert!(stats.packs < 8 * sources().len(), "they were put together: {stats:?}");
    assert_eq!(stats.damaged, 0);
}

#[test]
fn a_pack_that_is_not_published_leaves_nothing() {
    let root = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory(root.path()), PARSER);
    let mut writer = store.writer().expect("the directory can be written");
    writer.add(&source_key(b"pass\n"), &archive(b"pass\n")).expect("there is room");
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
    let refused = CacheDirectory::prepare(path, PARSER);
    assert!(
        matches!(refused, Err(CacheDirectoryError::WritableByOthers { found: 0o777, .. })),
        "{refused:?}"
    );
}

#[test]
fn a_directory_that_cannot_be_made_is_said() {
    let root = tempfile::tempdir().expect("a directory");
    let file = root.path().join("file");
    fs::write(&file, "").expect("there is room");
    let refused = CacheDirectory::prepare(file.join("cache"), PARSER);
    assert!(matches!(refused, Err(CacheDirectoryError::Io { .. })), "{refused:?}");
}

#[test]
fn many_small_packs_become_one() {
    let root = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory(root.path()), PARSER);
    let large: Vec<_> = (1000..1100).map(numbered).collect();
    publish(&store, &large);
    let reader = Store::open(directory(root.path()), PARSER);
    let before = reader.get(&source_key(&large[7])).expect("it was written");
    let mut all = large.clone();
    for number in 0..200 {
        let source = numbered(number);
        publish(&store, std::slice::from_ref(&source));
        all.push(source);
        let stats = store.stats();
        assert!(stats.packs <= 17, "{stats:?}");
    }
    let reopened = Store::open(directory(root.path()), PARSER);
    for store in [&store, &reopened] {
        for source in &all {
            assert_eq!(store.get(&source_key(source)).expect("it was written").as_ref(), archive(source));
        }
    }
    assert_eq!(reopened.stats().archives, all.len(), "each is there once");
    assert_eq!(before.as_ref(), archive(&large[7]), "what was open stays open");
    assert!(reader.get(&source_key(&large[8])).is_some());
    let files = fs::read_dir(reopened.directory().packs()).expect("it is there").count();
    assert_eq!(files, reopened.stats().packs, "nothing else is left");
}

/// Where what somebody has mapped cannot be deleted, old packs stay beside the one that they were put into.
#[test]
fn copies_are_deleted_when_they_can_be() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let packs = store.directory().packs().to_owned();
    let mut before = Vec::new();
    for number in 0..16 {
        publish(&store, &[numbered(number)]);
    }
    for name in names(&packs) {
        before.push((packs.join(&name), fs::read(packs.join(&name)).expect("it is there")));
    }
    publish(&store, &[numbered(16)]);
    assert_eq!(names(&packs).len(), 1);
    for (path, bytes) in &before {
        fs::write(path, bytes).expect("there is room");
    }
    let together = open(root.path()).stats();
    assert_eq!((together.packs, together.archives), (17, 17 + 16));
    publish(&store, &[numbered(17)]);
    let after = open(root.path()).stats();
    assert_eq!((after.packs, after.archives), (2, 18), "the copies are gone, and nothing was copied for it");
    assert!((0..18).all(|number| store.get(&source_key(&numbered(number))).is_some()));
    for (path, bytes) in &before {
        fs::write(path, bytes).expect("there is room");
    }
    store.collect_garbage(&GcPolicy::default(), false).expect("there is room").expect("nobody else does");
    assert_eq!(open(root.path()).stats().archives, 18);
}

#[test]
fn damaged_archives_are_left_behind() {
    let root = tempfile::tempdir().expect("a directory");
    let path = pack_file(&filled(root.path()));
    let mut bytes = fs::read(&path).expect("readable");
    bytes[300] ^= 1;
    fs::remove_file(&path).expect("it was there");
    fs::write(path.with_file_name("damaged.pack"), &bytes).expect("there is room");
    let store = Store::open(directory(root.path()), PARSER);
    let whole = sources().iter().filter(|source| store.get(&source_key(source)).is_some()).count();
    assert_eq!(whole, sources().len() - 1);
    for number in 0..20 {
        publish(&store, &[numbered(number)]);
    }
    assert_eq!(sources().iter().filter(|source| store.get(&source_key(source)).is_some()).count(), whole);
    assert!(store.verify().iter().all(|checked| checked.problems.is_empty()));
}

#[test]
fn verify_finds_what_is_damaged() {
    let root = tempfile::tempdir().expect("a directory");
    let store = filled(root.path());
    let path = pack_file(&store);
    let check = || {
        let [checked] = &store.verify()[..] else { panic!("there is one pack") };
        (checked.intact, checked.problem_count)
    };
    assert_eq!(check(), (sources().len(), 0));
    let whole = fs::read(&path).expect("readable");
    let mut unseen = 0;
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x41;
        fs::remove_file(&path).expect("it is there");
        fs::write(&path, &damaged).expect("there is room");
        let (_, problem_count) = check();
        unseen += usize::from(problem_count == 0);
    }
    // Bytes between archives, which nobody reads.
    assert!(unseen < 16 * sources().len() + 16, "{unseen}");
}

#[test]
fn clean_deletes_what_is_ours() {
    let root = tempfile::tempdir().expect("a directory");
    let store = filled(root.path());
    let cache = store.directory().root();
    fs::create_dir(cache.join("v0-0123456789abcdef-3")).expect("there is room");
    fs::write(cache.join("v0-0123456789abcdef-3/old"), "x").expect("there is room");
    for other in ["version", "v1", "v1-0123456789abcdef", "v1-0123456789abcdeg-1"] {
        fs::create_dir(cache.join(other)).expect("there is room");
    }
    let entry = store.get(&source_key(&sources()[0])).expect("it was written");
    let bytes = lazyast_store::clean_cache(cache).expect("it is ours");
    assert!(bytes > 1000);
    let mut left: Vec<_> = fs::read_dir(cache)
        .expect("it is there")
        .map(|entry| entry.expect("it is there").file_name())
        .collect();
    left.sort();
    assert_eq!(
        left,
        [".gitignore", "CACHEDIR.TAG", "v1", "v1-0123456789abcdef", "v1-0123456789abcdeg-1", "version"]
    );
    assert_eq!(entry.as_ref(), archive(&sources()[0]), "what was open stays open");
}
