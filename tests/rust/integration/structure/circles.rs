//! Within a crate, no two files need each other, directly or through others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::modules::Modules;
use super::{compare, crate_sources};

/// Files that still stand in a circle.
const KNOWN: [&str; 0] = [];

type Edges = BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>;

/// The files that a file needs, directly or through others.
fn reachable<'edges>(edges: &'edges Edges, from: &PathBuf) -> BTreeSet<&'edges PathBuf> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<_> = edges.get(from).into_iter().flat_map(BTreeMap::keys).collect();
    while let Some(file) = next.pop() {
        if seen.insert(file) {
            next.extend(edges.get(file).into_iter().flat_map(BTreeMap::keys));
        }
    }
    seen
}

#[test]
fn files_form_no_circles() {
    let mut crates: BTreeMap<String, Modules> = BTreeMap::new();
    for (name, path) in crate_sources() {
        let src = PathBuf::from("crates").join(&name).join("src");
        let in_src = path.strip_prefix(&src).unwrap().to_owned();
        // A program beside a library is a crate of its own.
        let is_program =
            in_src == *"main.rs" && lazyast_tests::vectors::workspace().join(src).join("lib.rs").exists();
        if !is_program {
            crates.entry(name).or_default().add(&path, &in_src);
        }
    }
    let mut found = BTreeSet::new();
    let mut count = 0;
    for modules in crates.values() {
        let edges = modules.edges();
        count += edges.values().map(BTreeMap::len).sum::<usize>();
        let reached: BTreeMap<_, _> = edges.keys().map(|file| (file, reachable(&edges, file))).collect();
        for (from, to) in &edges {
            for (file, paths) in to {
                if reached.get(file).is_some_and(|back| back.contains(from)) {
                    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
                    println!("{} -> {}: {}", from.display(), file.display(), paths.join(", "));
                    found.insert(from.display().to_string());
                }
            }
        }
    }
    assert!(count > 200, "only {count} uses between files are found");
    compare(found, KNOWN.map(str::to_owned).into(), "files that need each other");
}
