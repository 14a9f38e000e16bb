use std::fs;
use std::time::Duration;

use lazyast_store::source_key;

use crate::support::{archive, numbered, open, publish, sources};

#[test]
fn packs_of_other_processes_are_found() {
    let root = tempfile::tempdir().expect("a directory");
    let (store, other) = (open(root.path()), open(root.path()));
    for number in 0..50 {
        let source = numbered(number);
        assert!(store.get(&source_key(&source)).is_none() && store.locate(&source_key(&source)).is_none());
        publish(&other, std::slice::from_ref(&source));
        if number % 2 == 0 {
            // Within one tick the fingerprint of the directory need not change. A moment later the pack is found all the same.
            std::thread::sleep(Duration::from_millis(12));
        }
        let is_found =
            || store.get(&source_key(&source)).is_some_and(|entry| entry.as_ref() == archive(&source));
        assert!(
            is_found()
                || number % 2 == 1 && {
                    std::thread::sleep(Duration::from_millis(12));
                    is_found()
                },
            "{number}"
        );
    }
}

#[test]
fn the_cache_directory_can_be_deleted_while_in_use() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    publish(&store, &sources());
    let entry = store.get(&source_key(&sources()[0])).expect("the archive was published");
    fs::remove_dir_all(store.directory().root()).expect("this user owns it");
    assert_eq!(entry.as_ref(), archive(&sources()[0]));
    assert!(store.get(&source_key(&numbered(1))).is_none());
    assert!(store.writer().is_err());
    let reopened = open(root.path());
    publish(&reopened, &[numbered(1)]);
    assert!(store.get(&source_key(&numbered(1))).is_some(), "the directory was created again");
}

#[test]
fn the_cache_can_be_cleaned_while_in_use() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let mut writer = store.writer().expect("the directory is writable");
    writer.add(&source_key(&numbered(1)), &archive(&numbered(1))).expect("the directory is writable");
    lazyast_store::clean_cache(store.directory().root()).expect("this user owns it");
    store.publish(writer).expect("publishing a deleted file is not an error");
    assert!(store.get(&source_key(&numbered(1))).is_none());
    publish(&store, &[numbered(1)]);
    assert!(open(root.path()).get(&source_key(&numbered(1))).is_some());
}

#[cfg(unix)]
#[test]
fn links_and_files_in_place_of_directories_are_rejected() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use lazyast_store::{CacheDirectory, CacheDirectoryError};

    use crate::support::{PARSER, directory};

    let root = tempfile::tempdir().expect("a directory");
    let cache = directory(root.path());
    let outside = root.path().join("outside");
    fs::rename(cache.packs(), &outside).expect("this user owns it");
    symlink(&outside, cache.packs()).expect("the directory is writable");
    let prepare = || CacheDirectory::prepare(root.path().join("cache"), PARSER);
    assert!(matches!(prepare(), Err(CacheDirectoryError::NotADirectory { .. })), "{:?}", prepare());
    fs::remove_file(cache.packs()).expect("this user owns it");
    fs::write(cache.packs(), "").expect("the directory is writable");
    assert!(
        matches!(prepare(), Err(CacheDirectoryError::Io { .. } | CacheDirectoryError::NotADirectory { .. })),
        "{:?}",
        prepare()
    );
    fs::remove_file(cache.packs()).expect("this user owns it");
    fs::create_dir(cache.packs()).expect("the directory is writable");
    fs::set_permissions(cache.packs(), fs::Permissions::from_mode(0o702)).expect("this user owns it");
    assert!(
        matches!(prepare(), Err(CacheDirectoryError::WritableByOthers { found: 0o702, .. })),
        "{:?}",
        prepare()
    );
    fs::set_permissions(cache.packs(), fs::Permissions::from_mode(0o700)).expect("this user owns it");
    assert!(prepare().is_ok());
    // The cache directory itself can be a symbolic link.
    fs::rename(root.path().join("cache"), root.path().join("elsewhere")).expect("this user owns it");
    symlink(root.path().join("elsewhere"), root.path().join("cache")).expect("the directory is writable");
    assert!(prepare().is_ok());
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_opened_as_a_pack() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let pipe = store.directory().packs().join("pipe.pack");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is installed").success());
    publish(&store, &sources());
    assert_eq!(open(root.path()).stats().packs, 1);
    assert_eq!(store.verify().len(), 1);
}
