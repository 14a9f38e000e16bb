//! What is wrong with a query, and where.

use std::fmt;
use std::ops::Range;

use lazyast_format::Damage;

/// A pattern or a selector that means nothing. Its message points at the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    language: &'static str,
    text: String,
    place: Range<usize>,
    message: String,
}

impl QueryError {
    pub(crate) fn new(
        language: &'static str,
        text: &str,
        place: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let start = floor(text, place.start.min(text.len()));
        let end = floor(text, place.end.min(text.len())).max(start);
        Self { language, text: text.to_owned(), place: start..end, message: message.into() }
    }

    /// What is wrong, and what would be right.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it is wrong, in bytes of the query's text.
    pub fn place(&self) -> Range<usize> {
        self.place.clone()
    }
}

/// The start of the character that an offset is in.
fn floor(text: &str, offset: usize) -> usize {
    (0..=offset).rev().find(|offset| text.is_char_boundary(*offset)).unwrap_or(0)
}

impl fmt::Display for QueryError {
    /// The message, and below it the line with a caret under the place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text.is_empty() {
            return write!(f, "{}: {}", self.language, self.message);
        }
        let before = &self.text[..self.place.start];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = self.text[line_start..].lines().next().unwrap_or_default();
        let column = before[line_start..].chars().count();
        let in_line = self.place.end.min(line_start + line.len()).max(self.place.start);
        let width = self.text[self.place.start..in_line].chars().count().max(1);
        writeln!(f, "{}: {}", self.language, self.message)?;
        writeln!(f, "  {}", line.replace('\t', " "))?;
        write!(f, "  {}{}", " ".repeat(column), "^".repeat(width))
    }
}

impl std::error::Error for QueryError {}

/// Why a query could not be answered for one tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunError {
    /// The archive is damaged.
    Damage(Damage),
    /// A pattern has more ways to match than are tried.
    TooManySteps {
        /// The node that it was compared with.
        node: u32,
        /// How many steps are made.
        limit: u32,
    },
}

impl From<Damage> for RunError {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damage(damage) => damage.fmt(f),
            Self::TooManySteps { node, limit } => write!(
                f,
                "comparing a pattern with node {node} takes more than {limit} steps; \
                 fewer $$$ in one list, or fewer names that stand twice, make it shorter"
            ),
        }
    }
}

impl std::error::Error for RunError {}
