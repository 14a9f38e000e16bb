//! Node numbers, positions, and the records in the columns `spans_311` and `warnings`.

/// A node's number, which is its index in preorder. Node 0 is the `Module`.
pub type NodeId = u32;

/// A position in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, counted from 1.
    pub line: u32,
    /// The number of UTF-8 bytes from the line's start.
    pub column: u32,
}

/// The values of a node's `lineno`, `col_offset`, `end_lineno` and `end_col_offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// `lineno` and `col_offset`.
    pub start: Position,
    /// `end_lineno` and `end_col_offset`.
    pub end: Position,
}

/// The number of words of a [`SpanRecord`].
pub(crate) const SPAN_RECORD_LEN: usize = 5;

/// A record of the column `spans_311`: a position that a node has in Python 3.11 only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpanRecord {
    pub(crate) node: NodeId,
    pub(crate) span: Span,
}

impl SpanRecord {
    pub(crate) fn from_words([node, line, column, end_line, end_column]: [u32; SPAN_RECORD_LEN]) -> Self {
        let start = Position { line, column };
        let end = Position { line: end_line, column: end_column };
        Self { node, span: Span { start, end } }
    }

    pub(crate) fn to_words(self) -> [u32; SPAN_RECORD_LEN] {
        let Span { start, end } = self.span;
        [self.node, start.line, start.column, end.line, end.column]
    }
}

/// What the parser of some Python warns about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum WarningKind {
    /// A backslash that escapes nothing.
    InvalidEscape = 0,
    /// An octal escape above `\377`.
    OctalEscape = 1,
    /// A number directly before a keyword.
    NumberBeforeKeyword = 2,
}

impl WarningKind {
    /// Every kind of warning, by code.
    pub const ALL: [Self; 3] = [Self::InvalidEscape, Self::OctalEscape, Self::NumberBeforeKeyword];
}
