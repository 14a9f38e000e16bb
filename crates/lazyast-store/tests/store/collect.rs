use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lazyast_store::{
    FileFingerprint, FileState, GcPolicy, GcReport, ProjectState, SourceState, Store, source_key,
};

use crate::made::{archive, names, numbered, open, pack_file, publish, publish_old, sources};

const DAY: i64 = 24 * 60;

fn policy(days: u64) -> GcPolicy {
    GcPolicy { max_age: Duration::from_hours(24 * days), ..GcPolicy::default() }
}

fn collect(store: &Store, policy: &GcPolicy) -> GcReport {
    store.collect_garbage(policy, false).expect("there is room").expect("nobody else does")
}

/// Makes a project's file that names some sources and was used so many days ago.
fn project(store: &Store, name: &str, sources: &[Vec<u8>], days: u64) -> PathBuf {
    let file = |source: &Vec<u8>| FileState {
        path: name.into(),
        fingerprint: FileFingerprint::default(),
        source: SourceState::Archive { key: source_key(source), lines: 1, minimum_python: 11 },
    };
    let freshness = ProjectState { files: sources.iter().map(file).collect(), ..ProjectState::default() };
    let version = store.directory().version();
    let before = names(version);
    freshness.save(version, &[name.into()]).expect("there is room");
    let new = names(version).into_iter().find(|name| !before.contains(name)).expect("it was made");
    let path = version.join(new);
    age(&path, days);
    path
}

fn age(path: &Path, days: u64) {
    let time = SystemTime::now() - Duration::from_hours(24 * days);
    File::options().write(true).open(path).expect("it is there").set_modified(time).expect("it is ours");
}

fn found(store: &Store, sources: &[Vec<u8>]) -> usize {
    let is_whole = |source: &&Vec<u8>| {
        store.get(&source_key(source)).is_some_and(|entry| entry.as_ref() == archive(source))
    };
    sources.iter().filter(is_whole).count()
}

#[test]
fn what_is_neither_young_nor_of_a_project_goes() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let all: Vec<_> = (0..40).map(numbered).collect();
    publish_old(&store, &all[..30], 40 * DAY);
    publish_old(&store, &all[30..], 20 * DAY);
    let used = project(&store, "used", &all[..10], 2);
    let forgotten = project(&store, "forgotten", &all[10..20], 40);
    let dry = store.collect_garbage(&policy(30), true).expect("it can be read").expect("nobody else does");
    assert_eq!((dry.archives, dry.projects), (20, 1));
    assert_eq!(found(&store, &all), 40, "nothing is done yet");
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
    assert_eq!(collect(&store, &policy(30)), GcReport::default(), "nothing is left to do");
}

#[test]
fn nothing_is_kept_for_no_time() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    publish(&store, &sources());
    let entry = store.get(&source_key(&sources()[0])).expect("it was written");
    project(&store, "used", &sources(), 0);
    let collected = collect(&store, &policy(0));
    assert_eq!((collected.archives, collected.projects), (sources().len(), 1));
    assert_eq!(names(store.directory().packs()), Vec::<String>::new());
    assert_eq!(found(&store, &sources()), 0);
    assert_eq!(entry.as_ref(), archive(&sources()[0]), "what was open stays open");
}

#[test]
fn a_few_old_archives_are_not_worth_a_new_pack() {
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
fn what_was_used_least_lately_makes_room() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let all: Vec<_> = (0..30).map(numbered).collect();
    for (age, sources) in all.chunks(10).enumerate() {
        publish_old(&store, sources, (3 - age as i64) * DAY);
    }
    // The oldest are in use.
    project(&store, "used", &all[..10], 0);
    let each = store.stats().bytes / 30;
    let policy = GcPolicy { max_size: 20 * each, ..policy(30) };
    let collected = collect(&store, &policy);
    assert!((9..13).contains(&collected.archives), "{collected:?}");
    assert_eq!((found(&store, &all[..10]), found(&store, &all[20..])), (10, 10));
    assert!(store.stats().bytes <= policy.max_size, "{:?}", store.stats());
}

#[test]
fn a_time_that_has_not_come_yet_does_not_count() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    publish_old(&store, &sources(), -300 * DAY);
    assert_eq!(collect(&store, &policy(30)).archives, sources().len());
    publish_old(&store, &sources(), -300 * DAY);
    project(&store, "used", &sources(), 0);
    assert_eq!(collect(&store, &policy(30)).archives, 0);
}

