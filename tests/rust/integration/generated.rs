use std::fs;
use std::process::Command;

use lazyast_tests::vectors::{outputs, strangers, workspace};

#[test]
fn tables_are_what_the_schema_generates() {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "xtask", "--", "generate", "--check"])
        .current_dir(workspace())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn vectors_and_the_worked_example_are_what_their_definitions_give() {
    let outputs = outputs().unwrap();
    for (path, bytes) in &outputs {
        let there = fs::read(path).unwrap_or_default();
        assert!(there == *bytes, "{} is stale\nhint: run `cargo xtask vectors`", path.display());
    }
    assert_eq!(strangers(&outputs).unwrap(), Vec::<std::path::PathBuf>::new());
}
