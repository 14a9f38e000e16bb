//! Archives from other machines: read-only underlays, and exported packs.

use std::fs;
use std::path::PathBuf;

use lazyast::{Cache, CacheDirectoryError, Project, WarmOptions, WarmReport, export};

struct Codebase {
    root: tempfile::TempDir,
}

impl Codebase {
    /// A directory with three sources, two of them equal.
    fn new() -> Self {
        let codebase = Self { root: tempfile::tempdir().expect("the temporary directory is writable") };
        fs::create_dir(codebase.src()).expect("the directory is writable");
        for (name, source) in [("a.py", "a = 1\n"), ("b.py", "b = 1\n"), ("copy.py", "a = 1\n")] {
            fs::write(codebase.src().join(name), source).expect("the directory is writable");
        }
        codebase
    }

    fn src(&self) -> PathBuf {
        self.root.path().join("src")
    }

    fn cache(&self, name: &str) -> Cache {
        Cache::at(self.root.path().join(name)).expect("it is writable")
    }

    /// A cache with all archives, which serves as an underlay.
    fn underlay(&self) -> PathBuf {
        self.warm(&self.cache("underlay"));
        self.root.path().join("underlay")
    }

    fn warm(&self, cache: &Cache) -> WarmReport {
        lazyast::warm(cache, &[self.src()], WarmOptions::default(), &|_| {})
    }

    /// The first name in each source of a project.
    fn names(&self, cache: &Cache) -> Vec<String> {
        let project = Project::open(cache, &[self.src()], WarmOptions::default());
        let name = |module: &lazyast::Module| {
            module.tree().expect("the archive is intact").name(0).expect("the source has a name").to_owned()
        };
        project.modules().iter().map(name).collect()
    }
}

#[test]
fn sources_in_an_underlay_are_not_parsed_again() {
    let codebase = Codebase::new();
    let underlay = [codebase.underlay()];
    let open = || {
        Cache::open_with_underlay(Some(&codebase.root.path().join("upper")), &underlay)
            .expect("it is writable")
    };
    for round in 0..3 {
        let report = codebase.warm(&open());
        assert_eq!((report.new, report.cached), (0, 3), "round {round}");
        assert!(report.unwritten.is_none());
    }
    assert_eq!(open().store().expect("the cache is writable").stats().packs, 0, "nothing is stored twice");
    assert_eq!(codebase.names(&open()), ["a", "b", "a"]);
    fs::write(codebase.src().join("b.py"), "changed = 1\n").expect("the directory is writable");
    assert_eq!(codebase.names(&open()), ["a", "changed", "a"]);
    assert_eq!(open().store().expect("the cache is writable").stats().archives, 1);
    assert_eq!(
        Cache::at(underlay[0].clone())
            .expect("it is writable")
            .store()
            .expect("the cache is writable")
            .stats()
            .archives,
        2
    );
}

#[test]
fn an_underlay_serves_without_a_cache_directory() {
    let codebase = Codebase::new();
    let underlay = [codebase.underlay()];
    let unusable = codebase.root.path().join("file");
    fs::write(&unusable, "").expect("the directory is writable");
    let cache = Cache::open_with_underlay(Some(&unusable), &underlay).expect("the underlay can be used");
    assert!(matches!(cache.problems(), [CacheDirectoryError::Io { .. }]), "{:?}", cache.problems());
    assert!(cache.store().is_none());
    let report = codebase.warm(&cache);
    assert_eq!((report.new, report.cached), (0, 3));
    fs::write(codebase.src().join("b.py"), "changed = 1\n").expect("the directory is writable");
    assert_eq!(codebase.names(&cache), ["a", "changed", "a"]);
    assert!(Cache::open_with_underlay(Some(&unusable), &[]).is_err());
    assert!(matches!(
        Cache::open_with_underlay(Some("off".as_ref()), &underlay),
        Err(CacheDirectoryError::Disabled)
    ));
}

#[test]
fn a_codebase_is_exported_and_imported() {
    let codebase = Codebase::new();
    fs::write(codebase.src().join("wrong.py"), "x = (\n").expect("the directory is writable");
    let file = codebase.root.path().join("trees.pack");
    for expected in [2, 0] {
        let exported = export(&codebase.cache("one"), &file, &[codebase.src()], WarmOptions::default(), None);
        let exported = exported.expect("the directory is writable");
        assert_eq!((exported.archives, exported.failures.len()), (2, 1));
        // Two threads can parse the two equal sources at the same time.
        assert!((expected..=expected + 1).contains(&exported.report.new), "{:?}", exported.report);
        assert_eq!(exported.bytes, file.metadata().expect("it exists").len());
    }
    let other = codebase.cache("other");
    let imported =
        other.store().expect("the cache is writable").import(&file).expect("the directory is writable");
    assert_eq!((imported.new, imported.pack.problem_count), (2, 0));
    let report = codebase.warm(&other);
    assert_eq!((report.new, report.cached), (0, 3));
    assert_eq!(codebase.names(&other), ["a", "b", "a"]);
    let without = export(&Cache::disabled(), &file, &[codebase.src()], WarmOptions::default(), None);
    assert_eq!(without.expect("the directory is writable").archives, 2);
    let nowhere = codebase.root.path().join("none/trees.pack");
    assert!(export(&other, &nowhere, &[codebase.src()], WarmOptions::default(), None).is_err());
    let entries: Vec<_> = fs::read_dir(codebase.root.path()).expect("it exists").flatten().collect();
    assert_eq!(entries.len(), 4, "temporary files remain: {entries:?}");
}
