//! Rules, as users check them.

use serde_json::Value;

use crate::sandbox::{Sandbox, assert_transcript};

const RULES: &str = "\
rules:
  - id: no-print
    message: $X is printed
    severity: error
    category: output
    note: Use a logger.
    url: https://example.org/no-print
    fix: log($X)
    pattern: print($X, $$$)
    tests:
      invalid: [print(1)]
      valid: [print()]
  - id: function
    message: a function
    severity: info
    selector: FunctionDef
    paths: {include: [pkg/]}
";

/// The sources of all transcripts with rules, and a file in which bytes and characters differ.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("rules/ours.yaml", RULES);
    sandbox.write("src/ä b.py", "x = 'ü', print(\n    \"a, b\",\n)\n");
    sandbox.write(
        "pkg/a.py",
        "def f():  # noqa: function\n    pass\n\n\ndef g():\n    pass  # lazyast: ignore[no-print]\n",
    );
    sandbox
}

#[test]
fn formats_of_findings() {
    let sandbox = sandbox();
    for format in ["text", "concise", "json", "github", "gitlab", "sarif"] {
        assert_transcript!(
            sandbox,
            format!("check-{format}"),
            ["check", "--rules", "rules", "--format", format, "--unused-ignores", "src", "pkg"]
        );
    }
    assert_transcript!(
        sandbox,
        "check-statistics",
        ["check", "--rules", "rules", "--statistics", "--unused-ignores", "src", "pkg"]
    );
    assert_transcript!(
        sandbox,
        "check-color",
        ["check", "--rules", "rules", "--color", "always", "src/app.py"]
    );
}

#[test]
fn selected_rules() {
    let sandbox = sandbox();
    assert_transcript!(sandbox, "check-list", ["check", "--rules", "rules", "--list"]);
    assert_transcript!(sandbox, "check-test", ["check", "--rules", "rules", "--test"]);
    assert_transcript!(
        sandbox,
        "check-built-in",
        ["check", "--select", "unreachable-code,io-open", "--list"]
    );
    assert_transcript!(sandbox, "check-unknown", ["check", "--select", "unreachable-cod", "src"]);
    sandbox.write(
        "lazyast.toml",
        "[rules]\nselect = [\"output\"]\nextend = [\"rules/ours.yaml\"]\nignore = [\"function\"]\n",
    );
    assert_transcript!(sandbox, "check-configured", ["check", "--list"]);
    assert_transcript!(sandbox, "check-no-findings", ["check", "pkg"]);
}

#[test]
fn wrong_rules_and_files() {
    let sandbox = sandbox();
    sandbox.write(
        "wrong.yaml",
        "rules:\n  - {id: a, message: m, pattern: 'f('}\n  - {id: b, message: m, pattern: print()}\n",
    );
    sandbox.write("unknown.yaml", "rules:\n  - id: a\n    massage: m\n");
    sandbox.write(
        "failing.yaml",
        "rules:\n  - {id: a, message: m, pattern: f(), tests: {invalid: [g()], valid: ['f()', 'f(']}}\n",
    );
    assert_transcript!(
        sandbox,
        "check-wrong-rule",
        ["check", "--rules", "wrong.yaml", "--format", "concise", "src/pkg"]
    );
    assert_transcript!(sandbox, "check-unknown-key", ["check", "--rules", "unknown.yaml", "src/pkg"]);
    assert_transcript!(sandbox, "check-failing-test", ["check", "--rules", "failing.yaml", "--test"]);
    assert_transcript!(sandbox, "check-missing-rules", ["check", "--rules", "none.yaml", "src/pkg"]);
    assert_transcript!(
        sandbox,
        "check-strict",
        ["check", "--rules", "rules", "--strict", "--exit-zero", "--format", "concise", "src"]
    );
    let input =
        sandbox.run_with_input(&["check", "--rules", "rules", "--format", "concise", "-"], b"print(1)\n");
    assert_transcript!(sandbox, "check-stdin", input);
    let newer = sandbox.run_with_input(&["check", "--python", "3.11", "-"], b"type X = eval(y)\n");
    assert_transcript!(sandbox, "check-stdin-newer", newer);
}

#[test]
fn baselines() {
    let sandbox = sandbox();
    let check = ["check", "--rules", "rules", "--format", "concise", "src/pkg/util.py"];
    let transcript = sandbox.run(&[&check[..], &["--write-baseline", "known.json"]].concat());
    assert_transcript!(sandbox, "check-write-baseline", transcript);
    let text = std::fs::read_to_string(sandbox.path("known.json")).expect("it was written");
    insta::assert_snapshot!("check-baseline-file", text);
    let source = std::fs::read_to_string(sandbox.path("src/pkg/util.py")).expect("the file exists");
    let moved =
        format!("import os\n\nif os:\n    print(os)\n{}", source.replace("    print()", "    print(2)"));
    sandbox.write("src/pkg/util.py", moved);
    let transcript = sandbox.run(&[&check[..], &["--baseline", "known.json"]].concat());
    assert_transcript!(sandbox, "check-baseline", transcript);
    sandbox.write("known.json", "{}");
    let transcript = sandbox.run(&[&check[..], &["--baseline", "known.json"]].concat());
    assert_transcript!(sandbox, "check-baseline-wrong", transcript);
}

/// What GitLab requires of Code Quality.
#[test]
fn gitlab_has_the_required_properties() {
    let sandbox = sandbox();
    let arguments = ["check", "--rules", "rules", "--format", "gitlab", "src", "pkg"];
    let document: Value = serde_json::from_str(&sandbox.output(&arguments)).expect("the document is JSON");
    let entries = document.as_array().expect("it is a list");
    assert_eq!(entries.len(), 5);
    let mut fingerprints: Vec<&str> = Vec::new();
    for entry in entries {
        assert!(entry["description"].is_string() && entry["check_name"].is_string());
        assert!(matches!(
            entry["severity"].as_str(),
            Some("info" | "minor" | "major" | "critical" | "blocker")
        ));
        assert!(entry["location"]["path"].is_string() && entry["location"]["lines"]["begin"].is_u64());
        fingerprints.push(entry["fingerprint"].as_str().expect("a fingerprint is a text"));
    }
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), 5);
}

#[test]
fn fixes() {
    let sandbox = sandbox();
    sandbox.write(
        "rules/fixes.yaml",
        "\
rules:
  - {id: wrong-fix, message: m, pattern: id($X), fix: $Y}
  - {id: target, message: m, pattern: target, fix: target()}
",
    );
    sandbox.write(
        "fix/a.py",
        "print(1)  # kept\r\nprint(2)  # noqa\r\nprint(\r\n    print(3))\r\ntarget = 4\r\n",
    );
    let check = ["check", "--rules", "rules/ours.yaml", "--rules", "rules/fixes.yaml", "fix"];
    assert_transcript!(sandbox, "check-diff", sandbox.run(&[&check[..], &["--diff"]].concat()));
    let transcript = sandbox.run(&[&check[..], &["--fix", "--format", "concise"]].concat());
    assert_transcript!(sandbox, "check-fix", transcript);
    let fixed = std::fs::read_to_string(sandbox.path("fix/a.py")).expect("the file");
    assert_eq!(fixed, "log(1)  # kept\r\nprint(2)  # noqa\r\nlog(log(3))\r\ntarget = 4\r\n");
    let input = sandbox.run_with_input(&["check", "--rules", "rules", "--fix", "-"], b"print(1)\n");
    assert_transcript!(sandbox, "check-fix-stdin", input);
}
