//! [`RuleError`]: what is wrong with a rule file, and where.

use std::fmt;

/// What is wrong with a rule file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleError {
    /// The file, as it was named.
    pub file: String,
    /// The line, counted from 1: of the error, or where the rule begins. 0 if there is none.
    pub line: u64,
    /// The identifier of the rule, if the error is in one.
    pub rule: Option<String>,
    /// The path of keys to the value that is wrong, such as `any[1].pattern`. Empty if no key is.
    pub key: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if let Some(rule) = &self.rule {
            write!(f, ": rule {rule}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for RuleError {}

/// What is wrong with one key of a rule.
#[derive(Debug)]
pub(crate) struct KeyError {
    pub(crate) key: String,
    pub(crate) message: String,
}

impl KeyError {
    pub(crate) fn new(key: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { key: key.into(), message: message.to_string() }
    }

    /// The same error, seen from the value that has this one under a key.
    pub(crate) fn below(mut self, outer: &str) -> Self {
        let separator = if self.key.is_empty() || outer.is_empty() { "" } else { "." };
        self.key = format!("{outer}{separator}{}", self.key);
        self
    }
}
