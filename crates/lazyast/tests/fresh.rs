//! Sources that did not change are not read, and sources that did are: whatever was done to them.

use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lazyast::store::FileFingerprint;
use lazyast::{Cache, ChangeDetection, FallbackVerdict, InterpreterId, Project, WarmOptions, WarmReport};

/// Longer than timestamps lag behind the clock.
const GRAIN: Duration = Duration::from_millis(120);
const BY_STAT: WarmOptions = WarmOptions { jobs: Some(2), change_detection: ChangeDetection::Stat };
const BY_CONTENT: WarmOptions = WarmOptions { jobs: Some(2), change_detection: ChangeDetection::Content };

struct Place {
    root: tempfile::TempDir,
}

impl Place {
    /// A directory with three sources in it that have been there for a while.
    fn new() -> Self {
        let place = Self { root: tempfile::tempdir().expect("a directory") };
        place.write("a.py", "a = 1\n");
        place.write("b/b.py", "b = 1\n");
        place.write("b/c/c.py", "c = 1\n");
        place.wait();
        place
    }

    fn src(&self) -> PathBuf {
        self.root.path().join("src")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.src().join(name)
    }

    fn write(&self, name: &str, source: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("there is room");
        fs::write(path, source).expect("there is room");
    }

    fn wait(&self) {
        std::thread::sleep(GRAIN);
    }

    fn cache(&self) -> Cache {
        Cache::at(self.root.path().join("cache")).expect("it is ours")
    }

    fn warm(&self, options: WarmOptions) -> WarmReport {
        lazyast::warm(&self.cache(), &[self.src()], options, &|_| {})
    }

    /// Warms, and expects so many sources that are not read.
    fn unread(&self) -> usize {
        self.warm(BY_STAT).unread
    }

    /// The names of all sources, each with the first name that stands in it.
    fn found(&self) -> Vec<(String, String)> {
        self.found_by(BY_STAT)
    }

    fn found_by(&self, options: WarmOptions) -> Vec<(String, String)> {
        let project = Project::open(&self.cache(), &[self.src()], options);
        let mut found = Vec::new();
        for module in project.modules() {
            let tree = module.tree().expect("it is whole");
            let name = module.path().strip_prefix(self.src()).expect("it is there").to_string_lossy();
            found.push((name.replace('\\', "/"), tree.name(0).expect("there is one").to_owned()));
        }
        found
    }

    /// What a look at every file's content gives.
    fn expected(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for path in lazyast::find_sources(&[self.src()]).0 {
            let source = fs::read_to_string(&path).expect("it is there");
            let name = path.strip_prefix(self.src()).expect("it is there").to_string_lossy();
            found.push((name.replace('\\', "/"), source.split(' ').next().expect("there is one").to_owned()));
        }
        found
    }

    fn cache_files(&self, ending: &str) -> Vec<PathBuf> {
        let mut folders = vec![self.root.path().join("cache")];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for path in
                fs::read_dir(folder).expect("it is there").map(|entry| entry.expect("it is there").path())
            {
                if path.is_dir() {
                    folders.push(path);
                } else if path.to_string_lossy().ends_with(ending) {
                    found.push(path);
                }
            }
        }
        found
    }
}

#[test]
fn what_did_not_change_is_not_read() {
    let place = Place::new();
    assert_eq!(place.unread(), 0);
    let report = place.warm(BY_STAT);
    assert_eq!((report.unread, report.cached, report.new), (3, 3, 0));
    assert_eq!((report.lines, report.source_bytes), (3, 18));
    assert_eq!(place.warm(BY_CONTENT).unread, 0);
    assert_eq!(place.unread(), 3);
    assert_eq!(place.found(), place.expected());
}

#[test]
fn what_changed_is_read() {
    let place = Place::new();
    place.warm(BY_STAT);
    place.write("b/b.py", "changed = 1\n");
    assert_eq!(place.unread(), 2);
    assert_eq!(place.found(), place.expected());
    place.wait();
    place.warm(BY_STAT);
    assert_eq!(place.unread(), 3);
}

#[test]
fn files_come_and_go() {
    let place = Place::new();
    place.warm(BY_STAT);
    assert_eq!(place.unread(), 3);
    place.write("b/new.py", "new = 1\n");
    assert_eq!(place.found(), place.expected());
    fs::remove_file(place.path("a.py")).expect("it is there");
    assert_eq!(place.found(), place.expected());
    fs::rename(place.path("b/c"), place.path("d")).expect("it is there");
    assert_eq!(place.found(), place.expected());
    place.write("e/f/g.py", "g = 1\n");
    assert_eq!(place.found(), place.expected());
    fs::rename(place.path("b/new.py"), place.path("b/b.py")).expect("it is there");
    assert_eq!(place.found(), place.expected());
    fs::remove_dir_all(place.path("e")).expect("it is there");
    assert_eq!(place.found(), place.expected());
    assert_eq!(place.found().len(), 2);
}

