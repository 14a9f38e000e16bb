//! Where Python 3.11 puts nodes that stand inside of f-strings.
//!
//! Up to 3.11, CPython cuts out the expression of a replacement field, puts it into parentheses and parses
//! it as a source of its own. Then it moves the tokens to where the field is (`fstring_find_expr_location`
//! and `fstring_compile_expr` in `Parser/string_parser.c`). The result is the true position, except in three
//! cases:
//!
//! - a literal that spans lines and starts on the field's first line loses the column of its start;
//! - fields inside of such a literal are moved along with it;
//! - a tuple without parentheses takes over the field's braces.
//!
//! Archives list the nodes of these cases with their positions.

use lazyast_format::encoding::{Position, Span};
use ruff_text_size::{TextRange, TextSize};

use super::trivia::is_blank;

/// One f-string literal of an implicit concatenation.
#[derive(Clone, Copy)]
pub(super) struct FStringLiteral {
    /// Its true start.
    start: Position,
    /// The column at which 3.11 sees its start.
    column: u32,
    /// Where 3.11 sees the literal, unless that is where it sees the whole concatenation.
    pub(super) span: Option<Span>,
}

/// A replacement field whose expression is being lowered.
#[derive(Clone, Copy)]
pub(super) struct Replacement {
    /// The position of its opening brace.
    brace: Position,
    /// The offset of its opening brace.
    offset: u32,
    /// What 3.11 adds to the columns of the brace's line.
    delta: i64,
}

impl Replacement {
    fn shifted(&self, column: u32) -> u32 {
        (i64::from(column) + self.delta).max(0) as u32
    }
}

/// Finds positions in one text, as they are and as 3.11 sees them.
pub(super) struct Positions<'a> {
    text: &'a [u8],
    /// Starts of the literals that span lines and stand inside of an f-string, sorted.
    nested_multiline: &'a [u32],
    /// The offsets after the line ends.
    line_starts: &'a [u32],
}

impl<'a> Positions<'a> {
    /// `line_ends` are where the lines of the text end.
    pub(super) fn new(text: &'a str, nested_multiline: &'a [u32], line_ends: &'a [u32]) -> Self {
        // After the last line, another one starts only if that has a line end.
        let line_starts = match line_ends {
            [line_starts @ .., _] if !text.ends_with('\n') => line_starts,
            line_starts => line_starts,
        };
        Self { text: text.as_bytes(), nested_multiline, line_starts }
    }

    /// An f-string literal that stands in `around`, for the fields in it.
    pub(super) fn literal(
        &self,
        range: TextRange,
        is_concatenated: bool,
        around: Option<Replacement>,
    ) -> FStringLiteral {
        let span = self.seen(range, around);
        FStringLiteral {
            start: self.position(range.start()),
            column: span.start.column,
            span: is_concatenated.then_some(span),
        }
    }

    /// The field at `range`.
    pub(super) fn replacement(&self, range: TextRange, literal: FStringLiteral) -> Replacement {
        let brace = self.position(range.start());
        let is_same_line = brace.line == literal.start.line;
        let delta =
            if is_same_line { i64::from(literal.column) - i64::from(literal.start.column) } else { 0 };
        Replacement { brace, offset: range.start().to_u32(), delta }
    }

    /// Whether 3.11 can move any node in a field.
    pub(super) fn has_moved_nodes(&self, replacement: Replacement, field: TextRange) -> bool {
        let (start, end) = (field.start().to_u32(), field.end().to_u32());
        let first = self.nested_multiline.partition_point(|literal| *literal < start);
        let has_literal = self.nested_multiline.get(first).is_some_and(|literal| *literal < end);
        replacement.delta != 0 || has_literal
    }

    /// Where 3.11 sees a node of a field's expression, if not at its true position.
    pub(super) fn moved(&self, range: TextRange, replacement: Replacement) -> Option<Span> {
        let span = self.seen(range, Some(replacement));
        (span != self.seen(range, None)).then_some(span)
    }

    /// The position of a tuple without parentheses that is a field's whole expression. It starts at the
    /// brace and ends after the character that ends the expression.
    pub(super) fn bare_tuple_span(
        &self,
        tuple: TextRange,
        field: Replacement,
        literal: FStringLiteral,
    ) -> Span {
        let after_brace = &self.text[field.offset as usize + 1..];
        let blanks = after_brace.iter().take_while(|byte| is_blank(**byte)).count();
        let is_same_line = field.brace.line == literal.start.line;
        let column = match after_brace.get(blanks) {
            Some(b'\n') if is_same_line => literal.column,
            Some(b'\n') => 0,
            _ => field.shifted(field.brace.column),
        };
        let after_tuple = &self.text[tuple.end().to_usize()..];
        let trailing = after_tuple.iter().take_while(|byte| is_blank(**byte) || **byte == b'\n').count();
        let end = tuple.end().to_u32() + trailing as u32;
        let mut end_position = self.position(TextSize::new(end));
        end_position.column += 1;
        if end_position.line == field.brace.line {
            end_position.column = field.shifted(end_position.column);
        }
        Span { start: Position { line: field.brace.line, column }, end: end_position }
    }

    /// Where 3.11 sees a node of a field's expression, and the true position outside of fields.
    fn seen(&self, range: TextRange, replacement: Option<Replacement>) -> Span {
        let mut span = Span { start: self.position(range.start()), end: self.position(range.end()) };
        let Some(field) = replacement else { return span };
        if span.start.line == field.brace.line {
            let is_multiline_literal = self.nested_multiline.binary_search(&range.start().to_u32()).is_ok();
            span.start.column = if is_multiline_literal {
                span.start.column.saturating_sub(field.brace.column)
            } else {
                field.shifted(span.start.column)
            };
        }
        if span.end.line == field.brace.line {
            span.end.column = field.shifted(span.end.column);
        }
        span
    }

    /// The line and the column of an offset.
    fn position(&self, offset: TextSize) -> Position {
        let offset = offset.to_u32();
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let line_start = if line == 0 { 0 } else { self.line_starts[line - 1] };
        Position { line: line as u32 + 1, column: offset - line_start }
    }
}
