//! One pass over ruff's tokens: brackets, indentation, identifiers, comments, and what CPython warns about.
//!
//! These checks need tokens because ruff's tree has neither comments nor brackets.

use lazyast_format::Builder;
use lazyast_format::encoding::WarningKind;
use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_python_ast::{StringFlags, str_prefix::AnyStringPrefix};
use ruff_text_size::Ranged;

use crate::indentation::IndentationCheck;
use crate::limits::{MAX_BRACKETS, MAX_INDENTS, too_many_brackets, too_many_indents};
use crate::unicode::is_unchanged_in_identifier;
use crate::unsupported::Unsupported;

/// What the tokens show that later steps need.
#[derive(Default)]
pub(crate) struct TokenFacts {
    /// There is a comment that `type_comments=True` would read.
    pub(crate) type_comments: bool,
    /// Starts of the string and f-string literals that span lines and stand inside of an f-string, sorted.
    pub(crate) nested_multiline: Vec<u32>,
}

/// Checks all tokens, and writes comments and warnings.
pub(crate) fn scan(
    text: &str,
    is_ascii: bool,
    tokens: &Tokens,
    builder: &mut Builder,
) -> Result<TokenFacts, Unsupported> {
    if memchr::memchr(b'\t', text.as_bytes()).is_some() {
        let mut indentation = IndentationCheck::new(text.as_bytes());
        tokens.iter().try_for_each(|token| indentation.token(token))?;
    }
    let tasks = if is_ascii { &TASKS_IN_ASCII } else { &TASKS };
    let mut scan = TokenScan {
        text,
        builder,
        facts: TokenFacts::default(),
        brackets: 0,
        indents: 0,
        open_fstrings: Vec::new(),
        next_backslash: 0,
    };
    // In chunks, whose loop is unrolled.
    let (chunks, rest) = tokens.as_chunks::<4>();
    for chunk in chunks {
        for token in chunk {
            scan.task(tasks[token.kind() as u8 as usize], token)?;
        }
    }
    for token in rest {
        scan.task(tasks[token.kind() as u8 as usize], token)?;
    }
    scan.facts.nested_multiline.sort_unstable();
    Ok(scan.facts)
}

/// What a kind of token needs. These are bits, because a choice between them by a table of jumps takes longer.
const SKIP: u8 = 0;
/// It opens a bracket.
const OPEN: u8 = 1;
const CLOSE: u8 = 2;
const INDENT: u8 = 4;
const DEDENT: u8 = 8;
/// [`TokenScan::token`] handles it.
const HANDLE: u8 = 16;

/// The tasks of the kinds of tokens.
const TASKS: [u8; 256] = {
    let mut tasks = TASKS_IN_ASCII;
    tasks[TokenKind::Name as usize] = HANDLE;
    tasks
};

/// Those in a text that is ASCII, whose names need no check.
const TASKS_IN_ASCII: [u8; 256] = {
    use TokenKind::{
        Comment, Complex, Dedent, FStringEnd, FStringMiddle, FStringStart, Float, Indent, Int, Lbrace, Lpar,
        Lsqb, Rbrace, Rpar, Rsqb, String, TStringEnd, TStringMiddle, TStringStart,
    };
    let tasks_and_kinds: [(u8, &[TokenKind]); 5] = [
        (OPEN, &[Lpar, Lsqb]),
        (CLOSE, &[Rpar, Rsqb]),
        (INDENT, &[Indent]),
        (DEDENT, &[Dedent]),
        (
            HANDLE,
            &[
                Comment,
                // In a replacement field they count twice.
                Lbrace,
                Rbrace,
                String,
                FStringStart,
                FStringMiddle,
                FStringEnd,
                TStringStart,
                TStringMiddle,
                TStringEnd,
                Int,
                Float,
                Complex,
            ],
        ),
    ];
    let mut tasks = [SKIP; 256];
    let mut row = 0;
    while row < tasks_and_kinds.len() {
        let (task, kinds) = tasks_and_kinds[row];
        let mut index = 0;
        while index < kinds.len() {
            tasks[kinds[index] as usize] = task;
            index += 1;
        }
        row += 1;
    }
    tasks
};

struct TokenScan<'a> {
    text: &'a str,
    builder: &'a mut Builder,
    facts: TokenFacts,
    brackets: u32,
    indents: u32,
    /// Starts of the f-strings and template strings that have not ended yet.
    open_fstrings: Vec<u32>,
    /// There is no backslash between the last literal and this offset.
    next_backslash: usize,
}

