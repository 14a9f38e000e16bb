//! Rule files of ast-grep and semgrep: what they find, and what is not supported.

use crate::support::{error, found};

fn ast_grep(keys: &str) -> String {
    format!("id: a\nlanguage: Python\nmessage: m\n{keys}\n")
}

fn semgrep(keys: &str) -> String {
    let keys: String = keys.lines().map(|line| format!("\n    {line}")).collect();
    format!("rules:\n  - id: s\n    languages: [python]\n    severity: ERROR\n    message: m{keys}\n")
}

#[test]
fn rules_of_ast_grep_find_the_same() {
    let source = "import m as n\nn.f(1)\nm.f(a, b)\nclass C:\n    def g(self):\n        return m.f(2)\n";
    for (keys, expected) in [
        ("rule: {pattern: 'm.f($$$)'}", vec!["m.f(a, b)", "m.f(2)"]),
        ("rule: {pattern: 'm.f($_A, $_A)'}", vec!["m.f(a, b)"]),
        ("rule: {pattern: 'm.f($A, $A)'}", vec![]),
        ("rule: {pattern: 'm.f($$$)', inside: {kind: class_definition, stopBy: end}}", vec!["m.f(2)"]),
        ("rule: {kind: return_statement, has: {pattern: 'm.f($A)', stopBy: end}}", vec!["return m.f(2)"]),
        ("rule: {any: [{kind: import_statement}, {pattern: 'n.f($A)'}]}", vec!["import m as n", "n.f(1)"]),
        ("rule: {all: [{kind: call}, {not: {pattern: 'm.f($$$)'}}]}", vec!["n.f(1)"]),
        (
            "rule: {pattern: '$M.f($A)'}\nconstraints: {A: {regex: '^[0-9]$'}, M: {pattern: n}}",
            vec!["n.f(1)"],
        ),
        ("rule: {pattern: 'm.f($A, $B)'}\nseverity: off", vec![]),
    ] {
        assert_eq!(found(&ast_grep(keys), source), expected, "{keys}");
    }
    let two = format!(
        "{}---\n{}",
        ast_grep("rule: {pattern: n.f(1)}"),
        "id: b\nlanguage: python\nrule: {kind: pass_statement}\n"
    );
    assert_eq!(found(&two, "n.f(1)\npass"), ["n.f(1)", "pass"]);
}

#[test]
fn what_ast_grep_means_differently_is_an_error() {
    for (keys, expected) in [
        ("rule: {regex: a}", "rules.yaml:1: rule a: rule.regex: not supported: "),
        ("rule: {kind: block}", "rule.kind: not supported: no kind of ast has just the nodes of block"),
        ("rule: {pattern: {context: 'f()', selector: call}}", "rule.pattern: not supported: "),
        ("rule: {pattern: f(), inside: {kind: call}}", "rule.inside.stopBy: not supported: "),
        (
            "rule: {pattern: f(), has: {kind: call, stopBy: end, field: body}}",
            "rule.has.field: not supported",
        ),
        ("rule: {any: [{pattern: f()}, {matches: u}]}", "rule.any[1].matches: not supported"),
        ("rule: {pattern: f()}\nutils: {}", "rule a: utils: not supported"),
        ("rule: {pattern: f($A)}\ntransform: {}", "rule a: transform: not supported"),
        ("rule: {pattern: f()}\nfix: {template: g()}", "rule a: fix: expected a string"),
        ("rule: {pattern: f()}\nunknown: 1", "rule a: unknown: the key is not known"),
        ("rule: {nthChild: 1}", "rule.nthChild: not supported"),
        ("rule: {pattern: f(}", "rules.yaml:"),
        ("rule: {pattern: 'f($$A)'}", "rule.pattern: not supported: $$"),
    ] {
        let error = error(&ast_grep(keys));
        assert!(error.contains(expected), "{keys}: {error}");
    }
    assert!(error("id: a\nlanguage: Rust\nrule: {pattern: f()}").contains("language: not supported: Rust"));
}

