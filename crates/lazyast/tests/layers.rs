//! Trees that come from elsewhere: caches below, and exported packs.

use std::fs;
use std::path::PathBuf;

use lazyast::{Cache, CacheDirectoryError, Project, WarmOptions, WarmReport, export};

struct Place {
    root: tempfile::TempDir,
}

impl Place {
    /// A directory with three sources, two of them equal.
    fn new() -> Self {
        let place = Self { root: tempfile::tempdir().expect("a directory") };
        fs::create_dir(place.src()).expect("there is room");
        for (name, source) in [("a.py", "a = 1\n"), ("b.py", "b = 1\n"), ("copy.py", "a = 1\n")] {
            fs::write(place.src().join(name), source).expect("there is room");
        }
        place
    }

    fn src(&self) -> PathBuf {
        self.root.path().join("src")
    }

    fn cache(&self, name: &str) -> Cache {
        Cache::at(self.root.path().join(name)).expect("it is ours")
    }

    /// A cache with all archives, to be put below another.
    fn underlay(&self) -> PathBuf {
        self.warm(&self.cache("underlay"));
        self.root.path().join("underlay")
    }

    fn warm(&self, cache: &Cache) -> WarmReport {
        lazyast::warm(cache, &[self.src()], WarmOptions::default(), &|_| {})
    }

    /// What the names in a project's sources are.
    fn names(&self, cache: &Cache) -> Vec<String> {
        let project = Project::open(cache, &[self.src()], WarmOptions::default());
        let name = |module: &lazyast::Module| {
            module.tree().expect("it is whole").name(0).expect("there is one").to_owned()
        };
        project.modules().iter().map(name).collect()
    }
}

#[test]
fn what_is_below_is_not_parsed_again() {
    let place = Place::new();
    let underlay = [place.underlay()];
    let open =
        || Cache::open_with_underlay(Some(&place.root.path().join("upper")), &underlay).expect("it is ours");
    for round in 0..3 {
        let report = place.warm(&open());
        assert_eq!((report.new, report.cached), (0, 3), "round {round}");
        assert!(report.unwritten.is_none());
    }
    assert_eq!(open().store().expect("there is one").stats().packs, 0, "nothing is stored twice");
    assert_eq!(place.names(&open()), ["a", "b", "a"]);
    fs::write(place.src().join("b.py"), "changed = 1\n").expect("there is room");
    assert_eq!(place.names(&open()), ["a", "changed", "a"]);
    assert_eq!(open().store().expect("there is one").stats().archives, 1);
    assert_eq!(
        Cache::at(underlay[0].clone()).expect("it is ours").store().expect("there is one").stats().archives,
        2
    );
}

#[test]
fn what_is_below_serves_alone() {
    let place = Place::new();
    let underlay = [place.underlay()];
    let unusable = place.root.path().join("file");
    fs::write(&unusable, "").expect("there is room");
    let cache = Cache::open_with_underlay(Some(&unusable), &underlay).expect("there is one below");
    assert!(matches!(cache.problems(), [CacheDirectoryError::Io { .. }]), "{:?}", cache.problems());
    assert!(cache.store().is_none());
    let report = place.warm(&cache);
    assert_eq!((report.new, report.cached), (0, 3));
    fs::write(place.src().join("b.py"), "changed = 1\n").expect("there is room");
    assert_eq!(place.names(&cache), ["a", "changed", "a"]);
    assert!(Cache::open_with_underlay(Some(&unusable), &[]).is_err());
    assert!(matches!(
        Cache::open_with_underlay(Some("off".as_ref()), &underlay),
        Err(CacheDirectoryError::Disabled)
    ));
}

#[test]
fn a_codebase_is_exported_and_imported() {
    let place = Place::new();
    fs::write(place.src().join("wrong.py"), "x = (\n").expect("there is room");
    let file = place.root.path().join("trees.pack");
    for expected in [2, 0] {
        let exported = export(&place.cache("one"), &file, &[place.src()], WarmOptions::default());
        let exported = exported.expect("there is room");
        assert_eq!((exported.archives, exported.failures.len()), (2, 1));
        // Equal sources are parsed by whoever comes first, and by both if they come together.
        assert!((expected..=expected + 1).contains(&exported.report.new), "{:?}", exported.report);
        assert_eq!(exported.bytes, file.metadata().expect("it is there").len());
    }
    let other = place.cache("other");
    let imported = other.store().expect("there is one").import(&file).expect("there is room");
    assert_eq!((imported.new, imported.pack.problem_count), (2, 0));
    let report = place.warm(&other);
    assert_eq!((report.new, report.cached), (0, 3));
    assert_eq!(place.names(&other), ["a", "b", "a"]);
    let without = export(&Cache::disabled(), &file, &[place.src()], WarmOptions::default());
    assert_eq!(without.expect("there is room").archives, 2);
    let nowhere = place.root.path().join("none/trees.pack");
    assert!(export(&other, &nowhere, &[place.src()], WarmOptions::default()).is_err());
    let left: Vec<_> = fs::read_dir(place.root.path()).expect("it is there").flatten().collect();
    assert_eq!(left.len(), 4, "nothing else is left: {left:?}");
}
