//! The tokens of selectors.
//!
//! What a `/` or a number means depends on the place, so the parser asks for the token that it expects.

use std::ops::Range;

use crate::error::{Language, QueryError};

/// A text that is read from the left.
#[derive(Debug)]
pub(super) struct Lexer<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes a text, if it is next.
    pub(super) fn take(&mut self, wanted: &str) -> bool {
        let is_next = self.rest().starts_with(wanted);
        if is_next {
            self.at += wanted.len();
        }
        is_next
    }

    /// Passes blanks. Gives whether there were any.
    pub(super) fn blanks(&mut self) -> bool {
        let rest = self.rest();
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        rest.len() > trimmed.len()
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|letter| !fits(letter)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// The name of a kind, a field or a pseudo-class.
    pub(super) fn word(&mut self) -> &'t str {
        self.take_while(|letter| letter.is_alphanumeric() || letter == '_')
    }

    /// A word of a value, which may be dotted.
    pub(super) fn value_word(&mut self) -> &'t str {
        self.take_while(|letter| letter.is_alphanumeric() || letter == '_' || letter == '.')
    }

    /// The digits and letters of a number.
    pub(super) fn number_word(&mut self) -> &'t str {
        let start = self.at;
        self.take("-");
        self.take_while(|letter| letter.is_ascii_alphanumeric() || letter == '.' || letter == '_');
        if self.text[start..self.at].ends_with(['e', 'E']) && !self.text[start..self.at].contains("0x") {
            let _ = self.take("-") || self.take("+");
            self.take_while(|letter| letter.is_ascii_digit());
        }
        &self.text[start..self.at]
    }

    pub(super) fn error(&self, message: impl Into<String>) -> QueryError {
        self.error_at(self.at..self.at + 1, message)
    }

    pub(super) fn error_at(&self, place: Range<usize>, message: impl Into<String>) -> QueryError {
        QueryError::new(Language::Selector, self.text, place, message)
    }

    /// The value of a quoted string, with Python's escapes.
    pub(super) fn string(&mut self) -> Result<String, QueryError> {
        let start = self.at;
        let quote = self.peek();
        self.at += 1;
        let mut value = String::new();
        loop {
            let Some(letter) = self.peek() else {
                return Err(self.error_at(start..self.at, "the quote is not closed"));
            };
            let place = self.at;
            self.at += letter.len_utf8();
            match letter {
                letter if Some(letter) == quote => return Ok(value),
                '\\' => self.escape(place, &mut value)?,
                letter => value.push(letter),
            }
        }
    }

    fn escape(&mut self, start: usize, value: &mut String) -> Result<(), QueryError> {
        let Some(letter) = self.peek() else {
            return Err(self.error_at(start..self.at, "nothing stands behind the backslash"));
        };
        self.at += letter.len_utf8();
        let digits = match letter {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let hex = self.rest().get(..digits).unwrap_or_default();
            let letter = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).ok_or_else(|| {
                self.error_at(start..self.at, format!("expected {digits} hexadecimal digits of a character"))
            })?;
            self.at += digits;
            value.push(letter);
            return Ok(());
        }
        let letter = match letter {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            '0' => '\0',
            '\\' | '\'' | '"' => letter,
            other => {
                value.push('\\');
                other
            }
        };
        value.push(letter);
        Ok(())
    }

    /// A regular expression between slashes, and its flags.
    pub(super) fn regex(&mut self) -> Result<(String, &'t str, usize), QueryError> {
        let start = self.at;
        self.at += 1;
        let mut source = String::new();
        loop {
            let Some(letter) = self.peek() else {
                return Err(self.error_at(start..self.at, "the expression is not closed: expected a /"));
            };
            self.at += letter.len_utf8();
            match letter {
                '/' => break,
                '\\' if self.take("/") => source.push('/'),
                '\\' => {
                    source.push('\\');
                    if let Some(next) = self.peek() {
                        self.at += next.len_utf8();
                        source.push(next);
                    }
                }
                letter => source.push(letter),
            }
        }
        let flags = self.take_while(|letter| letter.is_ascii_alphabetic());
        Ok((source, flags, start))
    }
}
