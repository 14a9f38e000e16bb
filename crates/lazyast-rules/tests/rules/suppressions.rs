//! Comments that suppress findings.

use lazyast_rules::{Suppressions, lines_of_hit};

use crate::support::{findings, parse, rules};

/// The lines of the findings that no comment suppresses, and what is unused.
fn check(source: &str) -> (Vec<u32>, Vec<String>) {
    let text =
        "rules: [{id: call, message: m, pattern: f($$$)}, {id: def, message: m, selector: FunctionDef}]";
    let (rules, errors) = rules(text);
    assert!(errors.is_empty(), "{errors:?}");
    let archive = parse(source).expect("the source is right");
    let tree = archive.tree().expect("the archive was written just now");
    let suppressions = Suppressions::of(&tree, source).expect("the archive is not damaged");
    let mut lines = Vec::new();
    for finding in findings(&rules, source) {
        let hit_lines = lines_of_hit(&tree, finding.hit).expect("the archive is not damaged");
        if !suppressions.suppress(hit_lines, rules.rules()[finding.rule].id()) {
            lines.push(tree.position(finding.range.0).expect("the position exists").line);
        }
    }
    let is_rule = |id: &str| rules.rules().iter().any(|rule| rule.id() == id);
    let unused = suppressions.unused(is_rule);
    let unused =
        unused.iter().map(|(comment, rules)| format!("{}: {} {rules:?}", comment.line, comment.text));
    (lines, unused.collect())
}

#[test]
fn comments_on_the_lines_of_a_finding_count() {
    let none: [String; 0] = [];
    assert_eq!(check("f(1)  # noqa\nf(2)\n"), (vec![2], none.to_vec()));
    assert_eq!(check("f(1)  # noqa: call\nf(2)  # NOQA: E501\n"), (vec![2], none.to_vec()));
    assert_eq!(check("f(\n    1,  # lazyast: ignore[call]\n)\n").0, [0; 0]);
    assert_eq!(check("f(\n    1,\n)  # lazyast: ignore\n").0, [0; 0]);
    assert_eq!(check("# noqa\nf(1)\n# noqa\n").0, [2]);
    assert_eq!(check("x = '# noqa'; f(1)\n").0, [1]);
    assert_eq!(check("f(1)  # lazyast: ignore[def]\n").0, [1]);
}

#[test]
fn of_a_block_only_the_header_counts() {
    assert_eq!(check("def g(\n    a,  # noqa\n):\n    pass\n").0, [0; 0]);
    assert_eq!(check("def g(a):\n    pass  # noqa\n").0, [1]);
    assert_eq!(check("def g(a): pass  # noqa\n").0, [0; 0]);
    assert_eq!(check("def g(a):\n    f(1)  # lazyast: ignore[def, call]\n").0, [1]);
}

#[test]
fn unused_comments_are_found() {
    let (lines, unused) = check("x = 1  # lazyast: ignore[call]\ny = 2  # noqa: E1, def\nz = 3  # noqa\n");
    assert_eq!(lines, [0; 0]);
    assert_eq!(unused, ["1: # lazyast: ignore[call] [\"call\"]", "2: # noqa: E1, def [\"def\"]"]);
    let (_, unused) =
        check("f(1)  # lazyast: ignore[call, other]\nx = 1  # lazyast: ignore\nf(2)  # lazyast: ignore\n");
    assert_eq!(unused, ["1: # lazyast: ignore[call, other] [\"other\"]", "2: # lazyast: ignore []"]);
}
