//! The formats of hits, and the options of output.

use serde_json::Value;

use crate::sandbox::{Sandbox, assert_transcript};

/// A directory with a file in which bytes and characters differ, and one that cannot be searched.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("src/ä b.py", "x = 'ü', print(\n    \"a, b\",\n)\n");
    sandbox
}

#[test]
fn formats() {
    let sandbox = sandbox();
    for format in ["text", "json", "vimgrep", "github", "sarif", "csv"] {
        assert_transcript!(
            sandbox,
            format!("format-{format}"),
            ["find", "--format", format, "-e", "print($X)", "-e", "open($$$)", "src"]
        );
    }
    assert_transcript!(sandbox, "format-unknown", ["find", "--format", "xml", "print($X)"]);
}

#[test]
fn notebooks() {
    let sandbox = Sandbox::new();
    let notebook = r##"{"nbformat": 4, "metadata": {}, "cells": [
        {"cell_type": "markdown", "source": ["# print(0)"]},
        {"cell_type": "code", "outputs": [], "source": ["%time print(1)\n", "def f():\n", "    print('ü',\n", "        2)"]},
        {"cell_type": "code", "outputs": [], "source": "x = 'é'; print(x)\n"}]}"##;
    sandbox.write("notes/a.ipynb", notebook);
    assert_transcript!(sandbox, "notebook-default", ["find", "-l", "print($$$)", "."]);
    let search = |options: &[&str]| {
        sandbox.run(&[&["find", "-t", "ipynb"], options, &["print($$$)", "notes"]].concat())
    };
    for format in ["text", "json", "github", "sarif", "csv"] {
        assert_transcript!(sandbox, format!("notebook-{format}"), search(&["--format", format]));
    }
    assert_transcript!(sandbox, "notebook-matching", search(&["-o"]));
    assert_transcript!(sandbox, "notebook-context", search(&["-C", "1"]));
    assert_transcript!(sandbox, "notebook-rewrite", search(&["--rewrite", "show()", "--apply"]));
    assert_eq!(std::fs::read_to_string(sandbox.path("notes/a.ipynb")).expect("the file"), notebook);
    sandbox.write("notes/b.ipynb", "{}");
    assert_transcript!(sandbox, "notebook-broken", search(&["-c"]));
}

#[test]
fn options_of_output() {
    let sandbox = sandbox();
    assert_transcript!(sandbox, "only-matching", ["find", "-o", "print($$$)", "src"]);
    assert_transcript!(sandbox, "after-context", ["find", "-A", "1", "print($$$)", "src/pkg"]);
    assert_transcript!(sandbox, "before-context", ["find", "-B", "1", "print($$$)", "src/pkg"]);
    assert_transcript!(sandbox, "max-count", ["find", "-m", "1", "-c", "print($$$)", "src"]);
    assert_transcript!(sandbox, "null", ["find", "-l", "-0", "print($$$)", "src"]);
    assert_transcript!(sandbox, "sort-hits", ["find", "-c", "--sort", "hits", "print($$$)", "src"]);
    assert_transcript!(sandbox, "stats-of-search", ["find", "-c", "--stats", "print($$$)", "src"]);
    assert_transcript!(
        sandbox,
        "hyperlinks",
        ["find", "-l", "--hyperlinks", "always", "print($$$)", "src/app.py"]
    );
}

#[test]
fn gate() {
    let sandbox = sandbox();
    assert_transcript!(sandbox, "strict", ["find", "--strict", "print($$$)", "src/app.py", "src/wrong.py"]);
    assert_transcript!(sandbox, "strict-quiet", ["find", "--strict", "-q", "print($$$)", "src"]);
    assert_transcript!(sandbox, "strict-searched", ["find", "--strict", "print($$$)", "src/app.py"]);
    for index in 0..12 {
        sandbox.write(&format!("many/wrong{index:02}.py"), "x = (\n");
    }
    assert_transcript!(sandbox, "unsearched", ["find", "f()", "many"]);
}

#[test]
fn hits_with_decorators() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "class C:\n    @first\n    @second(1)\n    def f(self):\n        pass\n");
    for format in ["text", "json", "csv"] {
        let arguments = ["find", "--format", format, "@second($_)\ndef $F($$$): $$$", "a.py"];
        assert_transcript!(sandbox, format!("decorators-{format}"), sandbox.run(&arguments));
    }
}

#[test]
fn newer_syntax() {
    let sandbox = Sandbox::new();
    let arguments = ["find", "--strict", "--stats", "print($$$)", "src/pkg"];
    assert_transcript!(sandbox, "newer-any", sandbox.run(&arguments));
    let named = ["find", "--python", "3.11", "--strict", "--stats", "print($$$)", "src/pkg"];
    assert_transcript!(sandbox, "newer", sandbox.run(&named));
    let input = b"type X = int\n";
    let standard_input = ["find", "--python", "3.11", "--strict", "print($$$)", "-"];
    assert_transcript!(sandbox, "newer-stdin", sandbox.run_with_input(&standard_input, input));
    let rewrite = ["find", "--python", "3.11", "X", "--rewrite", "Y", "--apply", "-"];
    assert_transcript!(sandbox, "newer-stdin-rewrite", sandbox.run_with_input(&rewrite, b"type X = int\n"));
    sandbox.write("pyproject.toml", "[tool.lazyast]\npython = \"3.11\"\n");
    assert_transcript!(sandbox, "newer-configured", sandbox.run(&arguments));
    // The option counts more than the file.
    let other = ["find", "--python", "3.12", "--strict", "--stats", "print($$$)", "src/pkg"];
    assert_transcript!(sandbox, "newer-option", sandbox.run(&other));
}

/// What the schema of SARIF 2.1.0 requires of the parts that are printed.
#[test]
fn sarif_has_the_required_properties() {
    let sandbox = sandbox();
    let document =
        sandbox.output(&["find", "--format", "sarif", "-e", "print($X)", "-e", "open($$$)", "src"]);
    let document: Value = serde_json::from_str(&document).expect("the document is JSON");
    assert_eq!(document["version"], "2.1.0");
    let [run] = &document["runs"].as_array().expect("runs is a list")[..] else { panic!("{document}") };
    assert!(run["tool"]["driver"]["name"].is_string());
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    let notification = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert!(notification["message"]["text"].as_str().is_some_and(|text| text.starts_with("not searched: ")));
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules is a list");
    let results = run["results"].as_array().expect("results is a list");
    assert_eq!((rules.len(), results.len()), (2, 3));
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("ruleIndex is a number") as usize;
        assert_eq!(result["ruleId"], rules[index]["id"]);
        assert!(matches!(result["level"].as_str(), Some("none" | "note" | "warning" | "error")));
        assert!(result["message"]["text"].is_string());
        let location = &result["locations"][0]["physicalLocation"];
        let uri = location["artifactLocation"]["uri"].as_str().expect("uri is a text");
        assert!(uri.is_ascii() && !uri.contains(' '), "{uri}");
        let number = |name: &str| location["region"][name].as_u64().expect("a number");
        let start = (number("startLine"), number("startColumn"));
        assert!(start >= (1, 1) && (number("endLine"), number("endColumn")) >= start);
    }
}
