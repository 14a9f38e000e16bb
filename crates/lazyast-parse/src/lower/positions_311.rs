//! Where Python 3.11 puts nodes that stand inside of f-strings.
//!
//! Up to 3.11 the expression of a replacement field is cut out, put into parentheses and parsed as a
//! source of its own, whose tokens are then moved to where the field is (`fstring_find_expr_location`
//! and `fstring_compile_expr` in CPython's `Parser/string_parser.c`). That arrives at the true positions,
//! but for three cases: a literal of several lines that begins on the field's first line loses the
//! column of its start; fields inside of such a literal are moved along with it; and a tuple without
//! parentheses takes over the field's braces. Nodes in these cases are listed with their positions.

use lazyast_format::read::{Position, Span};
use lazyast_format::write::Open;
use ruff_text_size::{TextRange, TextSize};

use super::{Lowering, is_blank};

/// One f-string literal of an implicit concatenation.
#[derive(Clone, Copy)]
pub(super) struct Literal {
    /// Its true start.
    start: Position,
    /// The column where 3.11 sees its start.
    column: u32,
    /// Where 3.11 sees it, if that is not where it sees the whole concatenation.
    pub(super) span: Option<Span>,
}

/// A replacement field whose expression is being lowered.
#[derive(Clone, Copy)]
pub(super) struct Replacement {
    /// Its opening brace.
    brace: Position,
    /// The brace's offset.
    offset: u32,
    /// What 3.11 adds to the columns of that line.
    delta: i64,
}

impl Replacement {
    /// The field itself if any node in it can be moved.
    pub(super) fn moves(self, nested_multiline: &[u32], field: TextRange) -> Option<Self> {
        let (start, end) = (field.start().to_u32(), field.end().to_u32());
        let first = nested_multiline.partition_point(|literal| *literal < start);
        let has_literal = nested_multiline.get(first).is_some_and(|literal| *literal < end);
        (self.delta != 0 || has_literal).then_some(self)
    }

    fn shifted(&self, column: u32) -> u32 {
        (i64::from(column) + self.delta).max(0) as u32
    }
}

impl Lowering<'_> {
    /// An f-string literal as the fields in it need it.
    pub(super) fn literal(&self, range: TextRange, concatenated: bool) -> Literal {
        let span = self.seen(range, self.replacement);
        Literal {
            start: self.position(range.start()),
            column: span.start.column,
            span: concatenated.then_some(span),
        }
    }

    /// The field that begins where `range` does.
    pub(super) fn replacement(&self, range: TextRange, literal: Literal) -> Replacement {
        let brace = self.position(range.start());
        let same_line = brace.line == literal.start.line;
        let delta = if same_line { i64::from(literal.column) - i64::from(literal.start.column) } else { 0 };
        Replacement { brace, offset: range.start().to_u32(), delta }
    }

    /// Lists a node that 3.11 moves.
    pub(super) fn moved(&mut self, node: &Open, range: TextRange, replacement: Replacement) {
        let span = self.seen(range, Some(replacement));
        if span != self.seen(range, None) {
            self.builder.span_311(node.id(), span);
        }
    }

    /// The position of a tuple without parentheses that is a field's whole expression: from the brace to
    /// behind the character that ends the expression.
    pub(super) fn bare_tuple_span(&self, tuple: TextRange, field: Replacement, literal: Literal) -> Span {
        let behind_brace = &self.rest(TextSize::new(field.offset))[1..];
        let blanks = behind_brace.iter().take_while(|byte| is_blank(**byte)).count();
        let same_line = field.brace.line == literal.start.line;
        let column = match behind_brace.get(blanks) {
            Some(b'\n') if same_line => literal.column,
            Some(b'\n') => 0,
            _ => field.shifted(field.brace.column),
        };
        let trailing =
            self.rest(tuple.end()).iter().take_while(|byte| is_blank(**byte) || **byte == b'\n').count();
        let end = tuple.end().to_u32() + trailing as u32;
        let mut end_position = self.position(TextSize::new(end));
        end_position.column += 1;
        if end_position.line == field.brace.line {
            end_position.column = field.shifted(end_position.column);
        }
        Span { start: Position { line: field.brace.line, column }, end: end_position }
    }

    /// Where 3.11 sees a node of a field's expression; the true position outside of fields.
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

    /// The line and the column of an offset, counted from the offset that was asked for last: offsets
    /// come nearly in order, so that all together cost one pass.
    fn position(&self, offset: TextSize) -> Position {
        let (offset, text) = (offset.to_usize(), self.text.as_bytes());
        let mut known = self.known_line.get();
        if offset >= known.offset {
            let between = &text[known.offset..offset];
            known.line += memchr::memchr_iter(b'\n', between).count() as u32;
            if let Some(end) = memchr::memrchr(b'\n', between) {
                known.line_start = known.offset + end + 1;
            }
        } else {
            let between = &text[offset..known.offset];
            let line_ends = memchr::memchr_iter(b'\n', between).count() as u32;
            if line_ends > 0 {
                known.line -= line_ends;
                known.line_start = memchr::memrchr(b'\n', &text[..offset]).map_or(0, |end| end + 1);
            }
        }
        known.offset = offset;
        self.known_line.set(known);
        Position { line: known.line + 1, column: (offset - known.line_start) as u32 }
    }
}

/// The line of an offset, from 0.
#[derive(Clone, Copy, Default)]
pub(super) struct KnownLine {
    offset: usize,
    line: u32,
    line_start: usize,
}