/// The size is the same, and the time of the change is set back.
#[cfg(unix)]
#[test]
fn a_change_that_hides_is_seen() {
    let place = Place::new();
    let path = place.path("a.py");
    let before = path.metadata().expect("it is there").modified().expect("there are times");
    place.warm(BY_STAT);
    assert_eq!(place.unread(), 3);
    place.write("a.py", "z = 1\n");
    File::options().write(true).open(&path).and_then(|file| file.set_modified(before)).expect("it is ours");
    assert_eq!(path.metadata().expect("it is there").modified().expect("there are times"), before);
    assert_eq!(place.unread(), 2);
    assert_eq!(place.found(), place.expected());
    // Another file in the same place, with the same size and time.
    fs::write(place.root.path().join("other"), "y = 1\n").expect("there is room");
    fs::rename(place.root.path().join("other"), &path).expect("it is there");
    File::options().write(true).open(&path).and_then(|file| file.set_modified(before)).expect("it is ours");
    assert_eq!(place.found(), place.expected());
}

/// The second change has the same size, and mostly the same timestamps, as the first one.
#[test]
fn a_file_that_is_written_twice_at_once_is_read() {
    let place = Place::new();
    for round in 0..60 {
        for name in ["v", "w", "x"] {
            place.write("a.py", &format!("{name} = {}\n", round % 10));
            assert_eq!(place.found()[0].1, name);
        }
    }
}

#[test]
fn a_file_that_is_new_in_a_directory_at_once_is_found() {
    let place = Place::new();
    for round in 0..60 {
        let name = format!("b/n{round}.py");
        place.write(&name, "n = 1\n");
        assert_eq!(place.found().len(), 4);
        fs::remove_file(place.path(&name)).expect("it is there");
        assert_eq!(place.found().len(), 3);
    }
}

/// Times to come are nothing to rely on: the clock may have been set back since.
#[test]
fn files_from_the_future_are_read() {
    let place = Place::new();
    let later = SystemTime::now() + Duration::from_secs(3600);
    let file = File::options().write(true).open(place.path("a.py")).expect("it is ours");
    file.set_times(FileTimes::new().set_modified(later)).expect("it is ours");
    drop(file);
    place.wait();
    place.warm(BY_STAT);
    assert_eq!(place.unread(), 2);
    assert_eq!(place.unread(), 2);
    assert_eq!(place.found(), place.expected());
}