#[test]
fn rules_of_semgrep_find_the_same() {
    let source = "\
from m import f
f(1)
f('a')
f(x, 2, k=3)
with open(p):
    f(y)
def g(a, b):
    return f(z)
";
    for (keys, expected) in [
        ("pattern: m.f(...)", vec!["f(1)", "f('a')", "f(x, 2, k=3)", "f(y)", "f(z)"]),
        ("pattern: m.f(\"...\")", vec!["f('a')"]),
        ("pattern: m.f($X, ..., k=$V)", vec!["f(x, 2, k=3)"]),
        ("pattern: m.f($X, $...REST)", vec!["f(1)", "f('a')", "f(x, 2, k=3)", "f(y)", "f(z)"]),
        (
            "patterns:\n  - pattern: m.f($X)\n  - pattern-not: m.f(\"...\")\n  - pattern-not: m.f(1)",
            vec!["f(y)", "f(z)"],
        ),
        (
            "patterns:\n  - pattern: m.f($X)\n  - pattern-inside: |\n      with open(...):\n        ...",
            vec!["f(y)"],
        ),
        (
            "patterns:\n  - pattern: m.f(...)\n  - pattern-not-inside: |\n      def $F(...):\n        ...\n  - metavariable-regex: {metavariable: $F, regex: a}",
            vec![],
        ),
        (
            "pattern-either:\n  - pattern: m.f(1)\n  - patterns:\n      - pattern: open($P)",
            vec!["f(1)", "open(p)"],
        ),
        (
            "patterns:\n  - pattern: m.f($X)\n  - metavariable-regex:\n      metavariable: $X\n      regex: (y|z)$",
            vec!["f(y)", "f(z)"],
        ),
        ("pattern: |\n  def $F(...):\n    ...\n    return $X", vec!["def g(a, b):\n    return f(z)"]),
    ] {
        if keys.contains("metavariable: $F") {
            assert!(error(&semgrep(keys)).contains("where.F: there is no metavariable $F"));
            continue;
        }
        assert_eq!(found(&semgrep(keys), source), expected, "{keys}");
    }
    let other = "rules: [{id: a, languages: [go], severity: ERROR, message: m, pattern: f(...)}]";
    assert_eq!(found(other, source), [""; 0]);
}

#[test]
fn what_semgrep_means_differently_is_an_error() {
    for (keys, expected) in [
        ("mode: taint\npattern-sources: []", "rules.yaml:2: rule s: mode: not supported: "),
        ("pattern-regex: a", "rule s: pattern-regex: not supported"),
        ("pattern: f(<... $X, $Y ...>)", "pattern: "),
        ("pattern: $X. ... .f()", "pattern: not supported: `...` in a chain"),
        (
            "patterns: [{pattern: f($X)}, {metavariable-comparison: {comparison: $X > 1}}]",
            "patterns[1].metavariable-comparison: not supported",
        ),
        (
            "patterns: [{pattern: f($X)}, {focus-metavariable: $X}]",
            "patterns[1].focus-metavariable: not supported",
        ),
        (
            "patterns: [{pattern: f($X)}, {pattern-inside: 'g($X)'}]",
            "patterns: not supported: $X stands in pattern-inside",
        ),
        (
            "patterns: [{pattern: f()}, {pattern-inside: \"$X = g()\\n...\\n$Y\"}]",
            "patterns[1].pattern-inside: not supported: several",
        ),
        (
            "patterns: [{pattern: f($X)}, {metavariable-regex: {metavariable: $X, regex: (?!a)}}]",
            "where.X.regex: ",
        ),
        ("options: {symbolic_propagation: true}\npattern: f()", "options: not supported"),
        ("message: m", "rules.yaml:"),
        ("pattern: f(...", "rule s: "),
    ] {
        let error = error(&semgrep(keys));
        assert!(error.contains(expected), "{keys}: {error}");
    }
}
