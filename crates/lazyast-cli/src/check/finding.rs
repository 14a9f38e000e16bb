//! [`ReportedFinding`]: a finding with all that formats print of it.

use std::ops::Range;

use lazyast::rules::{BaselineKey, LintRule, RuleSet, Severity};

use crate::point::Point;

/// The identifier of findings that are suppressions which suppress nothing.
pub(super) const UNUSED_IGNORE: &str = "unused-ignore";

/// A finding with all that formats print of it.
#[derive(Debug)]
pub(super) struct ReportedFinding {
    /// The index of the rule; `None` for a suppression that suppresses nothing.
    pub(super) rule: Option<usize>,
    /// The path as it is printed.
    pub(super) path: String,
    pub(super) start: Point,
    pub(super) end: Point,
    pub(super) message: String,
    /// The text of the finding.
    pub(super) text: String,
    pub(super) excerpt: Excerpt,
    pub(super) key: BaselineKey,
    /// The same in each run, as long as the text of the finding's lines is.
    pub(super) fingerprint: String,
}

/// Lines of a source with a part that is underlined.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The number of the first line, from 1.
    pub(super) first_line: u32,
    pub(super) text: String,
    /// The part, in bytes of the text.
    pub(super) underlined: Range<usize>,
}

impl ReportedFinding {
    /// The rule of the finding.
    pub(super) fn rule<'r>(&self, rules: &'r RuleSet) -> Option<&'r LintRule> {
        self.rule.map(|index| &rules.rules()[index])
    }

    /// The identifier of the rule.
    pub(super) fn rule_id<'r>(&self, rules: &'r RuleSet) -> &'r str {
        self.rule(rules).map_or(UNUSED_IGNORE, LintRule::id)
    }

    /// How bad the finding is.
    pub(super) fn severity(&self, rules: &RuleSet) -> Severity {
        self.rule(rules).map_or(Severity::Warning, LintRule::severity)
    }
}
