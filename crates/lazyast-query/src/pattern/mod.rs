//! Patterns: Python code with holes.
//!
//! - [`metavariables`]: the text, with identifiers in the place of holes, so that it is Python.
//! - [`compile`]: its tree, compiled to a [`program`].
//! - [`matcher`]: the program, compared with nodes.
//! - [`equal`]: what a name captures twice.
//!
//! The parser is given from outside: this crate only reads archives.

mod compile;
mod equal;
mod matcher;
mod metavariables;
mod program;

use lazyast_format::{Archive, Tree};

use crate::error::{Language, QueryError};

pub(crate) use matcher::{Machine, Match};
pub(crate) use program::{Pattern, Root, Target, What};

/// What a parser says of a text that it does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseFailure {
    /// What is wrong.
    pub message: String,
    /// Where, in bytes of the text; `None` where it is the text as a whole.
    pub offset: Option<usize>,
}

/// A parser of Python: text to archive.
pub type ParseFn<'p, B> = dyn Fn(&str) -> Result<Archive<B>, ParseFailure> + 'p;

/// What has to stand around a clause that is no statement by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    Nothing,
    /// The text is indented.
    Block,
    /// `except`.
    Try,
    /// `except`, indented.
    BlockTry,
    /// `case`.
    Match,
    /// `case`, indented.
    BlockMatch,
}

impl Around {
    /// What stands before the text, which is indented like this.
    fn before(self, indent: &str) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Block => "if 1:\n".to_owned(),
            Self::Try => "try:\n pass\n".to_owned(),
            Self::BlockTry => format!("if 1:\n{indent}try:\n{indent} pass\n"),
            Self::Match => "match _:\n ".to_owned(),
            Self::BlockMatch => "match _:\n".to_owned(),
        }
    }
}

/// Compiles a pattern.
pub(crate) fn compile<B: AsRef<[u8]>>(text: &str, parse: &ParseFn<'_, B>) -> Result<Pattern, QueryError> {
    crate::limits::check_length(Language::Pattern, text)?;
    let body = text.trim_end();
    // Lines that hold nothing say nothing about indentation.
    let skipped = body.len() - body.trim_start().len();
    let skipped = body[..skipped].rfind('\n').map_or(0, |end| end + 1);
    let is_indented = body[skipped..].starts_with([' ', '\t']);
    let (skipped, is_indented) = if is_indented && !body[skipped..].contains('\n') {
        (body.len() - body.trim_start().len(), false)
    } else {
        (skipped, is_indented)
    };
    let code = &body[skipped..];
    if code.is_empty() {
        return Err(QueryError::new(Language::Pattern, text, 0..text.len(), "there is no code in it"));
    }
    let indent = &code[..code.len() - code.trim_start().len()];
    let word: String = code.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    let ways: &[Around] = match word.as_str() {
        "except" if is_indented => &[Around::BlockTry],
        "case" if is_indented => &[Around::BlockMatch, Around::Block],
        _ if is_indented => &[Around::Block],
        "except" => &[Around::Try],
        // `case [x]: y` is an annotated assignment, too.
        "case" => &[Around::Match, Around::Nothing],
        _ => &[Around::Nothing],
    };
    let filled = metavariables::fill(code)?;
    let mut failed = None;
    for around in ways {
        let before = around.before(indent);
        let source = format!("{before}{}\n", filled.text);
        match parse(&source) {
            Ok(archive) => {
                let unreadable = |error| QueryError::new(Language::Pattern, text, 0..0, format!("{error}"));
                let tree = archive.tree().map_err(unreadable)?;
                let shift = Shift { text, before: before.len(), skipped };
                return compile::compile(text, &tree, &filled, *around, shift);
            }
            Err(unparsed) => failed = Some((unparsed, before.len())),
        }
    }
    let (unparsed, before) = failed.unwrap_or((ParseFailure { message: String::new(), offset: None }, 0));
    Err(explain(text, skipped, unparsed, before))
}

/// From places in the parsed text to places in the pattern's.
#[derive(Clone, Copy)]
struct Shift<'t> {
    text: &'t str,
    before: usize,
    skipped: usize,
}

impl Shift<'_> {
    fn error(&self, tree: &Tree<'_>, node: u32, message: impl Into<String>) -> QueryError {
        let (start, end) = tree.range(node).unwrap_or_default();
        let shift = |offset: u32| (offset as usize).saturating_sub(self.before) + self.skipped;
        QueryError::new(Language::Pattern, self.text, shift(start)..shift(end), message)
    }
}

/// The error for a text that is not Python.
fn explain(text: &str, skipped: usize, unparsed: ParseFailure, before: usize) -> QueryError {
    let Some(offset) = unparsed.offset else {
        return QueryError::new(Language::Pattern, text, 0..text.len(), unparsed.message);
    };
    let mut place = (offset.saturating_sub(before) + skipped).min(text.len());
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    let line_start = text[..place].rfind('\n').map_or(0, |end| end + 1);
    let line_end = text[place..].find('\n').map_or(text.len(), |end| place + end);
    let dollar = [
        text[..place].rfind('$').filter(|dollar| *dollar >= line_start),
        text[place..line_end].find('$').map(|dollar| place + dollar),
    ];
    let wrong_hole = dollar.into_iter().flatten().find_map(|dollar| {
        let start = text[..dollar].trim_end_matches('$').len();
        let count = text[start..].bytes().take_while(|byte| *byte == b'$').count();
        let behind = text[start + count..].chars().next();
        let is_hole = count == 3
            || count == 1 && behind.is_some_and(|letter| letter.is_ascii_alphabetic() || letter == '_');
        (!is_hole && start.abs_diff(place) <= count + 1).then_some(start..start + count)
    });
    if let Some(place) = wrong_hole {
        let message = "no hole begins like this: write $X for one thing, $$$ or $$$XS for any number";
        return QueryError::new(Language::Pattern, text, place, message);
    }
    if text[..place].trim_end().ends_with(':') && text[place..].trim().is_empty() {
        let message = format!("{}; write `: $$$` for any block", unparsed.message);
        return QueryError::new(Language::Pattern, text, place..place + 1, message);
    }
    QueryError::new(Language::Pattern, text, place..place + 1, unparsed.message)
}
