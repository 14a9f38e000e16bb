//! Rules that would hang or overflow: each is an error or ends, and the other rules run.

use std::time::{Duration, Instant};

use crate::support::{error, findings, parse, rule, rules};

#[test]
fn large_regular_expressions_are_errors() {
    let with = |regex: &str| error(&rule(&format!("pattern: f($X)\nwhere: {{X: {{regex: '{regex}'}}}}")));
    assert!(
        with("(a{1000}){1000}").contains("rule r: where.X.regex: the regular expression takes more than")
    );
    assert!(with(&"(".repeat(10_000)).contains("where.X.regex: "));
    assert!(with("(?=a)").contains("look-around"), "{}", with("(?=a)"));
}

#[test]
fn nested_quantifiers_take_linear_time() {
    let (rules, errors) = rules(&rule("pattern: f($X)\nwhere: {X: {regex: '^.((a*)*)*b$'}}"));
    assert!(errors.is_empty(), "{errors:?}");
    let started = Instant::now();
    assert_eq!(findings(&rules, &format!("f('{}')", "a".repeat(100_000))).len(), 0);
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn many_sequences_end_and_leave_the_other_rules() {
    let hostile = format!("f({}x)", "$$$, $A, $A, ".repeat(12));
    let text = format!(
        "rules:\n  - {{id: hostile, message: m, pattern: '{hostile}'}}\n  - {{id: plain, message: m, pattern: g()}}"
    );
    let (rules, errors) = rules(&text);
    assert!(errors.is_empty(), "{errors:?}");
    let source = format!("f({}y)\ng()\n", "a, a, b, ".repeat(100));
    let archive = parse(&source).expect("the source is right");
    let tree = archive.tree().expect("the archive was written just now");
    let candidates = rules.candidates(&tree, 0..2);
    let plain = candidates.hits.iter().filter(|(rule, _)| *rule == 1).count();
    assert_eq!(plain, 1);
    assert!(candidates.errors.iter().all(|(rule, error)| *rule == 0 && error.to_string().contains("steps")));
}

#[test]
fn deep_and_long_conditions_are_errors() {
    let deep = format!("{}{{pattern: f()}}{}", "{not: ".repeat(5_000), "}".repeat(5_000));
    error(&rule(&format!("all: [{deep}]")));
    let deep = format!("{}{{pattern: f()}}{}", "{inside: ".repeat(90), "}".repeat(90));
    let (_, errors) = rules(&rule(&format!("all: [{deep}]")));
    assert!(errors.len() <= 1, "{errors:?}");
    let many: String = (0..30_000).map(|number| format!("\n  - pattern: f({number})")).collect();
    assert!(error(&rule(&format!("any:{many}"))).contains("too large"));
}

#[test]
fn aliases_do_not_multiply() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        text += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    let started = Instant::now();
    error(&text);
    assert!(started.elapsed() < Duration::from_secs(10));
}
