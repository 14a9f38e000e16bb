//! Packs in real directories: published archives are found, and damaged ones are misses.

use std::fs;

use lazyast_store::{
    CacheDirectory, CacheDirectoryError, GcPolicy, MIN_INDEXED_ARCHIVES, SourceKey, Store, source_key,
};

use crate::support::{
    PARSER, archive, directory, filled, names, numbered, open, pack_file, publish, sources,
};

#[test]
fn published_archives_are_found() {
    let root = tempfile::tempdir().expect("a directory");
    let store = filled(root.path());
    let reopened = Store::open(directory(root.path()), PARSER);
    for store in [&store, &reopened] {
        for source in sources() {
            let entry = store.get(&source_key(&source)).expect("the archive was published");
            assert_eq!(entry.as_ref(), archive(&source));
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
fn a_flipped_byte_never_gives_a_wrong_archive() {
    let root = tempfile::tempdir().expect("a directory");
    let path = pack_file(&filled(root.path()));
    let intact = fs::read(&path).expect("the file exists");
    let expected: Vec<(SourceKey, Vec<u8>)> =
        sources().iter().map(|source| (source_key(source), archive(source))).collect();
    let mut misses = 0;
    for at in 0..intact.len() {
        let mut damaged = intact.clone();
        damaged[at] ^= 0x41;
        // Each time a new file, because a published pack never changes.
        let other = path.with_file_name(format!("damaged-{at}.pack"));
        fs::write(&other, &damaged).expect("the directory is writable");
        fs::remove_file(if at == 0 {
            path.clone()
        } else {
            path.with_file_name(format!("damaged-{}.pack", at - 1))
        })
        .expect("the file exists");
        let store = Store::open(directory(root.path()), PARSER);
        for (key, archive) in &expected {
            match store.get(key) {
                Some(entry) => assert_eq!(entry.as_ref(), archive, "byte {at}"),
                None => misses += 1,
            }
        }
    }
    assert!(misses > intact.len(), "most flips are detected: {misses} misses, {} bytes", intact.len());
}

#[test]
fn a_truncated_pack_is_not_opened() {
    let root = tempfile::tempdir().expect("a directory");
    let path = pack_file(&filled(root.path()));
    let intact = fs::read(&path).expect("the file exists");
    fs::remove_file(&path).expect("the file exists");
    for len in 0..intact.len() {
        let other = path.with_file_name(format!("cut-{len}.pack"));
        fs::write(&other, &intact[..len]).expect("the directory is writable");
        let stats = Store::open(directory(root.path()), PARSER).stats();
        assert_eq!((stats.packs, stats.damaged), (0, 1), "cut at {len}");
        fs::remove_file(&other).expect("the file exists");
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
                    let mut writer = store.writer().expect("the directory is writable");
                    writer.add(&source_key(&source), &archive(&source)).expect("the directory is writable");
                    store.publish(writer).expect("the directory is writable");
                }
            });
        }
    });
    let store = Store::open(directory, PARSER);
    assert!(sources().iter().all(|source| store.get(&source_key(source)).is_some()));
    let stats = store.stats();
    assert!(stats.packs < 8 * sources().len(), "packs were compacted: {stats:?}");
    assert_eq!(stats.damaged, 0);
}

#[test]
fn an_unpublished_pack_leaves_no_file() {
    let root = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory(root.path()), PARSER);
    let mut writer = store.writer().expect("the directory is writable");
    writer.add(&source_key(b"pass\n"), &archive(b"pass\n")).expect("the directory is writable");
    drop(writer);
    assert_eq!(fs::read_dir(store.directory().packs()).expect("the file exists").count(), 0);
}

#[cfg(unix)]
#[test]
fn a_directory_that_others_can_write_to_is_rejected() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().expect("a directory");
    let path = directory(root.path()).root().to_owned();
    assert_eq!(fs::metadata(&path).expect("the file exists").permissions().mode() & 0o777, 0o700);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).expect("this user owns it");
    let rejected = CacheDirectory::prepare(path, PARSER);
    assert!(
        matches!(rejected, Err(CacheDirectoryError::WritableByOthers { found: 0o777, .. })),
        "{rejected:?}"
    );
}

#[test]
fn a_directory_that_cannot_be_created_is_an_error() {
    let root = tempfile::tempdir().expect("a directory");
    let file = root.path().join("file");
    fs::write(&file, "").expect("the directory is writable");
    let rejected = CacheDirectory::prepare(file.join("cache"), PARSER);
    assert!(matches!(rejected, Err(CacheDirectoryError::Io { .. })), "{rejected:?}");
}

#[test]
fn small_packs_are_compacted() {
    let root = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory(root.path()), PARSER);
    let large: Vec<_> = (1000..1100).map(numbered).collect();
    publish(&store, &large);
    let reader = Store::open(directory(root.path()), PARSER);
    let before = reader.get(&source_key(&large[7])).expect("the archive was published");
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
            assert_eq!(
                store.get(&source_key(source)).expect("the archive was published").as_ref(),
                archive(source)
            );
        }
    }
    assert_eq!(reopened.stats().archives, all.len(), "each archive is stored once");
    assert_eq!(before.as_ref(), archive(&large[7]), "an open archive stays readable");
    assert!(reader.get(&source_key(&large[8])).is_some());
    let files = fs::read_dir(reopened.directory().packs()).expect("the file exists").count();
    assert_eq!(files, reopened.stats().packs, "no other files remain");
}

