use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lazyast_store::{
    FileFingerprint, FileState, GcPolicy, GcReport, ProjectState, SourceState, Store, source_key,
};

use crate::support::{archive, names, numbered, open, pack_file, publish, publish_old, sources};

const DAY: i64 = 24 * 60;

fn policy(days: u64) -> GcPolicy {
    GcPolicy { max_age: Duration::from_hours(24 * days), ..GcPolicy::default() }
}

fn collect(store: &Store, policy: &GcPolicy) -> GcReport {
    store.collect_garbage(policy, false).expect("the directory is writable").expect("the lock is free")
}

/// Saves a project state with some sources that was last used `days` days ago.
fn project(store: &Store, name: &str, sources: &[Vec<u8>], days: u64) -> PathBuf {
    let file = |source: &Vec<u8>| FileState {
        path: name.into(),
        fingerprint: FileFingerprint::default(),
        source: SourceState::Archive { key: source_key(source), lines: 1, minimum_python: 11 },
    };
    let state = ProjectState { files: sources.iter().map(file).collect(), ..ProjectState::default() };
    let version = store.directory().version();
    let before = names(version);
    state.save(version, &[name.into()], "").expect("the directory is writable");
    let new = names(version).into_iter().find(|name| !before.contains(name)).expect("the file was created");
    let path = version.join(new);
    age(&path, days);
    path
}

fn age(path: &Path, days: u64) {
    let time = SystemTime::now() - Duration::from_hours(24 * days);
    File::options()
        .write(true)
        .open(path)
        .expect("the file exists")
        .set_modified(time)
        .expect("this user owns it");
}

fn found(store: &Store, sources: &[Vec<u8>]) -> usize {
    let is_intact = |source: &&Vec<u8>| {
        store.get(&source_key(source)).is_some_and(|entry| entry.as_ref() == archive(source))
    };
    sources.iter().filter(is_intact).count()
}

#[test]
fn archives_that_are_old_and_in_no_project_are_deleted() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let all: Vec<_> = (0..40).map(numbered).collect();
    publish_old(&store, &all[..30], 40 * DAY);
    publish_old(&store, &all[30..], 20 * DAY);
    let used = project(&store, "used", &all[..10], 2);
    let forgotten = project(&store, "forgotten", &all[10..20], 40);
    let dry = store
        .collect_garbage(&policy(30), true)
        .expect("the directory is readable")
        .expect("the lock is free");
    assert_eq!((dry.archives, dry.projects), (20, 1));
    assert_eq!(found(&store, &all), 40, "a dry run deletes nothing");
    let before = open(root.path()).stats();
    let collected = collect(&store, &policy(30));
    assert_eq!(collected, dry);
    let after = open(root.path()).stats();
    assert_eq!((after.packs, after.archives), (2, 20));
    for store in [&store, &open(root.path())] {
        assert_eq!(
            (found(store, &all[..10]), found(store, &all[10..30]), found(store, &all[30..])),
            (10, 0, 10)
        );
    }
    assert!(used.exists() && !forgotten.exists());
    let file_bytes = collected.bytes - (before.bytes - after.bytes);
    assert!((100..10_000).contains(&file_bytes), "the bytes of one more file: {file_bytes}");
    assert_eq!(collect(&store, &policy(30)), GcReport::default(), "there is no garbage left");
}

#[test]
fn a_maximum_age_of_zero_deletes_everything() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    publish(&store, &sources());
    let entry = store.get(&source_key(&sources()[0])).expect("the archive was published");
    project(&store, "used", &sources(), 0);
    let collected = collect(&store, &policy(0));
    assert_eq!((collected.archives, collected.projects), (sources().len(), 1));
    assert_eq!(names(store.directory().packs()), Vec::<String>::new());
    assert_eq!(found(&store, &sources()), 0);
    assert_eq!(entry.as_ref(), archive(&sources()[0]), "an open archive stays readable");
}

