use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lazyast_tests::vectors::workspace;
use serde_json::Value;

/// Crates that may depend on everything, since nothing depends on them.
const LEAVES: [&str; 3] = ["lazyast-tests", "lazyast-fuzz", "lazyast-benches"];

/// Dependencies from outside that belong to one crate, with what a name of theirs begins with.
const OWNED: [(&str, &str); 5] = [
    ("rkyv", "lazyast-format"),
    ("ruff_", "lazyast-parse"),
    ("encoding_rs", "lazyast-parse"),
    ("clap", "lazyast-cli"),
    ("pyo3", "lazyast-python"),
];

/// Dependencies of each crate of the workspace, without those of its tests.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(workspace())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut crates = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let normal = package["dependencies"].as_array().unwrap().iter().filter(|one| one["kind"] != "dev");
        let names = normal.map(|one| one["name"].as_str().unwrap().to_owned()).collect();
        crates.insert(package["name"].as_str().unwrap().to_owned(), names);
    }
    crates
}

/// The diagram of ARCHITECTURE.md: what each crate depends on inside the workspace.
fn diagram() -> BTreeMap<String, BTreeSet<String>> {
    let architecture = fs::read_to_string(workspace().join("ARCHITECTURE.md")).unwrap();
    let (_, section) = architecture.split_once("\n## Crates\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let arrows = section.lines().filter_map(|line| line.split_once(" ──▶ "));
    let targets = |text: &str| {
        // What follows two spaces is a comment.
        let list = text.split("  ").next().unwrap();
        let names = list.split(", ").map(str::trim).filter(|name| !name.starts_with('('));
        names.map(str::to_owned).collect()
    };
    arrows.map(|(from, to)| (from.trim().to_owned(), targets(to))).collect()
}

#[test]
fn crates_depend_on_what_the_diagram_draws() {
    let crates = dependencies();
    let inside = |dependencies: &BTreeSet<String>| -> BTreeSet<String> {
        dependencies.iter().filter(|name| crates.contains_key(*name)).cloned().collect()
    };
    let actual = crates.iter().filter(|(name, _)| !LEAVES.contains(&name.as_str()));
    let actual: BTreeMap<_, _> = actual.map(|(name, all)| (name.clone(), inside(all))).collect();
    assert_eq!(actual, diagram(), "what cargo metadata has, and what ARCHITECTURE.md draws");
}

#[test]
fn some_dependencies_belong_to_one_crate() {
    for (name, dependencies) in dependencies() {
        if LEAVES.contains(&name.as_str()) {
            continue;
        }
        for dependency in dependencies {
            for (prefix, owner) in OWNED {
                assert!(
                    !dependency.starts_with(prefix) || name == owner,
                    "{name} depends on {dependency}, which belongs to {owner}"
                );
            }
        }
    }
}

/// All Rust files of the crates' sources.
fn sources() -> Vec<PathBuf> {
    let mut directories = vec![workspace().join("crates")];
    let mut files = Vec::new();
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

fn is(path: &Path, end: &str) -> bool {
    path.ends_with(end)
}

#[test]
fn rkyv_lives_in_one_file() {
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        let names = text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("rkyv::"));
        assert!(!names || is(&path, "lazyast-format/src/layout/columns.rs"), "{} names rkyv", path.display());
    }
}

/// The files with unsafe code that ARCHITECTURE.md lists.
fn listed_as_unsafe() -> BTreeSet<String> {
    let architecture = fs::read_to_string(workspace().join("ARCHITECTURE.md")).unwrap();
    let (_, safety) = architecture.split_once("## Safety").unwrap();
    let (table, _) = safety.split_once("\n## ").unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `crates/"));
    rows.map(|row| format!("crates/{}", row.split('`').next().unwrap())).collect()
}

#[test]
fn crates_without_unsafe_code_say_so() {
    let listed = listed_as_unsafe();
    for crate_ in fs::read_dir(workspace().join("crates")).unwrap() {
        let name = crate_.unwrap().file_name().into_string().unwrap();
        let Ok(text) = fs::read_to_string(workspace().join("crates").join(&name).join("src/lib.rs")) else {
            continue;
        };
        let has_unsafe = listed.iter().any(|path| path.starts_with(&format!("crates/{name}/")));
        let expected = if has_unsafe { "#![deny(unsafe_code)]" } else { "#![forbid(unsafe_code)]" };
        assert!(text.contains(expected), "{name} has no {expected}");
    }
}

/// Unsafe code stands in the files that ARCHITECTURE.md lists, and in no others.
#[test]
fn unsafe_code_is_where_the_list_says() {
    let is_unsafe = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"].iter().any(|form| code.contains(form))
    };
    let found: BTreeSet<_> = sources()
        .into_iter()
        .filter(|path| fs::read_to_string(path).unwrap().lines().any(is_unsafe))
        .map(|path| path.strip_prefix(workspace()).unwrap().to_string_lossy().replace('\\', "/"))
        .collect();
    assert_eq!(found, listed_as_unsafe());
}

/// Checked access takes the same time at any length only if every element is a plain number.
#[test]
fn archived_columns_are_vectors_of_numbers() {
    let text = fs::read_to_string(workspace().join("crates/lazyast-format/src/layout/columns.rs")).unwrap();
    let records = ["Narrow", "Runs"];
    let numbers = ["u8", "u32", "u64"].map(|number| format!("Vec<{number}>"));
    let mut fields = 0;
    for part in text.split("\npub(crate) struct ").skip(1) {
        let body = part.split("\n}").next().unwrap();
        let mut is_archived = true;
        for line in body.lines().map(str::trim) {
            let is_skipped = !std::mem::replace(&mut is_archived, line != "#[rkyv(with = Skip)]");
            let Some(line) = line.strip_prefix("pub(crate) ").filter(|_| !is_skipped) else { continue };
            let (_, kind) = line.trim_end_matches(',').split_once(": ").unwrap();
            assert!(records.contains(&kind) || numbers.contains(&kind.to_owned()), "{line}");
            fields += 1;
        }
    }
    assert!(fields > 20, "only {fields} fields are found in columns.rs");
}

/// Paths in the documents are not checked by any compiler.
#[test]
fn documents_name_paths_that_exist() {
    let mut count = 0;
    let documents = [workspace().to_path_buf(), workspace().join("docs")]
        .map(|directory| fs::read_dir(directory).unwrap());
    let documents = documents.into_iter().flatten().map(|entry| entry.unwrap().path());
    for path in documents.filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
        let document = path.display();
        let text = fs::read_to_string(&path).unwrap();
        let is_path = |text: &&str| {
            let top = text.split('/').next().unwrap();
            let is_in_tree = text.contains('/')
                && ["crates", "docs", "tests", "python", "format-spec", "benches"].contains(&top);
            (is_in_tree || text.ends_with(".md")) && !text.contains(char::is_whitespace)
        };
        for path in text.split('`').skip(1).step_by(2).filter(is_path) {
            // `TARGET` and its like stand for any name.
            let known: PathBuf = path.split('/').take_while(|part| *part != "TARGET").collect();
            let in_spec = workspace().join("format-spec").join(&known);
            assert!(workspace().join(&known).exists() || in_spec.exists(), "{document} names {path}");
            count += 1;
        }
    }
    assert!(count > 30, "only {count} paths are found");
}
