//! The code of a pattern, and what has to stand around it to be Python.
//!
//! An `except` or a `case` clause is no statement by itself, and neither is indented code. The parser gets the code
//! with a [`Wrapper`] before it. [`OffsetMap`] leads from offsets in the parsed text back to the pattern.

use std::ops::Range;

use super::parse::ParseFailure;
use crate::error::{Language, QueryError};

/// The statements around a pattern's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrapper {
    None,
    /// An `if` around indented code.
    If,
    /// A `try` before an `except`.
    Try,
    /// An `if` around a `try` before an indented `except`.
    IfTry,
    /// A `match` around a `case`.
    Match,
    /// A `match` around an indented `case`.
    IndentedMatch,
    /// A function after a decorator.
    Decorator,
}

impl Wrapper {
    /// The text before code that is indented by `indent`.
    pub(super) fn before(self, indent: &str) -> String {
        match self {
            Self::None | Self::Decorator => String::new(),
            Self::If => "if 1:\n".to_owned(),
            Self::Try => "try:\n pass\n".to_owned(),
            Self::IfTry => format!("if 1:\n{indent}try:\n{indent} pass\n"),
            Self::Match => "match _:\n ".to_owned(),
            Self::IndentedMatch => "match _:\n".to_owned(),
        }
    }

    /// The text after the code.
    pub(super) fn after(self) -> &'static str {
        if self == Self::Decorator { "def _(): 0\n" } else { "" }
    }
}

/// The code in the text of a pattern.
#[derive(Clone, Copy, Debug)]
pub(super) struct PatternSource<'t> {
    /// What the text is, for errors.
    language: Language,
    /// The whole text.
    text: &'t str,
    /// The offset of the code. It is the start of a line, unless the code is a single line.
    start: usize,
    /// The code, without blank lines and white space around it, but with the indentation of its lines.
    pub(super) code: &'t str,
    is_indented: bool,
}

impl<'t> PatternSource<'t> {
    pub(super) fn new(language: Language, text: &'t str) -> Self {
        let trimmed = text.trim_end();
        let leading = trimmed.len() - trimmed.trim_start().len();
        // Blank lines before the code say nothing about its indentation.
        let line_start = trimmed[..leading].rfind('\n').map_or(0, |newline| newline + 1);
        let is_indented = trimmed[line_start..].starts_with([' ', '\t']);
        // The indentation of a single line means nothing.
        let is_single_line = !trimmed[line_start..].contains('\n');
        let start = if is_indented && is_single_line { leading } else { line_start };
        let is_indented = is_indented && !is_single_line;
        Self { language, text, start, code: &trimmed[start..], is_indented }
    }

    /// The offset of the code in the text.
    pub(super) fn offset_of_code(&self) -> usize {
        self.start
    }

    /// The indentation of the first line.
    pub(super) fn indent(&self) -> &'t str {
        &self.code[..self.code.len() - self.code.trim_start().len()]
    }

    /// The wrappers to try, in this order.
    pub(super) fn wrappers(&self) -> &'static [Wrapper] {
        let code = self.code.trim_start();
        let end = code.find(|character: char| !character.is_ascii_alphabetic()).unwrap_or(code.len());
        match (&code[..end], self.is_indented) {
            ("except", true) => &[Wrapper::IfTry],
            ("case", true) => &[Wrapper::IndentedMatch, Wrapper::If],
            (_, true) => &[Wrapper::If],
            ("except", false) => &[Wrapper::Try],
            // `case [x]: y` is also an annotated assignment.
            ("case", false) => &[Wrapper::Match, Wrapper::None],
            // A decorator is a pattern by itself if no definition follows.
            (_, false) if code.starts_with('@') => &[Wrapper::None, Wrapper::Decorator],
            (_, false) => &[Wrapper::None],
        }
    }

    /// The map from offsets in the parsed text, which has `before` bytes before the code.
    pub(super) fn offsets(&self, before: usize) -> OffsetMap<'t> {
        OffsetMap::new(self.language, self.text, before, self.start)
    }

    /// An error about the whole text.
    pub(super) fn error(&self, message: impl Into<String>) -> QueryError {
        QueryError::new(self.language, self.text, 0..self.text.len(), message)
    }
}

