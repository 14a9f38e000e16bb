//! Files are short enough to be read at once.

use std::collections::BTreeSet;
use std::fs;

use lazyast_tests::vectors::workspace;

use super::{compare, tracked};

const MAX_LINES: usize = 600;

/// Files that are still longer: the oracle of the query languages, tests that go through their rules, and the stub of
/// the extension module, which is one module.
const KNOWN: [&str; 4] = [
    "python/lazyast/_native.pyi",
    "tests/python/test_queries.py",
    "tests/queries/oracle.py",
    "tests/queries/test_oracle.py",
];

/// Files that a program has written.
fn is_generated(path: &str) -> bool {
    path.contains("/generated/") || path == "tests/reader/tables.py"
}

#[test]
fn sources_have_at_most_600_lines() {
    let mut found = BTreeSet::new();
    for path in tracked() {
        if !(path.ends_with(".rs") || path.ends_with(".py") || path.ends_with(".pyi")) || is_generated(&path)
        {
            continue;
        }
        let lines = fs::read_to_string(workspace().join(&path)).map_or(0, |text| text.lines().count());
        if lines > MAX_LINES {
            println!("{path}: {lines} lines");
            found.insert(path);
        }
    }
    compare(found, KNOWN.map(str::to_owned).into(), "files of more than 600 lines");
}
