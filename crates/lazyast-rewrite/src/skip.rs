//! [`SkippedHit`]: a hit that stays as it is, and why.

use std::fmt;

use lazyast_query::Hit;

/// A hit that was not replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedHit {
    /// The hit.
    pub hit: Hit,
    /// The line that it starts in, counted from 1.
    pub line: u32,
    /// Why it was not replaced.
    pub reason: SkipReason,
}

/// Why a hit was not replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// The hit overlaps another one, and neither is inside the other.
    Overlap,
    /// The hit is of a query without a pattern.
    NoPattern,
    /// The template is one or more statements, and the hit is a part of a statement.
    NotAStatement,
    /// The template is of another sort than the hit: a clause and a statement, for example.
    OtherSort,
    /// The hit is an `elif`, and the template is not one `if`.
    Elif,
    /// The replacement needs lines of its own, and the hit shares its line with other code.
    SharesLine,
    /// The definition has something that neither pattern nor template have.
    Drops(&'static str),
    /// The hit is in a replacement field with `=`, whose text is a part of the value.
    SelfDocumenting,
    /// The hit is in a t-string, which has the text of its expressions.
    TemplateString,
    /// The replacement has characters that replacement fields cannot have before Python 3.12.
    NeedsNestedQuotes,
    /// The capture cannot stand where the template has it.
    WrongCapture {
        /// The name of the metavariable.
        name: String,
        /// What the template expects.
        expected: &'static str,
    },
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overlap => write!(f, "it overlaps another hit"),
            Self::NoPattern => write!(f, "no pattern matches it, so that there are no captures"),
            Self::NotAStatement => write!(f, "it is a part of a statement, but the template is a whole one"),
            Self::OtherSort => write!(f, "the template cannot stand in its place"),
            Self::Elif => write!(f, "it is an elif, but the template is not one if"),
            Self::SharesLine => write!(f, "the replacement needs lines of its own, but it shares its line"),
            Self::Drops(what) => {
                write!(f, "the replacement would drop its {what}: name them in pattern and template")
            }
            Self::SelfDocumenting => write!(f, "it is in a replacement field with =, which prints its text"),
            Self::TemplateString => {
                write!(f, "it is in a t-string, which contains the text of its expressions")
            }
            Self::NeedsNestedQuotes => {
                write!(
                    f,
                    "the replacement has quotes, backslashes or line ends in an f-string, which needs Python 3.12"
                )
            }
            Self::WrongCapture { name, expected } => write!(f, "{name} did not capture {expected}"),
        }
    }
}