#[test]
fn a_pack_with_few_expired_archives_is_not_rewritten() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let all: Vec<_> = (0..40).map(numbered).collect();
    publish_old(&store, &all, 40 * DAY);
    project(&store, "used", &all[1..], 0);
    let path = pack_file(&store);
    assert_eq!(collect(&store, &policy(30)), GcReport::default());
    assert!(path.exists());
}

#[test]
fn the_least_recently_used_archives_are_deleted_first() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let all: Vec<_> = (0..30).map(numbered).collect();
    for (age, sources) in all.chunks(10).enumerate() {
        publish_old(&store, sources, (3 - age as i64) * DAY);
    }
    // A project uses the oldest ones.
    project(&store, "used", &all[..10], 0);
    let each = store.stats().bytes / 30;
    // Archives are not all of the same length.
    let policy = GcPolicy { max_size: 20 * each + 2 * 80, ..policy(30) };
    let collected = collect(&store, &policy);
    assert!((9..13).contains(&collected.archives), "{collected:?}");
    assert_eq!((found(&store, &all[..10]), found(&store, &all[20..])), (10, 10));
    assert!(store.stats().bytes <= policy.max_size, "{:?}", store.stats());
}

#[test]
fn the_size_of_packs_includes_their_headers_and_footers() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    for number in 0..5 {
        publish_old(&store, &[numbered(number)], DAY);
    }
    let all = store.stats().bytes;
    // The last archive of a pack counts with its padding, which is less than 16 bytes.
    for (max_size, deleted) in [(all + 5 * 16, 0), (all - 1, 1)] {
        let policy = GcPolicy { max_size, ..policy(30) };
        assert_eq!(collect(&store, &policy).archives, deleted);
        assert!(store.stats().bytes <= max_size, "{:?}", store.stats());
    }
}

#[test]
fn times_in_the_future_do_not_count() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    publish_old(&store, &sources(), -300 * DAY);
    assert_eq!(collect(&store, &policy(30)).archives, sources().len());
    publish_old(&store, &sources(), -300 * DAY);
    project(&store, "used", &sources(), 0);
    assert_eq!(collect(&store, &policy(30)).archives, 0);
}

#[test]
fn leftovers_of_killed_processes_are_deleted() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    publish(&store, &sources());
    let directory = store.directory();
    fs::write(directory.packs().join("pack-1.tmp"), "half").expect("the directory is writable");
    fs::write(directory.version().join("fresh-1.tmp"), "half").expect("the directory is writable");
    fs::create_dir(directory.root().join("deleted-1")).expect("the directory is writable");
    fs::write(directory.root().join("deleted-1/x.pack"), "half").expect("the directory is writable");
    fs::write(directory.packs().join("cut.pack"), "half").expect("the directory is writable");
    // This temporary file is in use.
    let mut writer = store.writer().expect("the directory is writable");
    let collected = collect(&store, &policy(30));
    assert_eq!((collected.leftovers, collected.bytes), (4, 16));
    let left = names(directory.packs());
    assert_eq!(left.len(), 2, "{left:?}");
    writer.add(&source_key(&numbered(1)), &archive(&numbered(1))).expect("the directory is writable");
    store.publish(writer).expect("the temporary file still exists");
    assert_eq!(found(&store, &[numbered(1)]), 1);
    assert!(!directory.root().join("deleted-1").exists());
}

