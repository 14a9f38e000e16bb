//! Warming and opening directories with supported and unsupported sources.

use std::fs;
use std::path::{Path, PathBuf};

use lazyast::{Cache, FailureReason, Project, Unsupported, WarmOptions, WarmReport};

struct Codebase {
    root: tempfile::TempDir,
}

impl Codebase {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("the temporary directory is writable");
        fs::create_dir(root.path().join("src")).expect("the directory is writable");
        Self { root }
    }

    fn src(&self) -> PathBuf {
        self.root.path().join("src")
    }

    fn write(&self, name: &str, source: impl AsRef<[u8]>) {
        let path = self.src().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("the directory is writable");
        fs::write(path, source).expect("the directory is writable");
    }

    fn cache(&self) -> Cache {
        Cache::at(self.root.path().join("cache")).expect("the directory is writable")
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
fn the_second_run_finds_the_archives_of_the_first() {
    let codebase = Codebase::new();
    codebase.write("a.py", "import os\n");
    codebase.write("b/c.py", "x = 1\ny = 2\n");
    codebase.write("b/copy.py", "import os\n");
    codebase.write("d.pyi", "def f() -> int: ...\n");
    codebase.write("readme.txt", "not Python");
    let first = codebase.warm();
    assert_eq!(counts(&first), (4, 4, 0, 0));
    assert_eq!(first.lines, 5);
    let second = codebase.warm();
    assert_eq!(counts(&second), (4, 0, 4, 0));
    assert_eq!((second.lines, second.source_bytes), (first.lines, first.source_bytes));
    let stats = codebase.cache().store().expect("the cache is writable").stats();
    assert_eq!((stats.packs, stats.archives), (1, 3), "equal sources are stored once");
    codebase.write("a.py", "import sys\n");
    assert_eq!(counts(&codebase.warm()), (4, 1, 3, 0));
}

#[test]
fn ignore_files_apply_except_to_paths_themselves() {
    let codebase = Codebase::new();
    fs::create_dir(codebase.src().join(".git")).expect("the directory is writable");
    codebase.write(".gitignore", "build/\n");
    codebase.write("build/made.py", "x = 1\n");
    codebase.write("kept.py", "x = 1\n");
    assert_eq!(codebase.warm().files, 1);
    let named = [codebase.src().join("build/made.py")];
    let report = lazyast::warm(&codebase.cache(), &named, WarmOptions::default(), &|_| {});
    assert_eq!(report.files, 1);
}

#[cfg(unix)]
#[test]
fn failures_are_reported_and_do_not_affect_other_sources() {
    let codebase = Codebase::new();
    codebase.write("good.py", "x = 1\n");
    codebase.write("wrong.py", "x = = 1\n");
    codebase.write("nul.py", "x = 1\0\n");
    codebase.write("latin.py", b"x = '\xe9'\n");
    codebase.write("cookie.py", "# coding: klingon\nx = 1\n");
    codebase.write("utf16.py", b"\xff\xfex\x00=\x001\x00");
    codebase.write("deep.py", "(".repeat(1_000_000));
    codebase.write("chain.py", format!("a{}", ".b".repeat(200_000)));
    std::os::unix::fs::symlink("nowhere", codebase.src().join("broken.py"))
        .expect("the directory is writable");
    let report = codebase.warm();
    assert_eq!(counts(&report), (9, 1, 0, 8));
    let reason = |name: &str| {
        let failure = report.failures.iter().find(|failure| failure.path.ends_with(name));
        &failure.unwrap_or_else(|| panic!("{name} did not fail")).reason
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
    assert_eq!(counts(&codebase.warm()), (9, 0, 1, 8));
}

#[cfg(unix)]
#[test]
fn a_cache_that_cannot_be_written_is_reported() {
    use std::os::unix::fs::PermissionsExt;
    let codebase = Codebase::new();
    codebase.write("a.py", "import os\n");
    let cache = codebase.cache();
    let packs = cache.store().expect("the cache is writable").directory().packs().to_owned();
    fs::set_permissions(&packs, fs::Permissions::from_mode(0o500)).expect("it is writable");
    if fs::write(packs.join("probe"), "").is_ok() {
        return; // The superuser can write to any directory.
    }
    let report = lazyast::warm(&cache, &[codebase.src()], WarmOptions::default(), &|_| {});
    assert!(report.unwritten.is_some());
    assert_eq!(counts(&report), (1, 1, 0, 0));
}

#[test]
fn a_deleted_cache_is_created_again() {
    let codebase = Codebase::new();
    codebase.write("a.py", "import os\n");
    let cache = codebase.cache();
    fs::remove_dir_all(codebase.root.path().join("cache")).expect("it exists");
    let report = lazyast::warm(&cache, &[codebase.src()], WarmOptions::default(), &|_| {});
    assert!(report.unwritten.is_some(), "the directory does not exist any more");
    assert_eq!(counts(&codebase.warm()), (1, 1, 0, 0));
    assert_eq!(counts(&codebase.warm()), (1, 0, 1, 0));
}

#[test]
fn single_sources_are_published_in_a_pack() {
    let codebase = Codebase::new();
    let source = b"import os\n";
    let fresh = codebase.cache().archive(source).expect("the source is supported");
    assert!(!fresh.is_cached());
    let cache = codebase.cache();
    let found = cache.archive(source).expect("the source is supported");
    assert!(found.is_cached(), "dropping the first cache published it");
    assert_eq!(found.as_ref(), fresh.as_ref());
}

#[test]
fn a_project_has_its_modules_in_order() {
    let codebase = Codebase::new();
    codebase.write("b.py", "x = 1\n");
    codebase.write("a.py", "import os\n");
    codebase.write("wrong.py", "x = = 1\n");
    for _ in 0..2 {
        let project = Project::open(&codebase.cache(), &[codebase.src()], WarmOptions::default());
        let names: Vec<_> = project.modules().iter().filter_map(|module| module.path().file_name()).collect();
        assert_eq!(names, ["a.py", "b.py"]);
        assert_eq!(project.failures().len(), 1);
        let tree = project.modules()[0].tree().expect("the archive is intact");
        assert_eq!(tree.len(), 3);
    }
}
