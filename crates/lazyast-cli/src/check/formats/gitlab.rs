//! Findings as one document for GitLab's Code Quality.

use lazyast::rules::{RuleSet, Severity};
use serde_json::{Value, json};

use crate::check::finding::ReportedFinding;

/// The whole document.
pub(in crate::check) fn document(findings: &[ReportedFinding], rules: &RuleSet) -> Value {
    let entry = |finding: &ReportedFinding| {
        let severity = match finding.severity(rules) {
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Info => "minor",
            Severity::Hint => "info",
        };
        json!({
            "description": finding.message,
            "check_name": finding.rule_id(rules),
            "fingerprint": finding.fingerprint,
            "severity": severity,
            "location": {
                "path": finding.path,
                "lines": { "begin": finding.start.line, "end": finding.end.line },
            },
        })
    };
    findings.iter().map(entry).collect()
}
