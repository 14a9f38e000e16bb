use lazyast_store::{CacheDirectoryError, Underlay, source_key};

use crate::support::{PARSER, archive, filled, numbered, sources};

#[test]
fn archives_of_the_underlay_are_found() {
    let root = tempfile::tempdir().expect("a directory");
    let store = filled(root.path());
    let cache = store.directory().root().to_owned();
    let (underlay, problems) = Underlay::open(&[cache.clone(), cache], PARSER);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(underlay.len(), 2);
    for source in sources() {
        let entry = underlay.get(&source_key(&source)).expect("the archive was published");
        assert_eq!(entry.as_ref(), archive(&source));
        let located = underlay.locate(&source_key(&source)).expect("the archive was published");
        assert_eq!(located.open(PARSER).expect("the archive is intact").as_ref(), archive(&source));
    }
    assert!(underlay.get(&source_key(&numbered(1))).is_none());
}

#[test]
fn an_underlay_of_another_version_is_empty() {
    let root = tempfile::tempdir().expect("a directory");
    let cache = filled(root.path()).directory().root().to_owned();
    let (underlay, problems) = Underlay::open(&[cache], PARSER + 1);
    assert!(underlay.is_empty() && problems.is_empty(), "{problems:?}");
    assert!(underlay.get(&source_key(&sources()[0])).is_none());
}

#[test]
fn a_missing_directory_is_reported_and_the_others_are_used() {
    let root = tempfile::tempdir().expect("a directory");
    let cache = filled(root.path()).directory().root().to_owned();
    let (underlay, problems) = Underlay::open(&[root.path().join("none"), cache], PARSER);
    assert!(matches!(problems[..], [CacheDirectoryError::Io { .. }]), "{problems:?}");
    assert_eq!(underlay.len(), 1);
}

#[cfg(unix)]
#[test]
fn a_directory_that_others_can_write_to_is_not_read() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    let root = tempfile::tempdir().expect("a directory");
    let directory = filled(root.path()).directory().clone();
    for path in [directory.root(), directory.version(), directory.packs()] {
        let set =
            |mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("this user owns it");
        set(0o757);
        let (underlay, problems) = Underlay::open(&[directory.root().to_owned()], PARSER);
        assert!(underlay.is_empty(), "{}", path.display());
        assert!(
            matches!(problems[..], [CacheDirectoryError::WritableByOthers { found: 0o757, .. }]),
            "{problems:?}"
        );
        set(0o555);
    }
    let (underlay, problems) = Underlay::open(&[directory.root().to_owned()], PARSER);
    assert!(problems.is_empty() && underlay.len() == 1, "{problems:?}");
    for path in [directory.root(), directory.version(), directory.packs()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).expect("this user owns it");
    }
}