/// Where an open file cannot be deleted, compacted packs remain beside the new one.
#[test]
fn copies_are_deleted_by_the_next_compaction() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let packs = store.directory().packs().to_owned();
    let mut before = Vec::new();
    for number in 0..16 {
        publish(&store, &[numbered(number)]);
    }
    for name in names(&packs) {
        before.push((packs.join(&name), fs::read(packs.join(&name)).expect("the file exists")));
    }
    publish(&store, &[numbered(16)]);
    assert_eq!(names(&packs).len(), 1);
    for (path, bytes) in &before {
        fs::write(path, bytes).expect("the directory is writable");
    }
    let together = open(root.path()).stats();
    assert_eq!((together.packs, together.archives), (17, 17 + 16));
    publish(&store, &[numbered(17)]);
    let after = open(root.path()).stats();
    assert_eq!((after.packs, after.archives), (2, 18), "the copies are deleted, and no archive was copied");
    assert!((0..18).all(|number| store.get(&source_key(&numbered(number))).is_some()));
    for (path, bytes) in &before {
        fs::write(path, bytes).expect("the directory is writable");
    }
    store
        .collect_garbage(&GcPolicy::default(), false)
        .expect("the directory is writable")
        .expect("the lock is free");
    assert_eq!(open(root.path()).stats().archives, 18);
}

#[test]
fn damaged_archives_are_not_compacted() {
    let root = tempfile::tempdir().expect("a directory");
    let path = pack_file(&filled(root.path()));
    let mut bytes = fs::read(&path).expect("the file exists");
    bytes[200] ^= 1;
    fs::remove_file(&path).expect("the file exists");
    fs::write(path.with_file_name("damaged.pack"), &bytes).expect("the directory is writable");
    let store = Store::open(directory(root.path()), PARSER);
    let intact = sources().iter().filter(|source| store.get(&source_key(source)).is_some()).count();
    assert_eq!(intact, sources().len() - 1);
    for number in 0..20 {
        publish(&store, &[numbered(number)]);
    }
    assert_eq!(sources().iter().filter(|source| store.get(&source_key(source)).is_some()).count(), intact);
    assert!(store.verify().iter().all(|report| report.problems.is_empty()));
}

#[test]
fn verify_reports_damaged_packs() {
    let root = tempfile::tempdir().expect("a directory");
    let store = filled(root.path());
    let path = pack_file(&store);
    let verify = || {
        let [report] = &store.verify()[..] else { panic!("there is one pack") };
        (report.intact, report.problem_count)
    };
    assert_eq!(verify(), (sources().len(), 0));
    let intact = fs::read(&path).expect("the file exists");
    let mut unseen = 0;
    for at in 0..intact.len() {
        let mut damaged = intact.clone();
        damaged[at] ^= 0x41;
        fs::remove_file(&path).expect("the file exists");
        fs::write(&path, &damaged).expect("the directory is writable");
        let (_, problem_count) = verify();
        unseen += usize::from(problem_count == 0);
    }
    // No checksum covers the gaps between archives.
    assert!(unseen < 16 * sources().len() + 16, "{unseen}");
}

#[test]
fn clean_deletes_only_files_of_lazyast() {
    let root = tempfile::tempdir().expect("a directory");
    let store = filled(root.path());
    let cache = store.directory().root();
    fs::create_dir(cache.join("v0-0123456789abcdef-3")).expect("the directory is writable");
    fs::write(cache.join("v0-0123456789abcdef-3/old"), "x").expect("the directory is writable");
    for other in ["version", "v1", "v1-0123456789abcdef", "v1-0123456789abcdeg-1"] {
        fs::create_dir(cache.join(other)).expect("the directory is writable");
    }
    let entry = store.get(&source_key(&sources()[0])).expect("the archive was published");
    let bytes = lazyast_store::clean_cache(cache).expect("this user owns it");
    assert!(bytes > 1000);
    let mut left: Vec<_> = fs::read_dir(cache)
        .expect("the file exists")
        .map(|entry| entry.expect("the file exists").file_name())
        .collect();
    left.sort();
    assert_eq!(
        left,
        [".gitignore", "CACHEDIR.TAG", "v1", "v1-0123456789abcdef", "v1-0123456789abcdeg-1", "version"]
    );
    assert_eq!(entry.as_ref(), archive(&sources()[0]), "an open archive stays readable");
}

#[test]
fn an_identifier_index_is_found_again() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    publish(&store, &(0..MIN_INDEXED_ARCHIVES).map(numbered).collect::<Vec<_>>());
    let has_index = |store: &Store| {
        let location = store.locate(&source_key(&numbered(0))).expect("it is published");
        location.identifier_index().is_some()
    };
    assert!(!has_index(&store));
    store.write_identifier_indexes().expect("the directory is writable");
    let again = open(root.path());
    assert!(has_index(&store) && has_index(&again) && has_index(&again));
}
