//! Indentation by CPython's rule, for sources that have tabs.
//!
//! CPython measures each indentation twice, once with tab stops at multiples of eight and once with tabs as
//! wide as a space. Both measures must compare alike (`Parser/tokenizer.c`). Ruff does the same with tab
//! stops at multiples of two, and so accepts some indentation that CPython rejects. Where both accept a
//! source, they agree on its blocks, because the second measure is the same.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::Ranged;

use crate::unsupported::Unsupported;

/// Takes tokens in order and compares the indentation of each logical line with the open blocks.
pub(crate) struct IndentationCheck<'a> {
    text: &'a [u8],
    /// The indentations of the open blocks.
    open: Vec<Indentation>,
    /// The next token is the first of its logical line.
    at_line_start: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Indentation {
    /// Width with tab stops at multiples of eight.
    wide: u32,
    /// Width with tabs as wide as a space.
    narrow: u32,
}

impl<'a> IndentationCheck<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, open: vec![Indentation::default()], at_line_start: true }
    }

    pub(crate) fn token(&mut self, token: &Token) -> Result<(), Unsupported> {
        match token.kind() {
            TokenKind::Newline => self.at_line_start = true,
            TokenKind::Comment | TokenKind::NonLogicalNewline | TokenKind::Indent | TokenKind::Dedent => {}
            _ if self.at_line_start => {
                self.at_line_start = false;
                return self.check_line(token.start().to_usize());
            }
            _ => {}
        }
        Ok(())
    }

    fn check_line(&mut self, start: usize) -> Result<(), Unsupported> {
        let indentation = self.measure(start)?;
        let before = self.open.len();
        while self.open.last().is_some_and(|top| top.wide > indentation.wide) {
            self.open.pop();
        }
        let dedents = self.open.len() < before;
        let top = self.open.last().copied().unwrap_or_default();
        if !dedents && top.wide < indentation.wide && top.narrow < indentation.narrow {
            self.open.push(indentation);
        } else if top != indentation {
            return Err(Unsupported::Construct("tabs and spaces that indent inconsistently"));
        }
        Ok(())
    }

    fn measure(&self, start: usize) -> Result<Indentation, Unsupported> {
        let line_start = memchr::memrchr(b'\n', &self.text[..start]).map_or(0, |end| end + 1);
        if self.text[..line_start].ends_with(b"\\\n") {
            return Err(Unsupported::Construct("tabs in a source with a continued indentation"));
        }
        let mut width = Indentation::default();
        for byte in &self.text[line_start..start] {
            width = match byte {
                b' ' => Indentation { wide: width.wide + 1, narrow: width.narrow + 1 },
                b'\t' => Indentation { wide: (width.wide / 8 + 1) * 8, narrow: width.narrow + 1 },
                b'\x0c' => Indentation::default(),
                _ => return Ok(width),
            };
        }
        Ok(width)
    }
}
