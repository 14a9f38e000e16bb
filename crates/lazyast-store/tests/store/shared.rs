use std::fs;
use std::time::Duration;

use lazyast_store::source_key;

use crate::made::{archive, numbered, open, publish, sources};

#[test]
fn what_others_publish_is_found() {
    let root = tempfile::tempdir().expect("a directory");
    let (store, other) = (open(root.path()), open(root.path()));
    for number in 0..50 {
        let source = numbered(number);
        assert!(store.get(&source_key(&source)).is_none() && store.locate(&source_key(&source)).is_none());
        publish(&other, std::slice::from_ref(&source));
        if number % 2 == 0 {
            // Within one tick the directory's times need not tell; a moment later it is seen all the same.
            std::thread::sleep(Duration::from_millis(12));
        }
        let is_there =
            || store.get(&source_key(&source)).is_some_and(|entry| entry.as_ref() == archive(&source));
        assert!(
            is_there()
                || number % 2 == 1 && {
                    std::thread::sleep(Duration::from_millis(12));
                    is_there()
                },
            "{number}"
        );
    }
}

#[test]
fn a_directory_that_is_deleted_is_no_problem() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    publish(&store, &sources());
    let entry = store.get(&source_key(&sources()[0])).expect("it was written");
    fs::remove_dir_all(store.directory().root()).expect("it is ours");
    assert_eq!(entry.as_ref(), archive(&sources()[0]));
    assert!(store.get(&source_key(&numbered(1))).is_none());
    assert!(store.writer().is_err());
    let reopened = open(root.path());
    publish(&reopened, &[numbered(1)]);
    assert!(store.get(&source_key(&numbered(1))).is_some(), "it is there again");
}

#[test]
fn a_cache_that_is_cleaned_is_used_again() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let mut writer = store.writer().expect("the directory can be written");
    writer.add(&source_key(&numbered(1)), &archive(&numbered(1))).expect("there is room");
    lazyast_store::clean_cache(store.directory().root()).expect("it is ours");
    store.publish(writer).expect("what is deleted in the making is deleted");
    assert!(store.get(&source_key(&numbered(1))).is_none());
    publish(&store, &[numbered(1)]);
    assert!(open(root.path()).get(&source_key(&numbered(1))).is_some());
}

#[cfg(unix)]
#[test]
fn what_leads_out_of_the_cache_is_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use lazyast_store::{CacheDirectory, CacheDirectoryError};

    use crate::made::{PARSER, directory};

    let root = tempfile::tempdir().expect("a directory");
    let made = directory(root.path());
    let outside = root.path().join("outside");
    fs::rename(made.packs(), &outside).expect("it is ours");
    symlink(&outside, made.packs()).expect("there is room");
    let prepare = || CacheDirectory::prepare(root.path().join("cache"), PARSER);
    assert!(matches!(prepare(), Err(CacheDirectoryError::NotADirectory { .. })), "{:?}", prepare());
    fs::remove_file(made.packs()).expect("it is ours");
    fs::write(made.packs(), "").expect("there is room");
    assert!(
        matches!(prepare(), Err(CacheDirectoryError::Io { .. } | CacheDirectoryError::NotADirectory { .. })),
        "{:?}",
        prepare()
    );
    fs::remove_file(made.packs()).expect("it is ours");
    fs::create_dir(made.packs()).expect("there is room");
    fs::set_permissions(made.packs(), fs::Permissions::from_mode(0o770)).expect("it is ours");
    assert!(
        matches!(prepare(), Err(CacheDirectoryError::WritableByOthers { found: 0o770, .. })),
        "{:?}",
        prepare()
    );
    fs::set_permissions(made.packs(), fs::Permissions::from_mode(0o700)).expect("it is ours");
    assert!(prepare().is_ok());
    // Who owns the directory may keep it elsewhere.
    fs::rename(root.path().join("cache"), root.path().join("elsewhere")).expect("it is ours");
    symlink(root.path().join("elsewhere"), root.path().join("cache")).expect("there is room");
    assert!(prepare().is_ok());
}

/// A pipe that is named like a pack is not waited for.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_no_pack() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let pipe = store.directory().packs().join("pipe.pack");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("it is installed").success());
    publish(&store, &sources());
    assert_eq!(open(root.path()).stats().packs, 1);
    assert_eq!(store.verify().len(), 1);
}
