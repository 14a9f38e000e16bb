//! Directories of sources, warmed and opened again, with all that a directory can hold.

use std::fs;
use std::path::{Path, PathBuf};

use lazyast::{Cache, FailureReason, Project, Unsupported, WarmOptions, WarmReport};

struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a directory");
        fs::create_dir(root.path().join("src")).expect("there is room");
        Self { root }
    }

    fn src(&self) -> PathBuf {
        self.root.path().join("src")
    }

    fn write(&self, name: &str, source: impl AsRef<[u8]>) {
        let path = self.src().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("there is room");
        fs::write(path, source).expect("there is room");
    }

    fn cache(&self) -> Cache {
        Cache::at(self.root.path().join("cache")).expect("a new directory")
    }

    fn warm(&self) -> WarmReport {
        lazyast::warm(
            &self.cache(),
            &[self.src()],
            WarmOptions { jobs: Some(2), ..WarmOptions::default() },
            &|_| {},
        )
    }
}

fn counts(report: &WarmReport) -> (usize, usize, usize, usize) {
    (report.files, report.new, report.cached, report.failures.len())
}

#[test]
fn the_second_run_finds_what_the_first_one_wrote() {
    let place = Place::new();
    place.write("a.py", "import os\n");
    place.write("b/c.py", "x = 1\ny = 2\n");
    place.write("b/copy.py", "import os\n");
    place.write("d.pyi", "def f() -> int: ...\n");
    place.write("readme.txt", "not Python");
    let first = place.warm();
    assert_eq!(counts(&first), (4, 4, 0, 0));
    assert_eq!(first.lines, 5);
    let second = place.warm();
    assert_eq!(counts(&second), (4, 0, 4, 0));
    assert_eq!((second.lines, second.source_bytes), (first.lines, first.source_bytes));
    let stats = place.cache().store().expect("there is a cache").stats();
    assert_eq!((stats.packs, stats.archives), (1, 3), "equal sources are stored once");
    place.write("a.py", "import sys\n");
    assert_eq!(counts(&place.warm()), (4, 1, 3, 0));
}

#[test]
fn ignore_files_are_respected_and_named_files_are_taken() {
    let place = Place::new();
    fs::create_dir(place.src().join(".git")).expect("there is room");
    place.write(".gitignore", "build/\n");
    place.write("build/made.py", "x = 1\n");
    place.write("kept.py", "x = 1\n");
    assert_eq!(place.warm().files, 1);
    let named = [place.src().join("build/made.py")];
    let report = lazyast::warm(&place.cache(), &named, WarmOptions::default(), &|_| {});
    assert_eq!(report.files, 1);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_said_and_hurts_nobody() {
    let place = Place::new();
    place.write("good.py", "x = 1\n");
    place.write("wrong.py", "x = = 1\n");
    place.write("nul.py", "x = 1\0\n");
    place.write("latin.py", b"x = '\xe9'\n");
    place.write("cookie.py", "# coding: klingon\nx = 1\n");
    place.write("utf16.py", b"\xff\xfex\x00=\x001\x00");
    place.write("deep.py", "(".repeat(1_000_000));
    place.write("chain.py", format!("a{}", ".b".repeat(200_000)));
    std::os::unix::fs::symlink("nowhere", place.src().join("broken.py")).expect("there is room");
    let report = place.warm();
    assert_eq!(counts(&report), (9, 1, 0, 8));
    let reason = |name: &str| {
        let failure = report.failures.iter().find(|failure| failure.path.ends_with(name));
        &failure.unwrap_or_else(|| panic!("{name} should have failed")).reason
    };
    assert!(matches!(reason("broken.py"), FailureReason::File(_)));
    assert!(matches!(
        reason("wrong.py"),
        FailureReason::Unsupported(Unsupported::Syntax { line: 1, column: 4, .. })
    ));
    for name in ["nul.py", "latin.py", "cookie.py", "utf16.py"] {
        assert!(
            matches!(reason(name), FailureReason::Unsupported(Unsupported::Encoding(_))),
            "{name}: {}",
            reason(name)
        );
    }
    for name in ["deep.py", "chain.py"] {
        assert!(
            matches!(reason(name), FailureReason::Unsupported(Unsupported::Depth { .. })),
            "{name}: {}",
            reason(name)
        );
    }
    assert_eq!(counts(&place.warm()), (9, 0, 1, 8));
}

#[cfg(unix)]
#[test]
fn a_cache_that_cannot_be_written_is_done_without() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("a.py", "import os\n");
    let cache = place.cache();
    let packs = cache.store().expect("there is a cache").directory().packs().to_owned();
    fs::set_permissions(&packs, fs::Permissions::from_mode(0o500)).expect("it is ours");
    if fs::write(packs.join("probe"), "").is_ok() {
        return; // A superuser writes everywhere.
    }
    let report = lazyast::warm(&cache, &[place.src()], WarmOptions::default(), &|_| {});
    assert!(report.unwritten.is_some());
    assert_eq!(counts(&report), (1, 1, 0, 0));
}

#[test]
fn a_deleted_cache_is_made_again() {
    let place = Place::new();
    place.write("a.py", "import os\n");
    let cache = place.cache();
    fs::remove_dir_all(place.root.path().join("cache")).expect("it is there");
    let report = lazyast::warm(&cache, &[place.src()], WarmOptions::default(), &|_| {});
    assert!(report.unwritten.is_some(), "nothing can be written under a name that is gone");
    assert_eq!(counts(&place.warm()), (1, 1, 0, 0));
    assert_eq!(counts(&place.warm()), (1, 0, 1, 0));
}

#[test]
fn single_sources_come_back_from_a_pack() {
    let place = Place::new();
    let source = b"import os\n";
    let fresh = place.cache().archive(source).expect("it is Python");
    assert!(!fresh.is_cached());
    let cache = place.cache();
    let found = cache.archive(source).expect("it is Python");
    assert!(found.is_cached(), "dropping the first cache published it");
    assert_eq!(found.as_ref(), fresh.as_ref());
}

#[test]
fn a_project_has_its_modules_in_order() {
    let place = Place::new();
    place.write("b.py", "x = 1\n");
    place.write("a.py", "import os\n");
    place.write("wrong.py", "x = = 1\n");
    for _ in 0..2 {
        let project = Project::open(&place.cache(), &[place.src()], WarmOptions::default());
        let names: Vec<_> = project.modules().iter().filter_map(|module| module.path().file_name()).collect();
        assert_eq!(names, ["a.py", "b.py"]);
        assert_eq!(project.failures().len(), 1);
        let tree = project.modules()[0].tree().expect("it is whole");
        assert_eq!(tree.len(), 3);
    }
}
