//! [`LintRule`]: a compiled rule.

use std::path::Path;

use ignore::gitignore::Gitignore;
use lazyast_query::Query;
use regex::Regex;

use crate::message::MessageTemplate;
use crate::severity::Severity;
use crate::text::RuleTests;

/// A compiled rule: what it finds, and what it says about that.
#[derive(Clone, Debug)]
pub struct LintRule {
    pub(crate) id: String,
    pub(crate) severity: Severity,
    pub(crate) category: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) fix: Option<String>,
    pub(crate) message_text: String,
    pub(crate) message: MessageTemplate,
    pub(crate) query: Query,
    pub(crate) capture_tests: Vec<CaptureTest>,
    pub(crate) paths: RulePaths,
    pub(crate) tests: RuleTests,
    /// The file and the line where the rule is written.
    pub(crate) file: String,
    pub(crate) line: u64,
    /// Whether the rule comes with lazyast.
    pub(crate) is_built_in: bool,
}

/// A condition on the text of a capture.
#[derive(Clone, Debug)]
pub(crate) struct CaptureTest {
    pub(crate) name: String,
    /// An expression of which the text contains a match.
    pub(crate) regex: Regex,
    /// Whether the text may not contain one.
    pub(crate) is_negated: bool,
}

/// The paths that a rule is for.
#[derive(Clone, Debug)]
pub(crate) struct RulePaths {
    pub(crate) include: Option<Gitignore>,
    pub(crate) exclude: Gitignore,
}

impl RulePaths {
    /// Whether the rule is for a path, which is absolute.
    pub(crate) fn contain(&self, path: &Path) -> bool {
        let matches = |globs: &Gitignore| {
            let below = path.strip_prefix(globs.path());
            below.is_ok_and(|below| globs.matched_path_or_any_parents(below, false).is_ignore())
        };
        self.include.as_ref().is_none_or(matches) && !matches(&self.exclude)
    }
}

impl LintRule {
    /// The identifier, such as `bare-except`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How bad a finding is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The category, such as `security`.
    pub fn category(&self) -> Option<&str> {
        self.category.as_deref()
    }

    /// The message, with metavariables as they are written.
    pub fn message(&self) -> &str {
        &self.message_text
    }

    /// Why the rule exists, or what to do.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Where to read more.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// What to write instead, with metavariables as they are written.
    pub fn fix(&self) -> Option<&str> {
        self.fix.as_deref()
    }

    /// Sources with findings and without.
    pub fn tests(&self) -> &RuleTests {
        &self.tests
    }

    /// The file and the line where the rule is written.
    pub fn place(&self) -> (&str, u64) {
        (&self.file, self.line)
    }

    /// Whether the rule comes with lazyast.
    pub fn is_built_in(&self) -> bool {
        self.is_built_in
    }

    /// The query that finds candidates.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Whether the rule is for every path.
    pub fn is_for_all_paths(&self) -> bool {
        self.paths.include.is_none() && self.paths.exclude.is_empty()
    }

    /// Whether the rule is for a path, which is absolute.
    pub fn is_for(&self, path: &Path) -> bool {
        self.paths.contain(path)
    }
}