#[test]
fn what_killed_processes_leave_goes() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    publish(&store, &sources());
    let directory = store.directory();
    fs::write(directory.packs().join("pack-1.tmp"), "half").expect("there is room");
    fs::write(directory.version().join("fresh-1.tmp"), "half").expect("there is room");
    fs::create_dir(directory.root().join("deleted-1")).expect("there is room");
    fs::write(directory.root().join("deleted-1/x.pack"), "half").expect("there is room");
    fs::write(directory.packs().join("cut.pack"), "half").expect("there is room");
    // Somebody is at this one.
    let mut writer = store.writer().expect("the directory can be written");
    let collected = collect(&store, &policy(30));
    assert_eq!((collected.leftovers, collected.bytes), (4, 16));
    let left = names(directory.packs());
    assert_eq!(left.len(), 2, "{left:?}");
    writer.add(&source_key(&numbered(1)), &archive(&numbered(1))).expect("there is room");
    store.publish(writer).expect("it is still there");
    assert_eq!(found(&store, &[numbered(1)]), 1);
    assert!(!directory.root().join("deleted-1").exists());
}

#[test]
fn other_versions_go_when_nobody_uses_them() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let cache = store.directory().root();
    let dead = cache.join("v0-0123456789abcdef-3");
    let used = cache.join("v0-0123456789abcdef-4");
    for version in [&dead, &used] {
        fs::create_dir_all(version.join("packs")).expect("there is room");
        for name in ["packs/a.pack", "b.fresh"] {
            fs::write(version.join(name), "twelve bytes").expect("there is room");
            age(&version.join(name), 40);
        }
    }
    age(&used.join("b.fresh"), 2);
    for folder in [dead.join("packs"), dead.clone(), used.join("packs"), used.clone()] {
        let time = SystemTime::now() - Duration::from_hours(24 * 40);
        File::open(folder).expect("it is there").set_modified(time).expect("it is ours");
    }
    let collected = collect(&store, &policy(30));
    assert_eq!((collected.versions, collected.bytes), (1, 24));
    assert!(!dead.exists() && used.join("b.fresh").exists());
}

/// What leads out of the cache is not followed, and not deleted from.
#[cfg(unix)]
#[test]
fn links_are_left_alone() {
    use std::os::unix::fs::symlink;

    use lazyast_store::PROJECT_STATE_SUFFIX as SUFFIX;

    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let outside = root.path().join("outside");
    fs::create_dir_all(outside.join("packs")).expect("there is room");
    for name in ["packs/a.pack", "packs/pack-1.tmp", "b.fresh", "c"] {
        fs::write(outside.join(name), "mine").expect("there is room");
        age(&outside.join(name), 99);
    }
    let cache = store.directory().root();
    symlink(&outside, cache.join("v0-0123456789abcdef-3")).expect("there is room");
    symlink(&outside, cache.join("deleted-1")).expect("there is room");
    symlink(outside.join("packs/a.pack"), store.directory().packs().join("a.pack")).expect("there is room");
    symlink(outside.join("packs/pack-1.tmp"), store.directory().packs().join("b.tmp"))
        .expect("there is room");
    symlink(outside.join("b.fresh"), store.directory().version().join(format!("b{SUFFIX}")))
        .expect("there is room");
    symlink(&outside, store.directory().packs().join("folder.pack")).expect("there is room");
    collect(&store, &policy(0));
    lazyast_store::clean_cache(cache).expect("it is ours");
    assert_eq!(names(&outside), ["b.fresh", "c", "packs"]);
    assert_eq!(names(&outside.join("packs")), ["a.pack", "pack-1.tmp"]);
}

#[test]
fn collecting_by_itself_happens_once_a_day() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    publish_old(&store, &sources(), 40 * DAY);
    let collect =
        || store.collect_garbage_if_due().expect("there is room").map(|collected| collected.archives);
    assert_eq!(collect(), None, "a new cache needs none");
    let fingerprint = store.directory().root().join("collected");
    age(&fingerprint, 2);
    assert!(lazyast_store::is_gc_due(store.directory().root()));
    assert_eq!(collect(), Some(sources().len()));
    assert_eq!(collect(), None);
    assert!(!lazyast_store::is_gc_due(store.directory().root()));
}

#[test]
fn nobody_waits_for_who_collects() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let lock = File::create(store.directory().version().join("compact.lock")).expect("there is room");
    lock.lock().expect("nobody has it");
    store.collect_garbage_if_due().expect("there is room");
    age(&store.directory().root().join("collected"), 2);
    assert_eq!(store.collect_garbage_if_due().expect("there is room"), None);
    for number in 0..40 {
        publish(&store, &[numbered(number)]);
    }
    assert_eq!(store.stats().packs, 40, "they are put together another time");
    drop(lock);
    publish(&store, &[numbered(40)]);
    assert!(store.stats().packs < 20);
}

#[test]
fn what_is_too_old_is_not_put_together() {
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
