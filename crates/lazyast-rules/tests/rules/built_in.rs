//! The rules that come with lazyast: their own tests, and the page that lists them.

use std::fmt::Write;

use lazyast_rules::{RuleLibrary, RuleSelection, RuleSet};

use crate::support::{findings, parse};

fn all() -> RuleSet {
    let select = RuleSelection { select: Some(vec!["all".to_owned()]), ..RuleSelection::default() };
    let library = RuleLibrary::built_in().expect("the files are right");
    let (rules, errors) = library.select(&select, &parse);
    assert!(errors.is_empty(), "{errors:?}");
    rules
}

#[test]
fn rules_pass_their_tests() {
    let rules = all();
    for rule in rules.rules() {
        assert!(!rule.tests().valid.is_empty() && !rule.tests().invalid.is_empty(), "{}", rule.id());
        assert!(rule.query().hints().is_empty(), "{}: {:?}", rule.id(), rule.query().hints());
    }
    let (count, failed) = rules.run_tests(&parse);
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(count > 160, "only {count} tests ran");
}

/// An empty module, and one with the names that rules look for, have no findings.
#[test]
fn plain_code_has_no_findings() {
    let rules = all();
    let source = "\"\"\"A module.\"\"\"\nimport os, subprocess, requests, yaml, ssl, hashlib\n\n\
                  def f(path):\n    \"\"\"Read.\"\"\"\n    with open(path) as file:\n        return file.read()\n";
    assert_eq!(findings(&rules, ""), []);
    assert_eq!(findings(&rules, source), []);
}

#[test]
fn the_page_lists_all_rules() {
    let rules = all();
    let mut expected = String::new();
    for category in ["security", "bugs", "modernisation"] {
        let title = format!("{}{}", category[..1].to_uppercase(), &category[1..]);
        let _ = write!(expected, "### {title}\n\n| rule | severity | message |\n|---|---|---|\n");
        for rule in rules.rules().iter().filter(|rule| rule.category() == Some(category)) {
            let _ = writeln!(expected, "| `{}` | {} | {} |", rule.id(), rule.severity(), rule.message());
        }
        expected.push('\n');
    }
    let page = include_str!("../../../../docs/rules.md");
    assert!(page.contains(expected.trim_end()), "docs/rules.md must have:\n{expected}");
}
