use std::fs;

use lazyast_tests::vectors::{leftovers, outputs, workspace};

#[test]
fn tables_are_what_the_schema_generates() {
    for (path, text) in xtask::outputs().unwrap() {
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(there == text, "{} is stale\nhint: run `cargo xtask generate`", path.display());
    }
}

#[test]
fn vectors_and_the_worked_example_are_what_their_definitions_give() {
    let outputs = outputs().unwrap();
    for (path, bytes) in &outputs {
        let there = fs::read(path).unwrap_or_default();
        assert!(there == *bytes, "{} is stale\nhint: run `cargo xtask vectors`", path.display());
    }
    assert_eq!(leftovers(&outputs).unwrap(), Vec::<std::path::PathBuf>::new());
}

/// The producer in archives names the version of ruff that Cargo.toml pins and Cargo.lock has.
#[test]
fn archives_name_the_version_of_ruff() {
    let version = lazyast_parse::PRODUCER.strip_prefix("ruff ").expect("the producer is ruff");
    let manifest = read("Cargo.toml");
    let lock = read("Cargo.lock");
    for name in ["ruff_python_ast", "ruff_python_parser", "ruff_text_size"] {
        assert!(manifest.contains(&format!("{name} = \"={version}\"")), "Cargo.toml pins another {name}");
        let locked = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert!(lock.contains(&locked), "Cargo.lock has another {name}");
    }
}

fn read(name: &str) -> String {
    let path = workspace().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
