//! The tokens of selectors.
//!
//! What a `/` or a digit means depends on its context, so there is no list of tokens: the parser asks for the token
//! that it expects.

use std::ops::Range;

use crate::error::{Language, QueryError};

/// A text that is read from the left.
#[derive(Debug)]
pub(super) struct SelectorLexer<'t> {
    text: &'t str,
    /// The offset of the next character.
    offset: usize,
}

impl<'t> SelectorLexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, offset: 0 }
    }

    /// The offset of the next character.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// The text from an offset to the next character.
    pub(super) fn text_since(&self, start: usize) -> &'t str {
        &self.text[start..self.offset]
    }

    fn rest(&self) -> &'t str {
        &self.text[self.offset..]
    }

    /// The next character.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The character after the next one, which must be ASCII.
    pub(super) fn peek_second(&self) -> Option<char> {
        self.rest().get(1..)?.chars().next()
    }

    /// Skips the next character, which must be ASCII.
    pub(super) fn skip_ascii(&mut self) {
        self.offset += 1;
    }

    /// Takes the next character.
    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.offset += next.len_utf8();
        Some(next)
    }

    /// Takes a text if it is next.
    pub(super) fn take(&mut self, expected: &str) -> bool {
        let is_next = self.rest().starts_with(expected);
        if is_next {
            self.offset += expected.len();
        }
        is_next
    }

    /// Skips white space, and returns whether there was any.
    pub(super) fn skip_whitespace(&mut self) -> bool {
        let rest = self.rest();
        let trimmed = rest.trim_start();
        self.offset += rest.len() - trimmed.len();
        rest.len() > trimmed.len()
    }

    fn take_while(&mut self, accepts: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|character| !accepts(character)).unwrap_or(rest.len());
        self.offset += end;
        &rest[..end]
    }

    /// The text up to a character or the end.
    pub(super) fn until(&mut self, end: char) -> &'t str {
        self.take_while(|character| character != end)
    }

    /// The name of a kind or a field.
    pub(super) fn name(&mut self) -> &'t str {
        self.take_while(|character| character.is_alphanumeric() || character == '_')
    }

    /// The name of a pseudo-class.
    pub(super) fn pseudo_class(&mut self) -> &'t str {
        self.take_while(|character| character.is_alphanumeric() || character == '-')
    }

    /// A value without quotes, which may be dotted.
    pub(super) fn bare_value(&mut self) -> &'t str {
        self.take_while(|character| character.is_alphanumeric() || character == '_' || character == '.')
    }

    /// A number, or what starts like one.
    pub(super) fn number(&mut self) -> &'t str {
        let start = self.offset;
        self.take("-");
        self.take_while(|character| {
            character.is_ascii_alphanumeric() || character == '.' || character == '_'
        });
        let text = self.text_since(start);
        if text.ends_with(['e', 'E']) && !text.contains("0x") {
            let _ = self.take("-") || self.take("+");
            self.take_while(|character| character.is_ascii_digit());
        }
        self.text_since(start)
    }

    /// An error at the next character.
    pub(super) fn error(&self, message: impl Into<String>) -> QueryError {
        self.error_at(self.offset..self.offset + 1, message)
    }

    /// An error about the text from an offset to the next character; at least one character is marked.
    pub(super) fn error_since(&self, start: usize, message: impl Into<String>) -> QueryError {
        self.error_at(start..self.offset.max(start + 1), message)
    }

    fn error_at(&self, span: Range<usize>, message: impl Into<String>) -> QueryError {
        QueryError::new(Language::Selector, self.text, span, message)
    }

    /// The value of a quoted string, with Python's escapes. The opening quote is next.
    pub(super) fn string(&mut self) -> Result<String, QueryError> {
        let start = self.offset;
        let quote = self.next();
        let mut value = String::new();
        loop {
            let character_start = self.offset;
            match self.next() {
                None => {
                    let quote = quote.unwrap_or_default();
                    return Err(self.error_since(start, format!("unterminated string: expected {quote}")));
                }
                next if next == quote => return Ok(value),
                Some('\\') => self.escape(character_start, &mut value)?,
                Some(character) => value.push(character),
            }
        }
    }

    /// What a backslash, which was just read, and the characters after it stand for.
    fn escape(&mut self, start: usize, value: &mut String) -> Result<(), QueryError> {
        let Some(character) = self.next() else {
            return Err(self.error_since(start, "expected a character after the backslash"));
        };
        let digits = match character {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let hex = self.rest().get(..digits).unwrap_or_default();
            let code = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).ok_or_else(|| {
                let message = format!("expected {digits} hexadecimal digits that name a character");
                self.error_since(start, message)
            })?;
            self.offset += digits;
            value.push(code);
            return Ok(());
        }
        let character = match character {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            '0' => '\0',
            '\\' | '\'' | '"' => character,
            // An unknown escape stands for itself, as in Python.
            other => {
                value.push('\\');
                other
            }
        };
        value.push(character);
        Ok(())
    }

    /// A regular expression between slashes, and its flags. The opening slash is next.
    pub(super) fn regex(&mut self) -> Result<(String, &'t str), QueryError> {
        let start = self.offset;
        self.skip_ascii();
        let mut source = String::new();
        loop {
            match self.next() {
                None => return Err(self.error_since(start, "unterminated regular expression: expected /")),
                Some('/') => break,
                Some('\\') if self.take("/") => source.push('/'),
                Some('\\') => {
                    source.push('\\');
                    source.extend(self.next());
                }
                Some(character) => source.push(character),
            }
        }
        let flags = self.take_while(|character| character.is_ascii_alphabetic());
        Ok((source, flags))
    }
}
