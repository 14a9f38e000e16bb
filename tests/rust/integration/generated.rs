use std::fs;

use lazyast_tests::vectors::{leftovers, outputs};

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