#[test]
fn unused_version_directories_are_deleted() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let cache = store.directory().root();
    let dead = cache.join("v0-0123456789abcdef-3");
    let used = cache.join("v0-0123456789abcdef-4");
    for version in [&dead, &used] {
        fs::create_dir_all(version.join("packs")).expect("the directory is writable");
        for name in ["packs/a.pack", "b.fresh"] {
            fs::write(version.join(name), "twelve bytes").expect("the directory is writable");
            age(&version.join(name), 40);
        }
    }
    age(&used.join("b.fresh"), 2);
    for directory in [dead.join("packs"), dead.clone(), used.join("packs"), used.clone()] {
        let time = SystemTime::now() - Duration::from_hours(24 * 40);
        File::open(directory).expect("the file exists").set_modified(time).expect("this user owns it");
    }
    let collected = collect(&store, &policy(30));
    assert_eq!((collected.versions, collected.bytes), (1, 24));
    assert!(!dead.exists() && used.join("b.fresh").exists());
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_neither_followed_nor_deleted() {
    use std::os::unix::fs::symlink;

    use lazyast_store::PROJECT_STATE_SUFFIX as SUFFIX;

    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let outside = root.path().join("outside");
    fs::create_dir_all(outside.join("packs")).expect("the directory is writable");
    for name in ["packs/a.pack", "packs/pack-1.tmp", "b.fresh", "c"] {
        fs::write(outside.join(name), "mine").expect("the directory is writable");
        age(&outside.join(name), 99);
    }
    let cache = store.directory().root();
    symlink(&outside, cache.join("v0-0123456789abcdef-3")).expect("the directory is writable");
    symlink(&outside, cache.join("deleted-1")).expect("the directory is writable");
    symlink(outside.join("packs/a.pack"), store.directory().packs().join("a.pack"))
        .expect("the directory is writable");
    symlink(outside.join("packs/pack-1.tmp"), store.directory().packs().join("b.tmp"))
        .expect("the directory is writable");
    symlink(outside.join("b.fresh"), store.directory().version().join(format!("b{SUFFIX}")))
        .expect("the directory is writable");
    symlink(&outside, store.directory().packs().join("directory.pack")).expect("the directory is writable");
    collect(&store, &policy(0));
    lazyast_store::clean_cache(cache).expect("this user owns it");
    assert_eq!(names(&outside), ["b.fresh", "c", "packs"]);
    assert_eq!(names(&outside.join("packs")), ["a.pack", "pack-1.tmp"]);
}

#[test]
fn automatic_collection_runs_once_a_day() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    publish_old(&store, &sources(), 40 * DAY);
    let collect = || {
        store.collect_garbage_if_due().expect("the directory is writable").map(|collected| collected.archives)
    };
    assert_eq!(collect(), None, "a new cache has no garbage");
    let mark = store.directory().root().join("collected");
    age(&mark, 2);
    assert!(lazyast_store::is_gc_due(store.directory().root()));
    assert_eq!(collect(), Some(sources().len()));
    assert_eq!(collect(), None);
    assert!(!lazyast_store::is_gc_due(store.directory().root()));
}

#[test]
fn publishing_does_not_wait_for_the_lock() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let lock =
        File::create(store.directory().version().join("compact.lock")).expect("the directory is writable");
    lock.lock().expect("the lock is free");
    store.collect_garbage_if_due().expect("the directory is writable");
    age(&store.directory().root().join("collected"), 2);
    assert_eq!(store.collect_garbage_if_due().expect("the directory is writable"), None);
    for number in 0..40 {
        publish(&store, &[numbered(number)]);
    }
    assert_eq!(store.stats().packs, 40, "compaction is skipped while the lock is held");
    drop(lock);
    publish(&store, &[numbered(40)]);
    assert!(store.stats().packs < 20);
}

#[test]
fn expired_archives_are_not_compacted() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    for number in 0..20 {
        publish_old(&store, &[numbered(number)], if number % 2 == 0 { 99 * DAY } else { DAY });
    }
    let all: Vec<_> = (0..20).map(numbered).collect();
    let left: Vec<_> = (0..20).filter(|number| found(&store, &all[*number..=*number]) == 1).collect();
    assert!(left.len() < 16, "{left:?}");
    assert!((0..20).filter(|number| number % 2 == 1).all(|number| left.contains(&number)), "{left:?}");
}
