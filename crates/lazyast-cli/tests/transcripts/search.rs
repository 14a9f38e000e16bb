//! find, select and dump.

use crate::sandbox::{Sandbox, assert_transcript};

#[test]
fn find() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "find", ["find", "print($$$)"]);
    assert_transcript!(sandbox, "find-several", ["find", "-e", "print($X)", "-e", "open($PATH, $$$)", "src"]);
    assert_transcript!(sandbox, "find-context", ["find", "-C", "1", "print($$$)", "src/pkg"]);
    assert_transcript!(sandbox, "find-color", ["find", "--color", "always", "print($X)", "src/app.py"]);
    assert_transcript!(sandbox, "find-count", ["find", "--count", "print($$$)", "src/app.py", "src/pkg"]);
    assert_transcript!(sandbox, "find-files", ["find", "-l", "print($$$)", "src"]);
    assert_transcript!(sandbox, "find-quiet", ["find", "-q", "print($$$)", "src"]);
    assert_transcript!(sandbox, "find-no-hits", ["find", "exec($$$)", "src/app.py"]);
    assert_transcript!(sandbox, "find-json", ["find", "--json", "print($X, $$$REST)", "src/pkg"]);
    assert_transcript!(sandbox, "find-inside", ["find", "--inside", "For", "print($$$)", "src/pkg"]);
}

#[test]
fn select() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "select", ["select", "ClassDef > FunctionDef[name=/^test_/]", "src/app.py"]);
    assert_transcript!(sandbox, "select-json", ["select", "--json", "Yield", "src/app.py"]);
    assert_transcript!(
        sandbox,
        "select-not",
        ["select", "--not", "[name='run']", "FunctionDef", "src/app.py"]
    );
}

#[test]
fn explain() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "explain-find", ["find", "--explain", "open($PATH, $$$, mode='rb')"]);
    let selector = "ClassDef > FunctionDef[name=/^test_/]:has(Yield)";
    assert_transcript!(sandbox, "explain-select", ["select", "--explain", "--inside", "Module", selector]);
}

#[test]
fn dump() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "dump", ["dump", "src/pkg/util.py"]);
    assert_transcript!(
        sandbox,
        "dump-indent",
        ["dump", "--python", "3.11", "--indent", "2", "--no-attributes", "src/app.py"]
    );
    assert_transcript!(
        sandbox,
        "dump-show-empty",
        ["dump", "--show-empty", "--no-attributes", "src/pkg/newer.py"]
    );
}