/// Leads from offsets in the parsed text to offsets in the pattern.
#[derive(Clone, Copy, Debug)]
pub(super) struct OffsetMap<'t> {
    language: Language,
    text: &'t str,
    before: usize,
    start: usize,
}

impl<'t> OffsetMap<'t> {
    pub(super) fn new(language: Language, text: &'t str, before: usize, start: usize) -> Self {
        Self { language, text, before, start }
    }

    fn offset(&self, parsed: usize) -> usize {
        parsed.saturating_sub(self.before) + self.start
    }

    /// The part of the pattern that a part of the parsed text comes from.
    pub(super) fn text(&self, parsed: Range<usize>) -> &str {
        self.text.get(self.offset(parsed.start)..self.offset(parsed.end)).unwrap_or_default()
    }

    /// An error about a part of the parsed text.
    pub(super) fn error(&self, parsed: Range<usize>, message: impl Into<String>) -> QueryError {
        let span = self.offset(parsed.start)..self.offset(parsed.end);
        QueryError::new(self.language, self.text, span, message)
    }

    /// The error about a text that the parser did not parse. Where the cause is known it says what to write.
    pub(super) fn parse_error(&self, failure: ParseFailure) -> QueryError {
        let text = self.text;
        let Some(offset) = failure.offset else {
            return QueryError::new(self.language, text, 0..text.len(), failure.message);
        };
        let offset = text.floor_char_boundary(self.offset(offset));
        if let Some(span) = invalid_metavariable(text, offset) {
            let message = "invalid metavariable: write $X for one node, $$$ or $$$XS for any number";
            return QueryError::new(self.language, text, span, message);
        }
        let word = text.trim_start().split(|character: char| !character.is_ascii_alphabetic()).next();
        let message = match word.and_then(whole_statement) {
            Some((word, statement, selector)) => format!(
                "{word} is a part of a statement: write the whole statement, such as `{statement}` in a line before \
                 it, or the selector `{selector}`"
            ),
            None => failure.message,
        };
        QueryError::new(self.language, text, offset..offset + 1, message)
    }
}

/// For a word that starts a clause without a node: the word, the start of its statement, and a selector that finds it.
fn whole_statement(word: &str) -> Option<(&str, &'static str, &'static str)> {
    match word {
        "else" => Some((word, "if $_: $$$", "If[orelse]")),
        "elif" => Some((word, "if $_: $$$", "If:elif")),
        "finally" => Some((word, "try: $$$", "Try[finalbody]")),
        _ => None,
    }
}

/// A run of `$` at an offset that is not the start of a metavariable, as in `$$X` or `$1`.
fn invalid_metavariable(text: &str, offset: usize) -> Option<Range<usize>> {
    let line_start = text[..offset].rfind('\n').map_or(0, |end| end + 1);
    let line_end = text[offset..].find('\n').map_or(text.len(), |end| offset + end);
    let before = text[..offset].rfind('$').filter(|dollar| *dollar >= line_start);
    let after = text[offset..line_end].find('$').map(|dollar| offset + dollar);
    before.into_iter().chain(after).find_map(|dollar| {
        let start = text[..dollar].trim_end_matches('$').len();
        let count = text[start..].bytes().take_while(|byte| *byte == b'$').count();
        let next = text[start + count..].chars().next();
        let is_valid = count == 3
            || count == 1
                && next.is_some_and(|character| character.is_ascii_alphabetic() || character == '_');
        (!is_valid && start.abs_diff(offset) <= count + 1).then_some(start..start + count)
    })
}
