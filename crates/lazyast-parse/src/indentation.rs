//! Indentation by CPython's rule, for sources that have tabs.
//!
//! CPython measures each indentation twice, with tabs to multiples of eight and with tabs of one column,
//! and wants both to compare alike (`Parser/tokenizer.c`). Ruff does so with tabs to multiples of two,
//! which accepts some of what CPython refuses. Where both accept, they agree on the blocks, since the
//! second measure is the same.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::Ranged;

use crate::Unsupported;

/// The indentations of the blocks that are open.
pub(crate) struct Indents<'a> {
    text: &'a [u8],
    open: Vec<Indent>,
    /// No token of the current logical line has been seen.
    line_starts: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Indent {
    /// With tabs to multiples of eight.
    wide: u32,
    /// With tabs of one column.
    narrow: u32,
}

impl<'a> Indents<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, open: vec![Indent::default()], line_starts: true }
    }

    pub(crate) fn token(&mut self, token: &Token) -> Result<(), Unsupported> {
        match token.kind() {
            TokenKind::Newline => self.line_starts = true,
            TokenKind::Comment | TokenKind::NonLogicalNewline | TokenKind::Indent | TokenKind::Dedent => {}
            _ if self.line_starts => {
                self.line_starts = false;
                return self.line(token.start().to_usize());
            }
            _ => {}
        }
        Ok(())
    }

    fn line(&mut self, start: usize) -> Result<(), Unsupported> {
        let indent = self.measure(start)?;
        let before = self.open.len();
        while self.open.last().is_some_and(|top| top.wide > indent.wide) {
            self.open.pop();
        }
        let dedents = self.open.len() < before;
        let top = self.open.last().copied().unwrap_or_default();
        if !dedents && top.wide < indent.wide && top.narrow < indent.narrow {
            self.open.push(indent);
        } else if top != indent {
            return Err(Unsupported::Construct("tabs and spaces that indent inconsistently"));
        }
        Ok(())
    }

    fn measure(&self, start: usize) -> Result<Indent, Unsupported> {
        let line_start = memchr::memrchr(b'\n', &self.text[..start]).map_or(0, |end| end + 1);
        if self.text[..line_start].ends_with(b"\\\n") {
            return Err(Unsupported::Construct("tabs in a source with a continued indentation"));
        }
        let mut indent = Indent::default();
        for byte in &self.text[line_start..start] {
            indent = match byte {
                b' ' => Indent { wide: indent.wide + 1, narrow: indent.narrow + 1 },
                b'\t' => Indent { wide: (indent.wide / 8 + 1) * 8, narrow: indent.narrow + 1 },
                b'\x0c' => Indent::default(),
                _ => return Ok(indent),
            };
        }
        Ok(indent)
    }
}
