//! [`VerifyError`], and the list of them.

use core::fmt;

use super::rule::Rule;
use crate::layout::HeaderError;
use crate::read::OpenError;

/// A violation of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// The rule.
    pub rule: Rule,
    /// The column or the part of the archive that violates the rule.
    pub what: &'static str,
    /// The row, number or offset there.
    pub at: u64,
    /// The expected value.
    pub expected: String,
    /// The value that was found.
    pub found: String,
}

impl VerifyError {
    /// Whether the archive is one of another version of the format or the schema. Otherwise, it is damaged.
    pub fn is_other_version(&self) -> bool {
        matches!(self.rule, Rule::Version | Rule::Schema)
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, what, at, expected, found } = self;
        write!(f, "{rule}: {what} at {at}: expected {expected}, found {found}")
    }
}

impl std::error::Error for VerifyError {}

/// The requested number of violations is found, so that the validation can stop.
pub(super) struct LimitReached;

/// The violations that are found so far.
pub(super) struct Findings {
    limit: usize,
    violations: Vec<VerifyError>,
}

impl Findings {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, violations: Vec::new() }
    }

    pub(super) fn into_violations(self) -> Vec<VerifyError> {
        self.violations
    }

    /// Adds a violation, unless the limit is reached.
    pub(super) fn report(
        &mut self,
        rule: Rule,
        what: &'static str,
        at: impl TryInto<u64>,
        expected: impl fmt::Display,
        found: impl fmt::Display,
    ) -> Result<(), LimitReached> {
        if self.violations.len() < self.limit {
            let at = at.try_into().unwrap_or(u64::MAX);
            let (expected, found) = (expected.to_string(), found.to_string());
            self.violations.push(VerifyError { rule, what, at, expected, found });
        }
        if self.violations.len() < self.limit { Ok(()) } else { Err(LimitReached) }
    }

    /// Adds the violation of V01 to V07 that kept an archive from being opened.
    pub(super) fn report_open_error(&mut self, error: OpenError) -> Result<(), LimitReached> {
        match error {
            OpenError::Header(HeaderError::Magic) => {
                self.report(Rule::Magic, "header", 0, "the bytes `LAZYAST` and 0x1a", "other bytes")
            }
            OpenError::Header(HeaderError::Version { found, expected }) => {
                self.report(Rule::Version, "header", 8, expected, found)
            }
            OpenError::Header(HeaderError::Schema { found, expected }) => self.report(
                Rule::Schema,
                "header",
                16,
                format_args!("{expected:#018x}"),
                format_args!("{found:#018x}"),
            ),
            // Only the caller of `open` demands a parser version; `verify` accepts any.
            OpenError::Header(HeaderError::Parser { found, expected }) => {
                self.report(Rule::Header, "header", 24, expected, found)
            }
            OpenError::Header(HeaderError::Length { found, expected }) => self.report(
                Rule::Length,
                "archive",
                36,
                format_args!("{expected} bytes"),
                format_args!("{found} bytes"),
            ),
            OpenError::Layout(error) => {
                self.report(Rule::Layout, "root", 0, "vectors inside the body, in order and aligned", error)
            }
            OpenError::Lengths { column, found, expected } => self.report(
                Rule::Rows,
                column,
                0,
                format_args!("{expected} rows"),
                format_args!("{found} rows"),
            ),
            OpenError::Root { found } => {
                let found = found.map_or_else(|| "no node".to_owned(), |code| code.to_string());
                self.report(Rule::Root, "kinds", 0, "0 (Module)", found)
            }
        }
    }
}
