//! Errors and warnings of all commands.

use crate::sandbox::{Sandbox, assert_transcript};

#[test]
fn sources_that_cannot_be_used() {
    let sandbox = Sandbox::new();
    sandbox.write("empty/readme.txt", "");
    assert_transcript!(sandbox, "error-warm-no-sources", ["warm", "empty"]);
    assert_transcript!(sandbox, "error-warm-all-failed", ["warm", "src/wrong.py", "missing"]);
    assert_transcript!(sandbox, "error-export-all-failed", ["pack", "export", "trees.pack", "src/wrong.py"]);
    assert_transcript!(sandbox, "error-export-directory", ["pack", "export", "missing/trees.pack", "src"]);
    assert_transcript!(sandbox, "error-dump-syntax", ["dump", "src/wrong.py"]);
    assert_transcript!(sandbox, "error-dump-missing", ["dump", "missing.py"]);
    assert_transcript!(sandbox, "error-dump-version", ["dump", "--python", "3.11", "src/pkg/newer.py"]);
    assert_transcript!(sandbox, "error-dump-option", ["dump", "--python", "3.9", "src/app.py"]);
}

#[test]
fn queries_that_cannot_be_used() {
    let sandbox = Sandbox::new();
    sandbox.write("empty.queries", "\n---\n");
    assert_transcript!(sandbox, "error-find-nothing", ["find"]);
    assert_transcript!(sandbox, "error-select-nothing", ["select"]);
    assert_transcript!(sandbox, "error-find-syntax", ["find", "f($X"]);
    assert_transcript!(sandbox, "error-find-metavariable", ["find", "f($$X)"]);
    assert_transcript!(sandbox, "error-find-suggestion", ["find", "def $F(...)"]);
    assert_transcript!(sandbox, "error-select-kind", ["select", "Name > Cal"]);
    assert_transcript!(sandbox, "error-find-empty-file", ["find", "-f", "empty.queries"]);
    assert_transcript!(sandbox, "error-find-missing-file", ["find", "-f", "missing.queries"]);
    assert_transcript!(sandbox, "error-find-missing-path", ["find", "f()", "missing"]);
    sandbox.write("empty/readme.txt", "");
    assert_transcript!(sandbox, "error-find-no-sources", ["find", "f()", "empty"]);
}

#[test]
fn caches_that_cannot_be_used() {
    let sandbox = Sandbox::new();
    sandbox.write("file", "");
    assert_transcript!(
        sandbox,
        "error-cache-is-a-file",
        ["find", "--cache-dir", "file", "open($$$)", "src/app.py"]
    );
    assert_transcript!(sandbox, "error-no-cache", ["stats", "--no-cache"]);
    assert_transcript!(sandbox, "error-gc-size", ["gc", "--max-size", "much"]);
    assert_transcript!(
        sandbox,
        "error-underlay",
        ["find", "--cache-underlay", "missing", "open($$$)", "src/app.py"]
    );
}

#[test]
fn tables_that_cannot_be_made() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "error-export-format", ["export", "--to", "calls.csv", "src"]);
    assert_transcript!(
        sandbox,
        "error-export-table",
        ["export", "--to", "a.arrow", "--table", "trees", "src"]
    );
    assert_transcript!(
        sandbox,
        "error-export-column",
        ["export", "--to", "a.arrow", "--table", "calls", "--columns", "callee,caller", "src"]
    );
    assert_transcript!(sandbox, "error-export-place", ["export", "--to", "missing/a.arrow", "src"]);
    assert_transcript!(sandbox, "export-failures", ["export", "--to", "a.arrows", "--table", "calls", "src"]);
    assert_transcript!(sandbox, "error-sql-format", ["sql", "--format", "xml", "SELECT 1"]);
}

#[test]
fn no_interpreter() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "error-sql-python", ["sql", "--python", "missing", "SELECT 1"]);
    assert_transcript!(sandbox, "error-demo-python", ["demo", "--python", "missing"]);
}
