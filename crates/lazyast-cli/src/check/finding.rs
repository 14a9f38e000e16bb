//! [`ReportedFinding`]: a finding with all that formats print of it.

use std::ops::Range;

use lazyast::Hit;
use lazyast::rules::{BaselineKey, LintRule, RuleSet, Severity};

use crate::point::Point;

/// The identifier of findings that are suppressions which suppress nothing.
pub(super) const UNUSED_IGNORE: &str = "unused-ignore";

/// A finding with all that formats print of it.
#[derive(Debug)]
pub(crate) struct ReportedFinding {
    /// The index of the rule; `None` for a suppression that suppresses nothing.
    pub(crate) rule: Option<usize>,
    /// What the fix of the rule replaces; `None` for a suppression.
    pub(crate) hit: Option<Hit>,
    /// The path as it is printed.
    pub(super) path: String,
    pub(crate) start: Point,
    pub(crate) end: Point,
    /// The last line on which comments count: of a statement with a block, the one before the block.
    pub(crate) last_line: u32,
    pub(crate) message: String,
    /// The text of the finding.
    pub(super) text: String,
    pub(super) excerpt: Excerpt,
    pub(crate) key: BaselineKey,
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
    pub(crate) fn rule<'r>(&self, rules: &'r RuleSet) -> Option<&'r LintRule> {
        self.rule.map(|index| &rules.rules()[index])
    }

    /// The identifier of the rule.
    pub(crate) fn rule_id<'r>(&self, rules: &'r RuleSet) -> &'r str {
        self.rule(rules).map_or(UNUSED_IGNORE, LintRule::id)
    }

    /// How bad the finding is.
    pub(crate) fn severity(&self, rules: &RuleSet) -> Severity {
        self.rule(rules).map_or(Severity::Warning, LintRule::severity)
    }
}
