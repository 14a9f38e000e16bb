//! Findings as results of SARIF.

use std::path::Path;

use lazyast::rules::{LintRule, RuleSet, Severity};
use serde_json::{Value, json};

use crate::check::finding::{ReportedFinding, UNUSED_IGNORE};
use crate::sarif;

/// The whole document. `unchecked` are the files that were not checked, with their reasons.
pub(in crate::check) fn document(
    findings: &[ReportedFinding],
    rules: &RuleSet,
    unchecked: &[(String, String)],
    is_complete: bool,
) -> Value {
    let mut objects: Vec<Value> = rules.rules().iter().map(rule).collect();
    let unused = objects.len();
    if findings.iter().any(|finding| finding.rule.is_none()) {
        let text = "Comments that suppress nothing";
        objects.push(json!({ "id": UNUSED_IGNORE, "shortDescription": { "text": text } }));
    }
    let result = |finding: &ReportedFinding| {
        let path = Path::new(&finding.path);
        json!({
            "ruleId": finding.rule_id(rules),
            "ruleIndex": finding.rule.unwrap_or(unused),
            "level": level(finding.severity(rules)),
            "message": { "text": finding.message },
            "locations": [sarif::location(path, finding.start, finding.end, &finding.text)],
            "partialFingerprints": { "lazyast/v1": finding.fingerprint },
        })
    };
    sarif::document(objects, findings.iter().map(result).collect(), unchecked, is_complete)
}

fn rule(rule: &LintRule) -> Value {
    let mut object = json!({
        "id": rule.id(),
        "shortDescription": { "text": rule.message() },
        "defaultConfiguration": { "level": level(rule.severity()) },
    });
    if let Some(note) = rule.note() {
        object["help"] = json!({ "text": note });
    }
    if let Some(url) = rule.url() {
        object["helpUri"] = json!(url);
    }
    if let Some(category) = rule.category() {
        object["properties"] = json!({ "tags": [category] });
    }
    object
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Hint => "note",
    }
}
