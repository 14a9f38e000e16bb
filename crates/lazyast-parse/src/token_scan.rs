//! One pass over ruff's tokens: brackets, indents, comments, and what parsers warn about.

use lazyast_format::Builder;
use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_python_ast::{StringFlags, str_prefix::AnyStringPrefix};
use ruff_text_size::Ranged;

use crate::Unsupported;
use crate::indentation::Indents;
use crate::limits::{MAX_BRACKETS, MAX_INDENTS};
use crate::unicode;

/// What the tokens tell.
#[derive(Default)]
pub(crate) struct Found {
    /// There is a comment that `type_comments=True` would read.
    pub(crate) type_comments: bool,
    /// Starts of string and f-string literals of several lines that stand inside of an f-string.
    pub(crate) nested_multiline: Vec<u32>,
}

/// Kinds of warnings in archives; FORMAT.md, "Columns", `warnings`.
pub(crate) mod warning {
    /// A backslash that escapes nothing.
    pub(crate) const ESCAPE: u32 = 0;
    /// An octal escape above `\377`.
    pub(crate) const OCTAL: u32 = 1;
    /// A number that runs into a keyword.
    pub(crate) const NUMBER: u32 = 2;
}

pub(crate) fn scan(text: &str, tokens: &Tokens, builder: &mut Builder) -> Result<Found, Unsupported> {
    let ascii = text.is_ascii();
    let mut indents = memchr::memchr(b'\t', text.as_bytes()).map(|_| Indents::new(text.as_bytes()));
    let mut scan = Scan {
        text: text.as_bytes(),
        builder,
        found: Found::default(),
        brackets: 0,
        indents: 0,
        strings: Vec::new(),
    };
    for token in tokens {
        if let Some(indents) = &mut indents {
            indents.token(token)?;
        }
        if INTERESTING & 1 << token.kind() as u8 != 0 {
            scan.token(token)?;
        } else if !ascii
            && token.kind() == TokenKind::Name
            && !text[token.range()].chars().all(unicode::settled)
        {
            return Err(Unsupported::Construct("an identifier with letters that Unicode 14 does not have"));
        }
    }
    scan.found.nested_multiline.sort_unstable();
    Ok(scan.found)
}

/// The kinds of tokens that [`Scan::token`] does something about, as a set of bits.
const INTERESTING: u128 = {
    use TokenKind::{
        Comment, Complex, Dedent, FStringEnd, FStringMiddle, FStringStart, Float, Indent, Int, Lbrace, Lpar,
        Lsqb, Rbrace, Rpar, Rsqb, String,
    };
    let kinds = [
        Comment,
        Lpar,
        Lsqb,
        Lbrace,
        Rpar,
        Rsqb,
        Rbrace,
        Indent,
        Dedent,
        String,
        FStringStart,
        FStringMiddle,
        FStringEnd,
        Int,
        Float,
        Complex,
    ];
    let mut set = 0;
    let mut at = 0;
    while at < kinds.len() {
        set |= 1_u128 << kinds[at] as u8;
        at += 1;
    }
    set
};

struct Scan<'a> {
    text: &'a [u8],
    builder: &'a mut Builder,
    found: Found,
    brackets: u32,
    indents: u32,
    /// Starts of the f-strings that are open.
    strings: Vec<u32>,
}

impl Scan<'_> {
    fn token(&mut self, token: &Token) -> Result<(), Unsupported> {
        match token.kind() {
            TokenKind::Comment => self.comment(token),
            TokenKind::Lpar | TokenKind::Lsqb => self.open(1)?,
            // A replacement field costs CPython's parser as much as two brackets.
            TokenKind::Lbrace if !self.strings.is_empty() => self.open(2)?,
            TokenKind::Lbrace => self.open(1)?,
            TokenKind::Rpar | TokenKind::Rsqb => self.brackets = self.brackets.saturating_sub(1),
            TokenKind::Rbrace => {
                self.brackets = self.brackets.saturating_sub(1 + u32::from(!self.strings.is_empty()));
            }
            TokenKind::Indent => {
                self.indents += 1;
                if self.indents > MAX_INDENTS {
                    return Err(Unsupported::Depth { what: "blocks are nested", limit: MAX_INDENTS });
                }
            }
            TokenKind::Dedent => self.indents = self.indents.saturating_sub(1),
            TokenKind::String => self.string(token),
            TokenKind::FStringStart => self.strings.push(token.start().to_u32()),
            TokenKind::FStringEnd => {
                let start = self.strings.pop().unwrap_or_default();
                self.nested(start, token.end().to_u32());
            }
            TokenKind::FStringMiddle => self.escapes(token, false),
            TokenKind::Int | TokenKind::Float | TokenKind::Complex => {
                let end = token.end().to_usize();
                if self.text.get(end).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'_') {
                    self.builder.warning(end as u32, warning::NUMBER);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, levels: u32) -> Result<(), Unsupported> {
        self.brackets += levels;
        if self.brackets > MAX_BRACKETS {
            return Err(Unsupported::Depth { what: "brackets are nested", limit: MAX_BRACKETS });
        }
        Ok(())
    }

    fn comment(&mut self, token: &Token) {
        let (start, end) = (token.start().to_u32(), token.end().to_u32());
        self.builder.comment(start, end);
        let comment = &self.text[start as usize + 1..end as usize];
        let blanks = comment.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if comment[blanks..].starts_with(b"type:") {
            self.found.type_comments = true;
        }
    }

    fn string(&mut self, token: &Token) {
        self.nested(token.start().to_u32(), token.end().to_u32());
        let prefix = token.string_flags().map(|flags| flags.prefix());
        self.escapes(token, matches!(prefix, Some(AnyStringPrefix::Bytes(_))));
    }

    /// Remembers a literal of several lines inside of an f-string.
    fn nested(&mut self, start: u32, end: u32) {
        let several_lines = || memchr::memchr(b'\n', &self.text[start as usize..end as usize]).is_some();
        if !self.strings.is_empty() && several_lines() {
            self.found.nested_multiline.push(start);
        }
    }

    /// Looks for escapes that warn. One place per token is enough: a source that warns is left to the
    /// interpreter, which then warns as often as it does.
    fn escapes(&mut self, token: &Token, bytes: bool) {
        let literal = &self.text[token.start().to_usize()..token.end().to_usize()];
        let raw = || token.string_flags().is_some_and(|flags| flags.prefix().is_raw());
        if memchr::memchr(b'\\', literal).is_none() || raw() {
            return;
        }
        let mut at = 0;
        while let Some(found) = memchr::memchr(b'\\', &literal[at..]) {
            let place = at + found;
            let kind = match literal.get(place + 1..).unwrap_or_default() {
                [
                    b'\n' | b'\\' | b'\'' | b'"' | b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'x',
                    ..,
                ] => None,
                [b'N' | b'u' | b'U', ..] if !bytes => None,
                [b'4'..=b'7', b'0'..=b'7', b'0'..=b'7', ..] => Some(warning::OCTAL),
                [b'0'..=b'7', ..] => None,
                [next, ..] if !next.is_ascii() => None,
                _ => Some(warning::ESCAPE),
            };
            if let Some(kind) = kind {
                self.builder.warning((token.start().to_usize() + place) as u32, kind);
                return;
            }
            at = place + 2;
        }
    }
}
