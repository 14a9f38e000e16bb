//! Change detection: unchanged sources are not read, and every change is noticed.

use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lazyast::store::FileFingerprint;
use lazyast::{
    Cache, ChangeDetection, FallbackVerdict, FileSelection, InterpreterId, Project, WarmOptions, WarmReport,
};

/// Longer than the granularity of timestamps.
const GRAIN: Duration = Duration::from_millis(120);
const BY_STAT: WarmOptions =
    WarmOptions { jobs: Some(2), change_detection: ChangeDetection::Stat, selection: FileSelection::new() };
const BY_CONTENT: WarmOptions = WarmOptions {
    jobs: Some(2),
    change_detection: ChangeDetection::Content,
    selection: FileSelection::new(),
};

struct Codebase {
    root: tempfile::TempDir,
}

impl Codebase {
    /// A directory with three sources, whose timestamps are no longer racy.
    fn new() -> Self {
        let codebase = Self { root: tempfile::tempdir().expect("the temporary directory is writable") };
        codebase.write("a.py", "a = 1\n");
        codebase.write("b/b.py", "b = 1\n");
        codebase.write("b/c/c.py", "c = 1\n");
        codebase.wait();
        codebase
    }

    fn src(&self) -> PathBuf {
        self.root.path().join("src")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.src().join(name)
    }

    fn write(&self, name: &str, source: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("the path has a parent")).expect("the directory is writable");
        fs::write(path, source).expect("the directory is writable");
    }

    fn wait(&self) {
        std::thread::sleep(GRAIN);
    }

    fn cache(&self) -> Cache {
        Cache::at(self.root.path().join("cache")).expect("it is writable")
    }

    fn warm(&self, options: WarmOptions) -> WarmReport {
        lazyast::warm(&self.cache(), &[self.src()], options, &|_| {})
    }

    /// Warms, and gives the number of sources that were not read.
    fn unread(&self) -> usize {
        self.warm(BY_STAT).unread
    }

    /// The names of all sources, each with the first name in its tree.
    fn found(&self) -> Vec<(String, String)> {
        self.found_by(BY_STAT)
    }

    fn found_by(&self, options: WarmOptions) -> Vec<(String, String)> {
        let project = Project::open(&self.cache(), &[self.src()], options);
        let mut found = Vec::new();
        for module in project.modules() {
            let tree = module.tree().expect("the archive is intact");
            let name = module.path().strip_prefix(self.src()).expect("it exists").to_string_lossy();
            found.push((name.replace('\\', "/"), tree.name(0).expect("the source has a name").to_owned()));
        }
        found
    }

    /// The same, from the content of every file.
    fn expected(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for path in lazyast::find_sources(&[self.src()], &FileSelection::new()).0 {
            let source = fs::read_to_string(&path).expect("it exists");
            let name = path.strip_prefix(self.src()).expect("it exists").to_string_lossy();
            found.push((
                name.replace('\\', "/"),
                source.split(' ').next().expect("the source has a name").to_owned(),
            ));
        }
        found
    }

    fn cache_files(&self, ending: &str) -> Vec<PathBuf> {
        let mut directories = vec![self.root.path().join("cache")];
        let mut found = Vec::new();
        while let Some(directory) = directories.pop() {
            for path in
                fs::read_dir(directory).expect("it exists").map(|entry| entry.expect("it exists").path())
            {
                if path.is_dir() {
                    directories.push(path);
                } else if path.to_string_lossy().ends_with(ending) {
                    found.push(path);
                }
            }
        }
        found
    }
}

#[test]
fn unchanged_sources_are_not_read() {
    let codebase = Codebase::new();
    assert_eq!(codebase.unread(), 0);
    let report = codebase.warm(BY_STAT);
    assert_eq!((report.unread, report.cached, report.new), (3, 3, 0));
    assert_eq!((report.lines, report.source_bytes), (3, 18));
    assert_eq!(codebase.warm(BY_CONTENT).unread, 0);
    assert_eq!(codebase.unread(), 3);
    assert_eq!(codebase.found(), codebase.expected());
}

