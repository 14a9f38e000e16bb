//! Conditions of rules, against sources in which they hold and in which they almost hold.

use std::path::Path;

use lazyast_rules::{RuleFile, RuleLibrary, RuleSelection};

use crate::support::{error, findings, found, parse, rule, rules};

#[test]
fn keys_of_one_condition_must_all_hold() {
    let source = "f(1)\nwith a:\n    f(2)\n    g(f(3))\n";
    assert_eq!(found(&rule("pattern: f($X)"), source), ["f(1)", "f(2)", "f(3)"]);
    assert_eq!(found(&rule("pattern: f($X)\ninside: With"), source), ["f(2)", "f(3)"]);
    assert_eq!(found(&rule("pattern: f($X)\ninside: With\nnot: .args"), source), ["f(2)"]);
    assert_eq!(found(&rule("any:\n  - pattern: f($X)\n  - pattern: g($X)\nhas: Call"), source), ["g(f(3))"]);
    let nested = "all:\n  - pattern: f($X)\n  - not:\n      any:\n        - {inside: With}\n        - {has: 'Constant[value=9]'}";
    assert_eq!(found(&rule(nested), source), ["f(1)"]);
}

#[test]
fn siblings_are_those_of_one_list() {
    let source = "a()\nb()\nif c:\n    b()\na()\n";
    let offsets = |keys: &str| -> Vec<u32> {
        let (rules, errors) = rules(&rule(keys));
        assert!(errors.is_empty(), "{errors:?}");
        findings(&rules, source).iter().map(|finding| finding.range.0).collect()
    };
    let statement = |name: &str| format!("selector: Expr:has(> Call[func.id={name}])");
    let after = format!("{}\nfollows: Expr:has(> Call[func.id=a])", statement("b"));
    assert_eq!(offsets(&after), [4]);
    let before = format!("{}\nprecedes: Expr:has(> Call[func.id=b])", statement("a"));
    assert_eq!(offsets(&before), [0]);
}

#[test]
fn captures_have_conditions() {
    let source = "f(1, a)\nf(200, b)\nf('x', a)\nf(x.y, x.y)\n";
    let with = |condition: &str| found(&rule(&format!("pattern: f($X, $Y)\nwhere:\n  {condition}")), source);
    assert_eq!(with("X: Constant[value>100]"), ["f(200, b)"]);
    assert_eq!(with("$X: Constant[value=type(str)]"), ["f('x', a)"]);
    assert_eq!(with("X: {regex: '^[0-9]+$'}"), ["f(1, a)", "f(200, b)"]);
    assert_eq!(with("X: {not-regex: '[0-9]', selector: Constant}"), ["f('x', a)"]);
    assert_eq!(with("X: {equals: $Y}"), ["f(x.y, x.y)"]);
    assert_eq!(with("X: {differs: Y}"), ["f(1, a)", "f(200, b)", "f('x', a)"]);
    assert_eq!(with("X: {any: [{pattern: $A.y}, {pattern: '1'}]}"), ["f(1, a)", "f(x.y, x.y)"]);
    assert_eq!(with("X: {not: Constant}"), ["f(x.y, x.y)"]);
    assert_eq!(with("X: {regex: '1'}\n  Y: {regex: b}"), [""; 0]);
}

#[test]
fn captured_names_and_texts_have_conditions() {
    let names = "pattern: 'def $F($$$ARGS): $$$'\nwhere: {F: {regex: ^test_}, ARGS: {regex: self}}";
    let source = "def test_a(self, b): pass\ndef test_b(c): pass\ndef a_test(self): pass\n";
    assert_eq!(found(&rule(names), source).len(), 1);
    let text = "pattern: '\"http://$HOST/$_\"'\nwhere: {HOST: {not-regex: localhost}}";
    assert_eq!(found(&rule(text), "'http://a/'\n'http://localhost/'\nb'http://c/'\n"), ["'http://a/'"]);
}

#[test]
fn messages_show_captures() {
    let message = |text: &str, source: &str| {
        let (rules, errors) =
            rules(&format!("rules: [{{id: r, message: '{text}', pattern: 'f($X, $$$REST)'}}]"));
        assert!(errors.is_empty(), "{errors:?}");
        findings(&rules, source)[0].message.clone()
    };
    assert_eq!(message("$X and $$$REST for 5 $", "f(a.b, 1, k=2)"), "a.b and 1, k=2 for 5 $");
    assert_eq!(message("no `$REST`", "f(1)"), "no ``");
    assert_eq!(message("$X", "f((1,\n   2))"), "(1, 2)");
    assert_eq!(message("$X", &format!("f('{}')", "é".repeat(100))).chars().count(), 60);
}