impl TokenScan<'_> {
    #[inline(always)]
    fn task(&mut self, task: u8, token: &Token) -> Result<(), Unsupported> {
        if task == SKIP {
            return Ok(());
        }
        // Most of the other tokens are brackets.
        if task & OPEN != 0 {
            self.open_bracket(1)
        } else if task & CLOSE != 0 {
            self.brackets = self.brackets.saturating_sub(1);
            Ok(())
        } else if task & INDENT != 0 {
            self.indent()
        } else if task & DEDENT != 0 {
            self.indents = self.indents.saturating_sub(1);
            Ok(())
        } else {
            self.token(token)
        }
    }

    // Not inlined, so that the loop over all tokens keeps its state in registers.
    #[inline(never)]
    fn token(&mut self, token: &Token) -> Result<(), Unsupported> {
        match token.kind() {
            TokenKind::Name => self.name(&self.text[token.range()])?,
            TokenKind::Comment => self.comment(token),
            // A replacement field costs CPython's parser as much as two brackets.
            TokenKind::Lbrace if !self.open_fstrings.is_empty() => self.open_bracket(2)?,
            TokenKind::Lbrace => self.open_bracket(1)?,
            TokenKind::Rbrace => {
                self.brackets = self.brackets.saturating_sub(1 + u32::from(!self.open_fstrings.is_empty()));
            }
            TokenKind::String => self.string(token),
            TokenKind::FStringStart | TokenKind::TStringStart => {
                self.open_fstrings.push(token.start().to_u32())
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                let start = self.open_fstrings.pop().unwrap_or_default();
                self.note_multiline(start, token.end().to_u32());
            }
            TokenKind::FStringMiddle | TokenKind::TStringMiddle => self.check_escapes(token, false),
            TokenKind::Int | TokenKind::Float | TokenKind::Complex => {
                let end = token.end().to_usize();
                if self
                    .text
                    .as_bytes()
                    .get(end)
                    .is_some_and(|next| next.is_ascii_alphabetic() || *next == b'_')
                {
                    self.builder.warning(end as u32, WarningKind::NumberBeforeKeyword);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn name(&self, name: &str) -> Result<(), Unsupported> {
        if !name.is_ascii() && !name.chars().all(is_unchanged_in_identifier) {
            let reason = "an identifier with letters that Unicode 14 does not have";
            return Err(Unsupported::Construct(reason));
        }
        Ok(())
    }

    fn open_bracket(&mut self, levels: u32) -> Result<(), Unsupported> {
        self.brackets += levels;
        if self.brackets > MAX_BRACKETS {
            return Err(too_many_brackets());
        }
        Ok(())
    }

    fn indent(&mut self) -> Result<(), Unsupported> {
        self.indents += 1;
        if self.indents > MAX_INDENTS {
            return Err(too_many_indents());
        }
        Ok(())
    }

    fn comment(&mut self, token: &Token) {
        let (start, end) = (token.start().to_u32(), token.end().to_u32());
        self.builder.comment(start, end);
        let comment = &self.text.as_bytes()[start as usize + 1..end as usize];
        let blanks = comment.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if comment[blanks..].starts_with(b"type:") {
            self.facts.type_comments = true;
        }
    }

    fn string(&mut self, token: &Token) {
        self.note_multiline(token.start().to_u32(), token.end().to_u32());
        let prefix = token.string_flags().map(|flags| flags.prefix());
        self.check_escapes(token, matches!(prefix, Some(AnyStringPrefix::Bytes(_))));
    }

    /// Lists a literal that spans lines and stands inside of an f-string.
    fn note_multiline(&mut self, start: u32, end: u32) {
        let spans_lines =
            || memchr::memchr(b'\n', &self.text.as_bytes()[start as usize..end as usize]).is_some();
        if !self.open_fstrings.is_empty() && spans_lines() {
            self.facts.nested_multiline.push(start);
        }
    }

    /// Writes a warning for the first escape that CPython warns about. One per token is enough: where a source
    /// has any, the interpreter parses it and gives all warnings itself.
    fn check_escapes(&mut self, token: &Token, is_bytes: bool) {
        let (start, end) = (token.start().to_usize(), token.end().to_usize());
        let is_raw = || token.string_flags().is_some_and(|flags| flags.prefix().is_raw());
        if !self.has_backslash(start, end) || is_raw() {
            return;
        }
        let literal = &self.text.as_bytes()[start..end];
        let mut searched = 0;
        while let Some(distance) = memchr::memchr(b'\\', &literal[searched..]) {
            let backslash = searched + distance;
            let kind = match literal.get(backslash + 1..).unwrap_or_default() {
                [
                    b'\n' | b'\\' | b'\'' | b'"' | b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'x',
                    ..,
                ] => None,
                [b'N' | b'u' | b'U', ..] if !is_bytes => None,
                [b'4'..=b'7', b'0'..=b'7', b'0'..=b'7', ..] => Some(WarningKind::OctalEscape),
                [b'0'..=b'7', ..] => None,
                [next, ..] if !next.is_ascii() => None,
                _ => Some(WarningKind::InvalidEscape),
            };
            if let Some(kind) = kind {
                self.builder.warning((start + backslash) as u32, kind);
                return;
            }
            searched = backslash + 2;
        }
    }

    /// Whether there is a backslash between two offsets. Most literals have none, so the search goes beyond them, and its
    /// result serves those that follow. They come in source order.
    #[inline]
    fn has_backslash(&mut self, start: usize, end: usize) -> bool {
        if self.next_backslash <= start {
            let rest = &self.text.as_bytes()[start..];
            self.next_backslash = memchr::memchr(b'\\', rest).map_or(usize::MAX, |distance| start + distance);
        }
        self.next_backslash < end
    }
}