#[test]
fn rules_of_what_is_ignored_are_looked_at() {
    let place = Place::new();
    fs::create_dir(place.path(".git")).expect("there is room");
    place.write(".gitignore", "nothing\n");
    place.wait();
    place.warm(BY_STAT);
    assert_eq!(place.unread(), 3);
    let expect = |names: &[&str]| {
        let found: Vec<String> = place.found().into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, names);
    };
    place.write(".gitignore", "/b/c\n");
    expect(&["a.py", "b/b.py"]);
    place.write(".gitignore", "nothing\n");
    expect(&["a.py", "b/b.py", "b/c/c.py"]);
    place.write("b/.ignore", "b.py\n");
    expect(&["a.py", "b/c/c.py"]);
    fs::remove_file(place.path("b/.ignore")).expect("it is there");
    place.write(".git/info/exclude", "c.py\n");
    expect(&["a.py", "b/b.py"]);
    fs::remove_file(place.path(".git/info/exclude")).expect("it is there");
    // Above the directory.
    fs::write(place.root.path().join(".ignore"), "a.py\n").expect("there is room");
    expect(&["b/b.py", "b/c/c.py"]);
    fs::remove_file(place.root.path().join(".ignore")).expect("it is there");
    expect(&["a.py", "b/b.py", "b/c/c.py"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_to_what_they_lead_to_now() {
    let place = Place::new();
    fs::write(place.root.path().join("one.py"), "one = 1\n").expect("there is room");
    fs::write(place.root.path().join("two.py"), "two = 2\n").expect("there is room");
    std::os::unix::fs::symlink("../one.py", place.path("link.py")).expect("there is room");
    place.wait();
    place.warm(BY_STAT);
    assert_eq!(place.unread(), 4);
    fs::write(place.root.path().join("one.py"), "new = 1\n").expect("there is room");
    assert_eq!(place.found(), place.expected());
    fs::remove_file(place.path("link.py")).expect("it is there");
    std::os::unix::fs::symlink("../two.py", place.path("link.py")).expect("there is room");
    assert_eq!(place.found(), place.expected());
    // What leads nowhere is looked at again each time.
    fs::remove_file(place.root.path().join("two.py")).expect("it is there");
    place.wait();
    assert_eq!(place.warm(BY_STAT).failures.len(), 1);
    assert_eq!(place.warm(BY_STAT).failures.len(), 1);
    fs::write(place.root.path().join("two.py"), "back = 2\n").expect("there is room");
    assert_eq!(place.found(), place.expected());
}

#[test]
fn refused_sources_are_not_read_again() {
    let place = Place::new();
    place.write("wrong.py", "x = = 1\n");
    place.wait();
    let first = place.warm(BY_STAT);
    let second = place.warm(BY_STAT);
    assert_eq!((second.unread, second.failures.len()), (4, 1));
    assert_eq!(first.failures[0].reason.to_string(), second.failures[0].reason.to_string());
    place.write("wrong.py", "x = 1\n");
    assert_eq!(place.warm(BY_STAT).failures.len(), 0);
}

#[test]
fn fallback_verdicts_last_as_long_as_the_source() {
    let place = Place::new();
    place.write("wrong.py", "x = = 1\n");
    place.wait();
    let wrong = place.path("wrong.py");
    let open = || Project::open(&place.cache(), &[place.src()], BY_STAT);
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
    place.write("wrong.py", "y = = 1\n");
    assert_eq!(open().fallback_verdict(&wrong, InterpreterId(7)), None);
}

#[test]
fn paths_that_are_files_are_not_read_either() {
    let place = Place::new();
    let paths = [place.path("b/b.py"), place.path("a.py")];
    let open = || Project::open(&place.cache(), &paths, BY_STAT);
    assert_eq!(open().report().unread, 0);
    assert_eq!(open().report().unread, 2);
    place.write("a.py", "z = 1\n");
    assert_eq!(open().report().unread, 1);
    // Other paths are another matter.
    assert_eq!(place.unread(), 0);
}

#[test]
fn a_cache_that_loses_its_packs_is_filled_again() {
    let place = Place::new();
    place.warm(BY_STAT);
    for pack in place.cache_files(".pack") {
        fs::remove_file(pack).expect("it is there");
    }
    let report = place.warm(BY_STAT);
    assert_eq!((report.unread, report.new), (0, 3));
    assert_eq!(place.unread(), 3);
    assert_eq!(place.found(), place.expected());
}

#[test]
fn what_is_known_may_be_damaged() {
    let place = Place::new();
    place.warm(BY_STAT);
    let [file] = &place.cache_files(".fresh")[..] else { panic!("there is one") };
    let whole = fs::read(file).expect("it is there");
    for at in (0..whole.len()).step_by(5) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x40;
        fs::write(file, &damaged).expect("it is ours");
        assert_eq!(place.unread(), 0, "byte {at}");
    }
    assert_eq!(place.unread(), 3);
}

/// An archive is damaged after it was found: whoever asks for it gets it all the same.
#[test]
fn damaged_archives_are_made_again() {
    let place = Place::new();
    place.warm(BY_STAT);
    let [pack] = &place.cache_files(".pack")[..] else { panic!("there is one") };
    let whole = fs::read(pack).expect("it is there");
    let expected = place.expected();
    for at in (16..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x40;
        fs::remove_file(pack).expect("it is there");
        fs::write(pack, &damaged).expect("it is ours");
        assert_eq!(place.found(), expected, "byte {at}");
        // What was made again was published; the next round needs the damaged one alone.
        for other in place.cache_files(".pack") {
            if other != *pack {
                fs::remove_file(other).expect("it is there");
            }
        }
    }
}

#[test]
fn an_open_project_outlives_its_cache_and_its_files() {
    let place = Place::new();
    place.warm(BY_STAT);
    let project = Project::open(&place.cache(), &[place.src()], BY_STAT);
    fs::remove_dir_all(place.root.path().join("cache")).expect("it is there");
    place.write("a.py", "changed = 1\n");
    let tree = project.modules()[0].tree().expect("it is mapped");
    assert_eq!(tree.name(0), Ok("a"));
}

#[test]
fn without_a_cache_everything_is_read() {
    let place = Place::new();
    let open = || Project::open(&Cache::disabled(), &[place.src()], BY_STAT);
    assert_eq!(open().report().unread, 0);
    let project = open();
    assert_eq!((project.report().unread, project.modules().len()), (0, 3));
    assert!(project.modules().iter().all(|module| module.archive().is_ok()));
}

#[test]
fn relative_paths_mean_other_places_in_other_directories() {
    let place = Place::new();
    assert_eq!(place.unread(), 0);
    let other = [Path::new(&place.src()).join("../src")];
    let project = Project::open(&place.cache(), &other, BY_STAT);
    assert_eq!(project.report().unread, 0);
    assert!(project.modules()[0].path().starts_with(&other[0]));
}

#[test]
fn a_directory_that_was_named_and_is_gone_is_said() {
    let place = Place::new();
    place.warm(BY_STAT);
    fs::rename(place.src(), place.root.path().join("elsewhere")).expect("it is there");
    let report = place.warm(BY_STAT);
    assert_eq!((report.files, report.failures.len()), (1, 1));
}

#[test]
fn a_directory_that_becomes_a_file_is_no_source() {
    let place = Place::new();
    place.warm(BY_STAT);
    fs::remove_dir_all(place.path("b/c")).expect("it is there");
    place.write("b/c", "not Python");
    assert_eq!(place.found(), place.expected());
    assert_eq!(place.found().len(), 2);
}

/// Whatever stamps say, sources are read; only which there are is known from the directories.
#[test]
fn by_content_nothing_is_believed_of_sources() {
    let place = Place::new();
    assert_eq!(place.found_by(BY_CONTENT), place.expected());
    place.wait();
    assert_eq!(place.found_by(BY_CONTENT), place.expected());
    let [file] = &place.cache_files(".fresh")[..] else { panic!("there is one") };
    // Somebody has written into the file of what is known that a source has another's archive: stamps that count, and
    // another key.
    let known = fs::read(file).expect("it is there");
    let keys: Vec<_> =
        ["a = 1\n", "b = 1\n"].map(|source| lazyast::store::source_key(source.as_bytes())).to_vec();
    let place_of = |key: &[u8]| known.windows(32).position(|window| window == key).expect("it is there");
    let mut wrong = known.clone();
    wrong[place_of(&keys[0])..][..32].copy_from_slice(&keys[1]);
    let checksum = xxhash_rust::xxh3::xxh3_64(&wrong[16..]);
    wrong[8..16].copy_from_slice(&checksum.to_le_bytes());
    fs::write(file, &wrong).expect("it is ours");
    assert_eq!(place.found()[0].1, "b", "by stat it is believed");
    assert_eq!(place.found_by(BY_CONTENT), place.expected());
    assert_eq!(place.found(), place.expected(), "and now it is known better");
    for (name, source) in [("a.py", "z = 1\n"), ("b/new.py", "new = 1\n"), ("d/e.py", "e = 1\n")] {
        place.write(name, source);
        assert_eq!(place.found_by(BY_CONTENT), place.expected(), "{name}");
    }
    fs::remove_file(place.path("b/b.py")).expect("it is there");
    assert_eq!(place.found_by(BY_CONTENT), place.expected());
}

#[test]
fn by_content_nothing_is_written_for_nothing() {
    let place = Place::new();
    place.write("wrong.py", "x = = 1\n");
    place.wait();
    let open = || Project::open(&place.cache(), &[place.src()], BY_CONTENT);
    let mut project = open();
    project.record_fallback_verdicts(InterpreterId(7), &[(place.path("wrong.py"), FallbackVerdict::Parses)]);
    let inode = || FileFingerprint::at(&place.cache_files(".fresh")[0]).expect("it is there").inode;
    let before = inode();
    for _ in 0..3 {
        let project = open();
        assert_eq!((project.report().cached, project.report().new, project.report().unread), (3, 0, 0));
        assert_eq!(
            project.fallback_verdict(&place.path("wrong.py"), InterpreterId(7)),
            Some(FallbackVerdict::Parses),
            "the source is the same"
        );
    }
    assert_eq!(inode(), before);
    assert_eq!(place.unread(), 4, "what is known by content serves by stat");
    // The same content with another time: now that time has to be known.
    place.write("a.py", "a = 1\n");
    place.wait();
    assert_eq!(open().report().new, 0);
    assert_ne!(inode(), before);
    assert_eq!(place.unread(), 4);
}

#[test]
fn warming_by_content_makes_damaged_archives_again() {
    let place = Place::new();
    place.warm(BY_STAT);
    let [pack] = &place.cache_files(".pack")[..] else { panic!("there is one") };
    let mut damaged = fs::read(pack).expect("it is there");
    damaged[200] ^= 0x40;
    fs::remove_file(pack).expect("it is there");
    fs::write(pack, &damaged).expect("it is ours");
    assert_eq!(place.warm(BY_CONTENT).new, 1);
    assert_eq!(place.warm(BY_CONTENT).new, 0);
    assert_eq!(place.found(), place.expected());
}