#[test]
fn errors_name_file_line_rule_and_key() {
    for (keys, expected) in [
        ("pattern: f(", "rules.yaml:2: rule r: pattern: "),
        (
            "selector: Cal",
            "rules.yaml:2: rule r: selector: there is no kind Cal; did you mean Call?\n  Cal\n  ^^^",
        ),
        ("any: [{pattern: f()}, {not: {pattern: 'f('}}]", "rule r: any[1].not.pattern: "),
        ("pattern: f($X)\nwhere: {Y: Name}", "rule r: where.Y: there is no metavariable $Y"),
        (
            "pattern: f($X)\nwhere: {Y: {regex: a}}",
            "rule r: where.Y: there is no metavariable $Y: the rule has $X",
        ),
        ("pattern: f($X)\nwhere: {X: {regex: '('}}", "rule r: where.X.regex: "),
        ("pattern: f($X)\nwhere: {X: {equals: Z}}", "where.X.equals: there is no metavariable $Z"),
        ("pattern: f($X)\nwhere: {X: {}}", "where.X: expected a condition, regex"),
        ("pattern: f()\nnot: {}", "rule r: not: expected one of pattern"),
        ("inside: Call", "rule r: a rule needs a pattern, a selector, any or all"),
        ("paths: {include: ['a{b']}\npattern: f()", "rule r: paths.include: "),
    ] {
        let error = error(&rule(keys));
        assert!(error.contains(expected), "{keys}: {error}");
    }
    assert!(error(&rule("patern: f()")).starts_with("rules.yaml:4: "), "{}", error(&rule("patern: f()")));
    assert!(error(&rule("patern: f()")).contains("patern"));
    assert!(error("rules:\n  - {id: 'a b', message: m, pattern: f()}").contains("rule a b: id: "));
    assert!(
        error("rules:\n  - {id: a, message: $Z, pattern: f()}")
            .contains("message: there is no metavariable $Z")
    );
    let twice = "rules:\n  - {id: a, message: m, pattern: f()}\n  - {id: a, message: m, pattern: g()}";
    assert!(
        error(twice)
            .contains("rules.yaml:3: rule a: id: there is a rule with this identifier in rules.yaml:2")
    );
}

#[test]
fn a_wrong_rule_leaves_the_others() {
    let text = "rules:\n  - {id: a, message: m, pattern: 'f('}\n  - {id: b, message: m, pattern: g()}";
    let (rules, errors) = rules(text);
    assert_eq!(errors.len(), 1);
    assert_eq!(findings(&rules, "g()").len(), 1);
}

#[test]
fn paths_are_relative_to_the_file() {
    let (rules, errors) = rules(&rule(
        "pattern: f()\npaths: {include: [src/], exclude: ['src/**/test_*.py', '!src/test_a.py']}",
    ));
    assert!(errors.is_empty(), "{errors:?}");
    let rule = &rules.rules()[0];
    for (path, expected) in [
        ("/project/src/a.py", true),
        ("/project/src/b/c.py", true),
        ("/project/src/b/test_c.py", false),
        ("/project/src/test_a.py", true),
        ("/project/other/a.py", false),
        ("/elsewhere/src/a.py", false),
    ] {
        assert_eq!(rule.is_for(Path::new(path)), expected, "{path}");
    }
}

#[test]
fn tables_of_toml_have_rules_and_select() {
    let toml = "\
[tool.lazyast]
hidden = true
[tool.lazyast.rules]
extend-select = [\"modernisation\"]
ignore = [\"bare-except\", \"security\"]
extend = [\"more.yaml\"]
[[tool.lazyast.rules.rule]]
id = \"ours\"
message = \"m\"
pattern = \"f($X)\"
where.X = { regex = \"a\", selector = \"Name\" }
";
    let mut library = RuleLibrary::built_in().expect("the rules are right");
    let file = |name, text| RuleFile { name, directory: Path::new("/"), text };
    assert_eq!(library.add_file(&file("a/pyproject.toml", toml)), Ok(vec!["more.yaml".to_owned()]));
    let (set, errors) = library.select(&RuleSelection::default(), &parse);
    assert!(errors.is_empty(), "{errors:?}");
    let has = |id: &str| set.rules().iter().any(|rule| rule.id() == id);
    assert!(
        has("ours") && has("io-open") && has("mutable-default") && !has("bare-except") && !has("weak-hash")
    );
    let select = RuleSelection { select: Some(vec!["ours".to_owned()]), ..RuleSelection::default() };
    let (set, _) = library.select(&select, &parse);
    assert_eq!(
        set.rules().len(),
        1 + set.rules().iter().filter(|rule| rule.category() == Some("modernisation")).count()
    );
    assert_eq!(findings(&set, "f(a)\nf(b)\nf('a')").len(), 1);

    let unknown = RuleSelection { ignore: vec!["nothing".to_owned()], ..RuleSelection::default() };
    let (_, errors) = library.select(&unknown, &parse);
    assert!(errors[0].to_string().contains("there is no rule and no category \"nothing\""));
    for (text, expected) in [
        ("[rules]\nselct = []\n", "lazyast.toml:2: unknown field `selct`"),
        ("[rule]\n", "lazyast.toml:1: unknown field `rule`"),
        ("[[rules.rule]]\nid = \"a\"\nmessage = \"m\"\npattern = 1\n", "lazyast.toml:4: invalid type"),
    ] {
        let error = library.add_file(&file("lazyast.toml", text)).expect_err(text).to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
    let own = "[[rules.rule]]\n\nid = 'b'\nmessage = 'm'\npattern = 'f('\n";
    library.add_file(&file("lazyast.toml", own)).expect("TOML and keys are right");
    let (_, errors) = library.select(&RuleSelection::default(), &parse);
    assert!(errors[0].to_string().starts_with("lazyast.toml:1: rule b: pattern: "), "{errors:?}");
    assert_eq!(library.add_file(&file("pyproject.toml", "[project]\nname = 'lazyast'\n")), Ok(Vec::new()));
}

#[test]
fn names_are_resolved_unless_they_are_literal() {
    let source = "from m import f as g\ng(1)\nm.f(2)\n";
    assert_eq!(found(&rule("pattern: m.f($X)"), source), ["g(1)"]);
    assert_eq!(found(&rule("pattern: m.f($X)\nliteral-names: true"), source), ["m.f(2)"]);
}
