//! Findings as JSON, one object per line.

use lazyast::rules::{RuleSet, Severity};
use serde::Serialize;

use crate::check::finding::ReportedFinding;

#[derive(Serialize)]
struct FindingJson<'o> {
    path: &'o str,
    rule: &'o str,
    severity: Severity,
    message: &'o str,
    /// What `col_offset` and `end_col_offset` count, from 0: as those of `ast`.
    column_unit: &'static str,
    lineno: u32,
    col_offset: u32,
    end_lineno: u32,
    end_col_offset: u32,
    text: &'o str,
    note: Option<&'o str>,
    url: Option<&'o str>,
    fix: Option<&'o str>,
    fingerprint: &'o str,
}

/// The finding as an object.
pub(in crate::check) fn object(
    finding: &ReportedFinding,
    rules: &RuleSet,
) -> Result<String, serde_json::Error> {
    let rule = finding.rule(rules);
    let object = FindingJson {
        path: &finding.path,
        rule: finding.rule_id(rules),
        severity: finding.severity(rules),
        message: &finding.message,
        column_unit: "utf-8 byte",
        lineno: finding.start.line,
        col_offset: finding.start.byte - 1,
        end_lineno: finding.end.line,
        end_col_offset: finding.end.byte - 1,
        text: &finding.text,
        note: rule.and_then(|rule| rule.note()),
        url: rule.and_then(|rule| rule.url()),
        fix: rule.and_then(|rule| rule.fix()),
        fingerprint: &finding.fingerprint,
    };
    serde_json::to_string(&object).map(|text| text + "\n")
}
