//! Findings as the protocol has them.

use lazyast::rules::{LintRule, RuleSet, Severity};

use super::positions::TextPositions;
use super::protocol::{CodeDescription, Diagnostic, TextRange};
use crate::check::ReportedFinding;

/// The name of what has found a diagnostic.
const SOURCE: &str = "lazyast";

/// The finding with its rule, note and address. Of a statement with a block, only the lines before the block are marked.
pub(super) fn diagnostic(
    finding: &ReportedFinding,
    rules: &RuleSet,
    positions: &TextPositions<'_>,
) -> Diagnostic {
    let rule = finding.rule(rules);
    let start = positions.of(finding.start);
    let is_long = finding.end.line > finding.last_line;
    let end = if is_long { positions.end_of(finding.last_line) } else { positions.of(finding.end) };
    let message = match rule.and_then(LintRule::note) {
        Some(note) => format!("{}\n{}", finding.message, note.trim_end()),
        None => finding.message.clone(),
    };
    let url = rule.and_then(LintRule::url);
    Diagnostic {
        range: TextRange { start, end },
        severity: severity(finding.severity(rules)),
        code: finding.rule_id(rules).to_owned(),
        code_description: url.map(|url| CodeDescription { href: url.to_owned() }),
        source: SOURCE,
        message,
    }
}

/// The number of a severity.
fn severity(severity: Severity) -> u8 {
    match severity {
        Severity::Error => 1,
        Severity::Warning => 2,
        Severity::Info => 3,
        Severity::Hint => 4,
    }
}
