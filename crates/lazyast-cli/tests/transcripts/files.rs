//! Which files are searched: options that select them, lists of files, standard input.

use std::process::Command;

use crate::sandbox::{Sandbox, assert_transcript};

/// A directory in which most files are passed over.
fn selection() -> Sandbox {
    let sandbox = Sandbox::new();
    for name in [
        "tree/a.py",
        "tree/stub.pyi",
        "tree/.hidden.py",
        "tree/.venv/lib.py",
        "tree/.secret/b.py",
        "tree/build/c.py",
        "tree/venv/__init__.py",
        "tree/venv/package.py",
        "tree/node_modules/d.py",
        "tree/lib/site-packages/e.py",
        "tree/__pycache__/f.py",
        "tree/tests/g.py",
        "tree/text.txt",
    ] {
        sandbox.write(name, "found(1)\n");
    }
    sandbox
}

#[test]
fn files_that_are_passed_over() {
    let sandbox = selection();
    assert_transcript!(sandbox, "files-default", ["find", "-l", "found($X)", "tree"]);
    assert_transcript!(sandbox, "files-hidden", ["find", "-l", "--hidden", "found($X)", "tree"]);
    assert_transcript!(sandbox, "files-no-ignore", ["find", "-l", "--no-ignore", "found($X)", "tree"]);
    assert_transcript!(sandbox, "files-type", ["find", "-l", "-t", "pyi", "found($X)", "tree"]);
    assert_transcript!(sandbox, "files-glob", ["find", "-l", "-g", "tree/*.py", "found($X)", "tree"]);
    assert_transcript!(sandbox, "files-glob-not", ["find", "-l", "-g", "!tests", "found($X)", "tree"]);
    assert_transcript!(
        sandbox,
        "files-exclude",
        ["find", "-l", "--exclude", "tree/tests/", "found($X)", "tree"]
    );
    assert_transcript!(sandbox, "files-named", ["find", "-l", "found($X)", "tree/build", "tree/text.txt"]);
    assert_transcript!(sandbox, "files-invalid-glob", ["find", "-g", "[", "found($X)", "tree"]);
    // The second time, from what was recorded: the same files.
    assert_eq!(
        sandbox.run(&["find", "-l", "found($X)", "tree"]),
        sandbox.run(&["find", "-l", "found($X)", "tree"])
    );
}

#[test]
fn a_package_is_not_passed_over() {
    let sandbox = selection();
    let run = || sandbox.run(&["find", "-l", "found($X)", "tree"]);
    assert!(!run().contains("tree/build/c.py"));
    // Creating the file changes a directory that is not listed.
    sandbox.write("tree/build/__init__.py", "");
    assert!(run().contains("tree/build/c.py"));
    std::fs::remove_file(sandbox.path("tree/build/__init__.py")).expect("the sandbox is writable");
    assert!(!run().contains("tree/build/c.py"));
}

#[test]
fn configuration() {
    let sandbox = selection();
    sandbox
        .write("pyproject.toml", "[tool.lazyast]\nexclude = [\"tests/\"]\nhidden = true\ntypes = [\"py\"]\n");
    assert_transcript!(sandbox, "configuration", ["find", "-l", "found($X)", "tree"]);
    sandbox.write("pyproject.toml", "[tool.lazyast]\ncachedir = 1\nhidden = 'yes'\n");
    assert_transcript!(sandbox, "configuration-keys", ["find", "-l", "found($X)", "tree/a.py"]);
    sandbox.write("pyproject.toml", "[tool.lazyast]\nhidden = \n");
    assert_transcript!(sandbox, "configuration-broken", ["dir"]);
}

#[test]
fn lists_and_standard_input() {
    let sandbox = selection();
    sandbox.write("list", "tree/a.py\ntree/text.txt\ntree/build/c.py\n");
    assert_transcript!(sandbox, "files-from", ["find", "-l", "found($X)", "--files-from", "list"]);
    sandbox.write("list", "tree/a.py\0tree/tests/g.py\0");
    assert_transcript!(sandbox, "files-from-nul", ["find", "-l", "found($X)", "--files-from", "list"]);
    sandbox.write("list", "");
    assert_transcript!(sandbox, "files-from-empty", ["find", "found($X)", "--files-from", "list"]);
    sandbox.write("list", "tree/gone.py\n");
    assert_transcript!(sandbox, "files-from-missing", ["find", "found($X)", "--files-from", "list"]);
    let input = b"if found(1):\n    found(2)\n";
    assert_transcript!(sandbox, "stdin", sandbox.run_with_input(&["find", "found($X)", "-"], input));
    assert_transcript!(
        sandbox,
        "stdin-context",
        sandbox.run_with_input(&["find", "-A1", "found(1)", "-"], input)
    );
    assert_transcript!(
        sandbox,
        "stdin-wrong",
        sandbox.run_with_input(&["find", "f()", "--strict", "-"], b"x = (")
    );
}

#[test]
fn changed_files() {
    let sandbox = selection();
    let git = |arguments: &[&str]| {
        let identity =
            ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"];
        let status =
            Command::new("git").args(identity).args(arguments).current_dir(sandbox.path("")).status();
        assert!(status.expect("git can be started").success());
    };
    git(&["init", "--quiet"]);
    git(&["add", "tree/a.py", "tree/tests"]);
    git(&["commit", "--quiet", "--message", "first"]);
    sandbox.write("tree/tests/g.py", "found(1)\nfound(2)\n");
    sandbox.write(".gitignore", "tree/build/\ntree/lib/\n");
    assert_transcript!(sandbox, "changed", ["find", "-l", "found($X)", "--changed", "tree"]);
    assert_transcript!(sandbox, "changed-tests", ["find", "-c", "found($X)", "--changed=main", "tree/tests"]);
    assert_transcript!(sandbox, "changed-unknown", ["find", "found($X)", "--changed=other"]);
}
