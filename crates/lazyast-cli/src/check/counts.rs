//! How many findings there are, for people.

use std::collections::BTreeMap;

use lazyast::rules::{RuleSet, Severity};

use super::finding::ReportedFinding;
use crate::format::counted;

/// The number of findings, and how many there are of each severity.
pub(super) fn by_severity(findings: &[ReportedFinding], rules: &RuleSet) -> String {
    let mut parts = Vec::new();
    for (severity, plural) in [
        (Severity::Error, "errors"),
        (Severity::Warning, "warnings"),
        (Severity::Info, "infos"),
        (Severity::Hint, "hints"),
    ] {
        let count = findings.iter().filter(|finding| finding.severity(rules) == severity).count();
        if count > 0 {
            parts.push(counted(count, severity.name(), plural));
        }
    }
    format!("{}: {}", counted(findings.len(), "finding", "findings"), parts.join(", "))
}

/// A line for each rule with findings: their number, the rule, its severity, and the number of files. The rule with the most
/// findings comes first.
pub(super) fn by_rule(findings: &[ReportedFinding], rules: &RuleSet) -> String {
    let mut by_rule: BTreeMap<&str, Vec<&ReportedFinding>> = BTreeMap::new();
    for finding in findings {
        by_rule.entry(finding.rule_id(rules)).or_default().push(finding);
    }
    let mut lines: Vec<(&str, Vec<&ReportedFinding>)> = by_rule.into_iter().collect();
    lines.sort_by_key(|(_, findings)| std::cmp::Reverse(findings.len()));
    let width = lines.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
    let line = |(id, findings): (&str, Vec<&ReportedFinding>)| {
        // Findings come file by file.
        let files = findings.chunk_by(|one, next| one.path == next.path).count();
        let severity = findings[0].severity(rules);
        format!(
            "{:>7}  {id:width$}  {:7}  {}\n",
            findings.len(),
            severity.name(),
            counted(files, "file", "files")
        )
    };
    lines.into_iter().map(line).collect()
}