#[test]
fn changed_sources_are_read() {
    let codebase = Codebase::new();
    codebase.warm(BY_STAT);
    codebase.write("b/b.py", "changed = 1\n");
    assert_eq!(codebase.unread(), 2);
    assert_eq!(codebase.found(), codebase.expected());
    codebase.wait();
    codebase.warm(BY_STAT);
    assert_eq!(codebase.unread(), 3);
}

#[test]
fn new_renamed_and_deleted_files_are_noticed() {
    let codebase = Codebase::new();
    codebase.warm(BY_STAT);
    assert_eq!(codebase.unread(), 3);
    codebase.write("b/new.py", "new = 1\n");
    assert_eq!(codebase.found(), codebase.expected());
    fs::remove_file(codebase.path("a.py")).expect("it exists");
    assert_eq!(codebase.found(), codebase.expected());
    fs::rename(codebase.path("b/c"), codebase.path("d")).expect("it exists");
    assert_eq!(codebase.found(), codebase.expected());
    codebase.write("e/f/g.py", "g = 1\n");
    assert_eq!(codebase.found(), codebase.expected());
    fs::rename(codebase.path("b/new.py"), codebase.path("b/b.py")).expect("it exists");
    assert_eq!(codebase.found(), codebase.expected());
    fs::remove_dir_all(codebase.path("e")).expect("it exists");
    assert_eq!(codebase.found(), codebase.expected());
    assert_eq!(codebase.found().len(), 2);
}

/// The new content has the same size, and the modification time is set back.
#[cfg(unix)]
#[test]
fn a_change_with_equal_size_and_time_is_noticed() {
    let codebase = Codebase::new();
    let path = codebase.path("a.py");
    let before = path.metadata().expect("it exists").modified().expect("the file system has timestamps");
    codebase.warm(BY_STAT);
    assert_eq!(codebase.unread(), 3);
    codebase.write("a.py", "z = 1\n");
    File::options()
        .write(true)
        .open(&path)
        .and_then(|file| file.set_modified(before))
        .expect("it is writable");
    assert_eq!(
        path.metadata().expect("it exists").modified().expect("the file system has timestamps"),
        before
    );
    assert_eq!(codebase.unread(), 2);
    assert_eq!(codebase.found(), codebase.expected());
    // Another file replaces it, with the same size and time.
    fs::write(codebase.root.path().join("other"), "y = 1\n").expect("the directory is writable");
    fs::rename(codebase.root.path().join("other"), &path).expect("it exists");
    File::options()
        .write(true)
        .open(&path)
        .and_then(|file| file.set_modified(before))
        .expect("it is writable");
    assert_eq!(codebase.found(), codebase.expected());
}

/// The second version has the same size as the first one, and mostly the same timestamps (racy timestamps).
#[test]
fn two_changes_within_one_timestamp_are_noticed() {
    let codebase = Codebase::new();
    for round in 0..60 {
        for name in ["v", "w", "x"] {
            codebase.write("a.py", &format!("{name} = {}\n", round % 10));
            assert_eq!(codebase.found()[0].1, name);
        }
    }
}

#[test]
fn two_changes_of_a_directory_within_one_timestamp_are_noticed() {
    let codebase = Codebase::new();
    for round in 0..60 {
        let name = format!("b/n{round}.py");
        codebase.write(&name, "n = 1\n");
        assert_eq!(codebase.found().len(), 4);
        fs::remove_file(codebase.path(&name)).expect("it exists");
        assert_eq!(codebase.found().len(), 3);
    }
}

/// Timestamps in the future prove nothing: the clock may have been set back.
#[test]
fn files_from_the_future_are_read() {
    let codebase = Codebase::new();
    let later = SystemTime::now() + Duration::from_secs(3600);
    let file = File::options().write(true).open(codebase.path("a.py")).expect("it is writable");
    file.set_times(FileTimes::new().set_modified(later)).expect("it is writable");
    drop(file);
    codebase.wait();
    codebase.warm(BY_STAT);
    assert_eq!(codebase.unread(), 2);
    assert_eq!(codebase.unread(), 2);
    assert_eq!(codebase.found(), codebase.expected());
}

