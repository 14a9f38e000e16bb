//! Checking one file: reading its source, suppressions, and what is printed of findings.

use std::path::{Path, PathBuf, absolute};

use lazyast::Tree;
use lazyast::rules::{
    BaselineKey, Finding, RuleHits, RuleSet, Suppression, Suppressions, lines_of_hit, normalised,
};

use super::finding::{Excerpt, ReportedFinding};
use crate::point::Point;

/// More lines of a finding are not printed.
const MAX_EXCERPT_LINES: u32 = 6;

/// What all files have in common.
pub(crate) struct FileChecker<'c> {
    pub(crate) rules: &'c RuleSet,
    /// Whether suppressions that suppress nothing are findings.
    pub(crate) unused_ignores: bool,
    /// The directory that paths of fingerprints are relative to.
    pub(crate) base: PathBuf,
}

/// A file in which rules may have findings.
pub(super) struct CandidateFile<'f> {
    /// The path where the file is.
    pub(super) path: &'f Path,
    /// The path as it is printed.
    pub(super) printed: &'f Path,
    pub(super) tree: &'f Tree<'f>,
    pub(super) candidates: &'f RuleHits,
}

/// What was found in a file.
#[derive(Debug, Default)]
pub(crate) struct CheckedFile {
    pub(crate) findings: Vec<ReportedFinding>,
    pub(super) suppressed: usize,
    /// Findings that were fixed, or would be.
    pub(super) fixed: usize,
    /// What fixes would change.
    pub(super) diff: Vec<u8>,
    /// Why findings were not fixed.
    pub(super) unfixed: Vec<String>,
    /// Why some rules did not check all of the file.
    pub(crate) errors: Vec<String>,
}

impl FileChecker<'_> {
    /// Checks a source with the rules that are for its path. `text` is the decoded source.
    pub(crate) fn check_tree(&self, path: &Path, printed: &Path, tree: &Tree<'_>, text: &str) -> CheckedFile {
        let full = absolute(path).unwrap_or_default();
        let rules = self.rules.rules();
        let active = (0..rules.len()).filter(|index| rules[*index].is_for(&full));
        let candidates = self.rules.candidates(tree, active);
        self.check(&CandidateFile { path, printed, tree, candidates: &candidates }, text)
    }

    /// Checks a file whose decoded source is `text`.
    pub(super) fn check(&self, file: &CandidateFile<'_>, text: &str) -> CheckedFile {
        let mut checked = CheckedFile { errors: self.errors_of_rules(file), ..CheckedFile::default() };
        if let Err(error) = self.add_findings(file, text, &mut checked) {
            checked.errors.push(format!("{}: {error}", file.printed.display()));
        }
        checked
    }

    /// The errors of rules, each with the file and the rule.
    pub(super) fn errors_of_rules(&self, file: &CandidateFile<'_>) -> Vec<String> {
        let errors = file.candidates.errors.iter().map(|(rule, error)| {
            format!("{}: rule {}: {error}", file.printed.display(), self.rules.rules()[*rule].id())
        });
        errors.collect()
    }

    fn add_findings(
        &self,
        file: &CandidateFile<'_>,
        text: &str,
        checked: &mut CheckedFile,
    ) -> Result<(), String> {
        let tree = file.tree;
        let findings = self.rules.findings(tree, text, &file.candidates.hits);
        let findings = findings.map_err(|error| error.to_string())?;
        if findings.is_empty() && !self.unused_ignores {
            return Ok(());
        }
        let suppressions = Suppressions::of(tree, text).map_err(|damage| damage.to_string())?;
        for finding in findings {
            let lines = lines_of_hit(tree, finding.hit).map_err(|damage| damage.to_string())?;
            if suppressions.suppress(lines.clone(), self.rules.rules()[finding.rule].id()) {
                checked.suppressed += 1;
                continue;
            }
            checked.findings.push(self.reported(file, text, finding, *lines.end())?);
        }
        if self.unused_ignores {
            let is_rule = |id: &str| self.rules.rules().iter().any(|rule| rule.id() == id);
            for (comment, in_vain) in suppressions.unused(is_rule) {
                checked.findings.push(self.unused(file, text, comment, &in_vain)?);
            }
            checked.findings.sort_by_key(|finding| (finding.start.line, finding.start.byte));
        }
        Ok(())
    }

    fn reported(
        &self,
        file: &CandidateFile<'_>,
        text: &str,
        finding: Finding,
        last_line: u32,
    ) -> Result<ReportedFinding, String> {
        let rule = self.rules.rules()[finding.rule].id().to_owned();
        let located = self.located(file, text, finding.range, last_line, rule)?;
        Ok(ReportedFinding {
            rule: Some(finding.rule),
            hit: Some(finding.hit),
            message: finding.message,
            ..located
        })
    }

    fn unused(
        &self,
        file: &CandidateFile<'_>,
        text: &str,
        comment: &Suppression<'_>,
        in_vain: &[&str],
    ) -> Result<ReportedFinding, String> {
        let located =
            self.located(file, text, comment.range, comment.line, super::finding::UNUSED_IGNORE.to_owned())?;
        let message = if in_vain.is_empty() {
            "the comment suppresses nothing".to_owned()
        } else {
            format!("the comment suppresses nothing for {}", in_vain.join(", "))
        };
        Ok(ReportedFinding { message, ..located })
    }

    /// A finding without a rule and a message.
    fn located(
        &self,
        file: &CandidateFile<'_>,
        text: &str,
        (start, end): (u32, u32),
        last_line: u32,
        rule: String,
    ) -> Result<ReportedFinding, String> {
        let tree = file.tree;
        let point = |offset| Point::of(tree, text, offset).map_err(|damage| damage.to_string());
        let (first, last) = (point(start)?, point(end)?);
        let lines = line_range(tree, first.line, last.line.min(first.line + MAX_EXCERPT_LINES - 1), text);
        let whole_lines = line_range(tree, first.line, last_line.max(first.line), text);
        let excerpt_text = text.get(lines.clone()).unwrap_or_default();
        let offset = start as usize - lines.start;
        let underlined = offset..(end as usize).min(lines.end).saturating_sub(lines.start).max(offset);
        let key = BaselineKey {
            path: self.key_path(file),
            rule,
            text: normalised(text.get(whole_lines).unwrap_or_default()),
        };
        Ok(ReportedFinding {
            rule: None,
            hit: None,
            path: file.printed.to_string_lossy().into_owned(),
            start: first,
            end: last,
            last_line,
            message: String::new(),
            text: text.get(start as usize..end as usize).unwrap_or_default().to_owned(),
            excerpt: Excerpt { first_line: first.line, text: excerpt_text.to_owned(), underlined },
            key,
            fingerprint: String::new(),
        })
    }

    /// The path that identifies the file in a baseline.
    fn key_path(&self, file: &CandidateFile<'_>) -> String {
        let full = absolute(file.path).unwrap_or_default();
        let path = full.strip_prefix(&self.base).unwrap_or(file.printed);
        let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        parts.join("/")
    }
}

/// The bytes of lines, without the end of the last one.
fn line_range(tree: &Tree<'_>, first: u32, last: u32, text: &str) -> std::ops::Range<usize> {
    let start = tree.line_start(first).unwrap_or_default() as usize;
    let end = tree.line_start(last + 1).map_or(text.len(), |start| start as usize).min(text.len());
    let lines = text.get(start..end).unwrap_or_default();
    start..start + lines.trim_end_matches(['\n', '\r', '\x0c']).len()
}
