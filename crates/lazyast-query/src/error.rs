//! Errors: in the text of a query, and while a query runs over a tree.
//!
//! A [`QueryError`] keeps the text, so that its message can show the line with the offending part underlined. Both
//! languages and the combination of queries report through it.

use std::fmt;
use std::ops::Range;

use lazyast_format::Damage;

/// What kind of query an error is about. It is the first word of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Pattern,
    Selector,
    Template,
    Condition,
    Combination,
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pattern => "pattern",
            Self::Selector => "selector",
            Self::Template => "template",
            Self::Condition => "condition",
            Self::Combination => "combined query",
        })
    }
}

/// An invalid pattern, selector or template, or a combination of queries that is too large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    language: Language,
    text: String,
    span: Range<usize>,
    message: String,
}

impl QueryError {
    /// The span is clamped to the text, and widened to whole characters.
    pub(crate) fn new(
        language: Language,
        text: &str,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let start = text.floor_char_boundary(span.start);
        let end = text.floor_char_boundary(span.end).max(start);
        Self { language, text: text.to_owned(), span: start..end, message: message.into() }
    }

    /// An error about the query as a whole. Its message shows no text.
    pub(crate) fn without_text(language: Language, message: impl Into<String>) -> Self {
        Self::new(language, "", 0..0, message)
    }

    /// The same error with something more to say.
    pub(crate) fn with_advice(mut self, advice: &str) -> Self {
        self.message = format!("{}; {advice}", self.message);
        self
    }

    /// What is wrong and what is expected, without the text of the query.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The offending part of the query's text, in bytes.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}

impl fmt::Display for QueryError {
    /// The message, then the line in which the span starts, then carets below the span.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text.is_empty() {
            return write!(f, "{}: {}", self.language, self.message);
        }
        let before = &self.text[..self.span.start];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = self.text[line_start..].lines().next().unwrap_or_default();
        let column = before[line_start..].chars().count();
        let end_in_line = self.span.end.min(line_start + line.len()).max(self.span.start);
        let width = self.text[self.span.start..end_in_line].chars().count().max(1);
        writeln!(f, "{}: {}", self.language, self.message)?;
        writeln!(f, "  {}", line.replace('\t', " "))?;
        write!(f, "  {}{}", " ".repeat(column), "^".repeat(width))
    }
}

impl std::error::Error for QueryError {}

/// Why a query has no answer for one tree.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExecutionError {
    /// The archive is damaged.
    Damage(Damage),
    /// The comparison of a pattern with one node took too many steps.
    TooManySteps {
        /// The node that the pattern was compared with.
        node: u32,
        /// The largest number of steps of one comparison.
        limit: u32,
    },
}

impl From<Damage> for ExecutionError {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl fmt::Display for ExecutionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damage(damage) => damage.fmt(f),
            Self::TooManySteps { node, limit } => write!(
                f,
                "the comparison of a pattern with node {node} takes more than {limit} steps: \
                 use fewer $$$ in one list, or fewer metavariables that occur twice"
            ),
        }
    }
}

impl std::error::Error for ExecutionError {}