#[test]
fn changed_ignore_files_are_noticed() {
    let codebase = Codebase::new();
    fs::create_dir(codebase.path(".git")).expect("the directory is writable");
    codebase.write(".gitignore", "nothing\n");
    codebase.wait();
    codebase.warm(BY_STAT);
    assert_eq!(codebase.unread(), 3);
    let expect = |names: &[&str]| {
        let found: Vec<String> = codebase.found().into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, names);
    };
    codebase.write(".gitignore", "/b/c\n");
    expect(&["a.py", "b/b.py"]);
    codebase.write(".gitignore", "nothing\n");
    expect(&["a.py", "b/b.py", "b/c/c.py"]);
    codebase.write("b/.ignore", "b.py\n");
    expect(&["a.py", "b/c/c.py"]);
    fs::remove_file(codebase.path("b/.ignore")).expect("it exists");
    codebase.write(".git/info/exclude", "c.py\n");
    expect(&["a.py", "b/b.py"]);
    fs::remove_file(codebase.path(".git/info/exclude")).expect("it exists");
    // An ignore file above the directory.
    fs::write(codebase.root.path().join(".ignore"), "a.py\n").expect("the directory is writable");
    expect(&["b/b.py", "b/c/c.py"]);
    fs::remove_file(codebase.root.path().join(".ignore")).expect("it exists");
    expect(&["a.py", "b/b.py", "b/c/c.py"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_to_their_current_target() {
    let codebase = Codebase::new();
    fs::write(codebase.root.path().join("one.py"), "one = 1\n").expect("the directory is writable");
    fs::write(codebase.root.path().join("two.py"), "two = 2\n").expect("the directory is writable");
    std::os::unix::fs::symlink("../one.py", codebase.path("link.py")).expect("the directory is writable");
    codebase.wait();
    codebase.warm(BY_STAT);
    assert_eq!(codebase.unread(), 4);
    fs::write(codebase.root.path().join("one.py"), "new = 1\n").expect("the directory is writable");
    assert_eq!(codebase.found(), codebase.expected());
    fs::remove_file(codebase.path("link.py")).expect("it exists");
    std::os::unix::fs::symlink("../two.py", codebase.path("link.py")).expect("the directory is writable");
    assert_eq!(codebase.found(), codebase.expected());
    // A dangling link is inspected again each time.
    fs::remove_file(codebase.root.path().join("two.py")).expect("it exists");
    codebase.wait();
    assert_eq!(codebase.warm(BY_STAT).failures.len(), 1);
    assert_eq!(codebase.warm(BY_STAT).failures.len(), 1);
    fs::write(codebase.root.path().join("two.py"), "back = 2\n").expect("the directory is writable");
    assert_eq!(codebase.found(), codebase.expected());
}

#[test]
fn unsupported_sources_are_not_read_again() {
    let codebase = Codebase::new();
    codebase.write("wrong.py", "x = = 1\n");
    codebase.wait();
    let first = codebase.warm(BY_STAT);
    let second = codebase.warm(BY_STAT);
    assert_eq!((second.unread, second.failures.len()), (4, 1));
    assert_eq!(first.failures[0].reason.to_string(), second.failures[0].reason.to_string());
    codebase.write("wrong.py", "x = 1\n");
    assert_eq!(codebase.warm(BY_STAT).failures.len(), 0);
}

#[test]
fn fallback_verdicts_last_as_long_as_the_source() {
    let codebase = Codebase::new();
    codebase.write("wrong.py", "x = = 1\n");
    codebase.wait();
    let wrong = codebase.path("wrong.py");
    let open = || Project::open(&codebase.cache(), &[codebase.src()], BY_STAT);
    let mut project = open();
    assert_eq!(project.fallback_verdict(&wrong, InterpreterId(7)), None);
    project.record_fallback_verdicts(InterpreterId(7), &[(wrong.clone(), FallbackVerdict::Parses)]);
    project.record_fallback_verdicts(InterpreterId(8), &[(wrong.clone(), FallbackVerdict::Parses)]);
    project.record_fallback_verdicts(InterpreterId(8), &[(wrong.clone(), FallbackVerdict::Rejects)]);
    let recorded = |id| open().fallback_verdict(&wrong, InterpreterId(id));
    assert_eq!(
        (recorded(7), recorded(8), recorded(9)),
        (Some(FallbackVerdict::Parses), Some(FallbackVerdict::Rejects), None)
    );
    codebase.write("wrong.py", "y = = 1\n");
    assert_eq!(open().fallback_verdict(&wrong, InterpreterId(7)), None);
}

#[test]
fn unchanged_files_that_are_paths_are_not_read() {
    let codebase = Codebase::new();
    let paths = [codebase.path("b/b.py"), codebase.path("a.py")];
    let open = || Project::open(&codebase.cache(), &paths, BY_STAT);
    assert_eq!(open().report().unread, 0);
    assert_eq!(open().report().unread, 2);
    codebase.write("a.py", "z = 1\n");
    assert_eq!(open().report().unread, 1);
    // The state is recorded for each list of paths.
    assert_eq!(codebase.unread(), 0);
}

#[test]
fn a_cache_that_loses_its_packs_is_filled_again() {
    let codebase = Codebase::new();
    codebase.warm(BY_STAT);
    for pack in codebase.cache_files(".pack") {
        fs::remove_file(pack).expect("it exists");
    }
    let report = codebase.warm(BY_STAT);
    assert_eq!((report.unread, report.new), (0, 3));
    assert_eq!(codebase.unread(), 3);
    assert_eq!(codebase.found(), codebase.expected());
}

#[test]
fn a_damaged_project_state_counts_as_missing() {
    let codebase = Codebase::new();
    codebase.warm(BY_STAT);
    let [file] = &codebase.cache_files(".fresh")[..] else { panic!("expected one file") };
    let whole = fs::read(file).expect("it exists");
    for at in (0..whole.len()).step_by(5) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x40;
        fs::write(file, &damaged).expect("it is writable");
        assert_eq!(codebase.unread(), 0, "byte {at}");
    }
    assert_eq!(codebase.unread(), 3);
}

/// Archives are damaged after they were located. The first access parses the source again.
#[test]
fn damaged_archives_are_replaced() {
    let codebase = Codebase::new();
    codebase.warm(BY_STAT);
    let [pack] = &codebase.cache_files(".pack")[..] else { panic!("expected one file") };
    let whole = fs::read(pack).expect("it exists");
    let expected = codebase.expected();
    for at in (16..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x40;
        fs::remove_file(pack).expect("it exists");
        fs::write(pack, &damaged).expect("it is writable");
        assert_eq!(codebase.found(), expected, "byte {at}");
        // The replacement was published. The next round needs the damaged pack alone.
        for other in codebase.cache_files(".pack") {
            if other != *pack {
                fs::remove_file(other).expect("it exists");
            }
        }
    }
}

#[test]
fn an_open_project_outlives_its_cache_and_its_files() {
    let codebase = Codebase::new();
    codebase.warm(BY_STAT);
    let project = Project::open(&codebase.cache(), &[codebase.src()], BY_STAT);
    fs::remove_dir_all(codebase.root.path().join("cache")).expect("it exists");
    codebase.write("a.py", "changed = 1\n");
    let tree = project.modules()[0].tree().expect("the archive stays in memory");
    assert_eq!(tree.name(0), Ok("a"));
}

#[test]
fn without_a_cache_everything_is_read() {
    let codebase = Codebase::new();
    let open = || Project::open(&Cache::disabled(), &[codebase.src()], BY_STAT);
    assert_eq!(open().report().unread, 0);
    let project = open();
    assert_eq!((project.report().unread, project.modules().len()), (0, 3));
    assert!(project.modules().iter().all(|module| module.archive().is_ok()));
}

#[test]
fn different_spellings_of_a_path_have_states_of_their_own() {
    let codebase = Codebase::new();
    assert_eq!(codebase.unread(), 0);
    let other = [Path::new(&codebase.src()).join("../src")];
    let project = Project::open(&codebase.cache(), &other, BY_STAT);
    assert_eq!(project.report().unread, 0);
    assert!(project.modules()[0].path().starts_with(&other[0]));
}

#[test]
fn a_missing_directory_is_a_failure() {
    let codebase = Codebase::new();
    codebase.warm(BY_STAT);
    fs::rename(codebase.src(), codebase.root.path().join("elsewhere")).expect("it exists");
    let report = codebase.warm(BY_STAT);
    assert_eq!((report.files, report.failures.len()), (1, 1));
}

#[test]
fn a_directory_that_becomes_a_file_is_no_source() {
    let codebase = Codebase::new();
    codebase.warm(BY_STAT);
    fs::remove_dir_all(codebase.path("b/c")).expect("it exists");
    codebase.write("b/c", "not Python");
    assert_eq!(codebase.found(), codebase.expected());
    assert_eq!(codebase.found().len(), 2);
}

/// Sources are read whatever their fingerprints are. Only the list of sources comes from the recorded state.
#[test]
fn by_content_fingerprints_are_not_trusted() {
    let codebase = Codebase::new();
    assert_eq!(codebase.found_by(BY_CONTENT), codebase.expected());
    codebase.wait();
    assert_eq!(codebase.found_by(BY_CONTENT), codebase.expected());
    let [file] = &codebase.cache_files(".fresh")[..] else { panic!("expected one file") };
    // The recorded state is forged: a source has a valid fingerprint, and the key of another source.
    let recorded = fs::read(file).expect("it exists");
    let keys: Vec<_> =
        ["a = 1\n", "b = 1\n"].map(|source| lazyast::store::source_key(source.as_bytes())).to_vec();
    let position_of = |key: &[u8]| recorded.windows(32).position(|window| window == key).expect("it exists");
    let mut forged = recorded.clone();
    forged[position_of(&keys[0])..][..32].copy_from_slice(&keys[1]);
    let checksum = twox_hash::XxHash3_64::oneshot(&forged[16..]);
    forged[8..16].copy_from_slice(&checksum.to_le_bytes());
    fs::write(file, &forged).expect("it is writable");
    assert_eq!(codebase.found()[0].1, "b", "by stat the fingerprint is trusted");
    assert_eq!(codebase.found_by(BY_CONTENT), codebase.expected());
    assert_eq!(codebase.found(), codebase.expected(), "the correct state was recorded");
    for (name, source) in [("a.py", "z = 1\n"), ("b/new.py", "new = 1\n"), ("d/e.py", "e = 1\n")] {
        codebase.write(name, source);
        assert_eq!(codebase.found_by(BY_CONTENT), codebase.expected(), "{name}");
    }
    fs::remove_file(codebase.path("b/b.py")).expect("it exists");
    assert_eq!(codebase.found_by(BY_CONTENT), codebase.expected());
}

#[test]
fn by_content_the_state_is_written_only_if_it_changes() {
    let codebase = Codebase::new();
    codebase.write("wrong.py", "x = = 1\n");
    codebase.wait();
    let open = || Project::open(&codebase.cache(), &[codebase.src()], BY_CONTENT);
    let mut project = open();
    project
        .record_fallback_verdicts(InterpreterId(7), &[(codebase.path("wrong.py"), FallbackVerdict::Parses)]);
    let inode = || FileFingerprint::at(&codebase.cache_files(".fresh")[0]).expect("it exists").inode;
    let before = inode();
    for _ in 0..3 {
        let project = open();
        assert_eq!((project.report().cached, project.report().new, project.report().unread), (3, 0, 0));
        assert_eq!(
            project.fallback_verdict(&codebase.path("wrong.py"), InterpreterId(7)),
            Some(FallbackVerdict::Parses),
            "the source is the same"
        );
    }
    assert_eq!(inode(), before);
    assert_eq!(codebase.unread(), 4, "a state recorded by content serves by stat");
    // The content is the same and the time differs: the new fingerprint must be recorded.
    codebase.write("a.py", "a = 1\n");
    codebase.wait();
    assert_eq!(open().report().new, 0);
    assert_ne!(inode(), before);
    assert_eq!(codebase.unread(), 4);
}

#[test]
fn warming_by_content_replaces_damaged_archives() {
    let codebase = Codebase::new();
    codebase.warm(BY_STAT);
    let [pack] = &codebase.cache_files(".pack")[..] else { panic!("expected one file") };
    let mut damaged = fs::read(pack).expect("it exists");
    damaged[200] ^= 0x40;
    fs::remove_file(pack).expect("it exists");
    fs::write(pack, &damaged).expect("it is writable");
    assert_eq!(codebase.warm(BY_CONTENT).new, 1);
    assert_eq!(codebase.warm(BY_CONTENT).new, 0);
    assert_eq!(codebase.found(), codebase.expected());
}
