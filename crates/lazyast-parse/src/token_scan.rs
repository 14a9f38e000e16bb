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
        levels: Levels::default(),
        open_fstrings: Vec::new(),
        next_backslash: 0,
    };
    // In chunks, whose loop is unrolled.
    let (chunks, rest) = tokens.as_chunks::<CHUNK>();
    for chunk in chunks {
        scan.scan_chunk(tasks, chunk)?;
    }
    scan.scan_chunk(tasks, rest)?;
    scan.levels.check()?;
    scan.facts.nested_multiline.sort_unstable();
    Ok(scan.facts)
}

/// How many tokens are looked at together: as many as a set of them has bits.
const CHUNK: usize = u32::BITS as usize;

/// What a kind of token needs.
#[derive(Clone, Copy)]
struct TokenTask {
    /// What it adds to the open levels.
    levels: u32,
    /// [`TokenScan::token`] handles it.
    is_handled: bool,
    /// It is a string.
    is_string: bool,
    /// It is a part of an f-string or of a template string.
    is_in_fstring: bool,
}

/// The tasks of the kinds of tokens.
const TASKS: [TokenTask; 256] = {
    let mut tasks = TASKS_IN_ASCII;
    tasks[TokenKind::Name as usize].is_handled = true;
    tasks
};

/// Those in a text that is ASCII, whose names need no check.
const TASKS_IN_ASCII: [TokenTask; 256] = {
    use TokenKind::{
        Comment, Dedent, FStringEnd, FStringMiddle, FStringStart, Indent, Lbrace, Lpar, Lsqb, Rbrace, Rpar,
        Rsqb, String, TStringEnd, TStringMiddle, TStringStart,
    };
    const SKIPPED: TokenTask =
        TokenTask { levels: 0, is_handled: false, is_string: false, is_in_fstring: false };
    const HANDLED: TokenTask = TokenTask { is_handled: true, ..SKIPPED };
    const IN_FSTRING: TokenTask = TokenTask { is_in_fstring: true, ..SKIPPED };
    const fn adding(levels: u32) -> TokenTask {
        TokenTask { levels, ..SKIPPED }
    }
    let tasks_and_kinds: [(TokenTask, &[TokenKind]); 7] = [
        (adding(Levels::BRACKET), &[Lpar, Lsqb, Lbrace]),
        (adding(Levels::BRACKET.wrapping_neg()), &[Rpar, Rsqb, Rbrace]),
        (adding(Levels::INDENT), &[Indent]),
        (adding(Levels::INDENT.wrapping_neg()), &[Dedent]),
        (HANDLED, &[Comment]),
        (TokenTask { is_string: true, ..SKIPPED }, &[String]),
        (IN_FSTRING, &[FStringStart, FStringMiddle, FStringEnd, TStringStart, TStringMiddle, TStringEnd]),
    ];
    let mut tasks = [SKIPPED; 256];
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

/// The open brackets and blocks. Ruff has checked that all are closed.
///
/// Both numbers are in one word. They start at 127 minus the limit, so that the bit of 128 is set when the limit is exceeded.
/// So counting takes no branch, which processors would often predict wrongly.
#[derive(Clone, Copy)]
struct Levels {
    open: u32,
    /// The bits that `open` has had.
    seen: u32,
}

impl Default for Levels {
    fn default() -> Self {
        Self { open: (127 - MAX_BRACKETS) * Self::BRACKET + (127 - MAX_INDENTS) * Self::INDENT, seen: 0 }
    }
}

const _: () = assert!(MAX_BRACKETS < 128 && MAX_INDENTS < 128);

impl Levels {
    const BRACKET: u32 = 1;
    const INDENT: u32 = 1 << 16;

    #[inline(always)]
    fn add(&mut self, levels: u32) {
        self.open = self.open.wrapping_add(levels);
        self.seen |= self.open;
    }

    /// Fails if there have been too many.
    fn check(self) -> Result<(), Unsupported> {
        if self.seen & (128 * Self::BRACKET) != 0 {
            return Err(too_many_brackets());
        }
        if self.seen & (128 * Self::INDENT) != 0 {
            return Err(too_many_indents());
        }
        Ok(())
    }
}

struct TokenScan<'a> {
    text: &'a str,
    builder: &'a mut Builder,
    facts: TokenFacts,
    levels: Levels,
    /// Starts of the f-strings and template strings that have not ended yet.
    open_fstrings: Vec<u32>,
    /// There is no backslash between the last literal and this offset.
    next_backslash: usize,
}

impl TokenScan<'_> {
    /// Takes the next tokens, at most [`CHUNK`].
    #[inline(always)]
    fn scan_chunk(&mut self, tasks: &[TokenTask; 256], tokens: &[Token]) -> Result<(), Unsupported> {
        let mut levels = self.levels;
        let (mut handled, mut strings, mut has_fstring) = (0_u32, 0_u32, !self.open_fstrings.is_empty());
        for (index, token) in tokens.iter().enumerate() {
            let task = tasks[token.kind() as u8 as usize];
            levels.add(task.levels);
            handled |= u32::from(task.is_handled) << index;
            strings |= u32::from(task.is_string) << index;
            has_fstring |= task.is_in_fstring;
        }
        if has_fstring {
            return self.scan_fstrings(tasks, tokens);
        }
        self.levels = levels;
        // Most chunks have no backslash, and then nothing is to be done for their strings.
        if let (Some(first), Some(last)) = (tokens.first(), tokens.last())
            && strings != 0
            && self.has_backslash(first.start().to_usize(), last.end().to_usize())
        {
            handled |= strings;
        }
        while handled != 0 {
            self.token(&tokens[handled.trailing_zeros() as usize])?;
            handled &= handled - 1;
        }
        Ok(())
    }

    /// As [`scan_chunk`](Self::scan_chunk), one after the other: in f-strings, what a brace adds depends on the tokens before.
    #[inline(never)]
    fn scan_fstrings(&mut self, tasks: &[TokenTask; 256], tokens: &[Token]) -> Result<(), Unsupported> {
        for token in tokens {
            let task = tasks[token.kind() as u8 as usize];
            self.levels.add(task.levels);
            match token.kind() {
                // A replacement field costs CPython's parser as much as two brackets.
                TokenKind::Lbrace | TokenKind::Rbrace if !self.open_fstrings.is_empty() => {
                    self.levels.add(task.levels);
                }
                TokenKind::FStringStart | TokenKind::TStringStart => {
                    self.open_fstrings.push(token.start().to_u32());
                }
                TokenKind::FStringEnd | TokenKind::TStringEnd => {
                    let start = self.open_fstrings.pop().unwrap_or_default();
                    self.note_multiline(start, token.end().to_u32());
                }
                TokenKind::FStringMiddle | TokenKind::TStringMiddle => self.check_escapes(token),
                _ if task.is_handled | task.is_string => self.token(token)?,
                _ => {}
            }
        }
        Ok(())
    }

    // Not inlined, so that the loop over all tokens keeps its state in registers.
    #[inline(never)]
    fn token(&mut self, token: &Token) -> Result<(), Unsupported> {
        match token.kind() {
            TokenKind::Name => self.name(&self.text[token.range()])?,
            TokenKind::Comment => self.comment(token),
            TokenKind::String => {
                self.note_multiline(token.start().to_u32(), token.end().to_u32());
                self.check_escapes(token);
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

    fn comment(&mut self, token: &Token) {
        let (start, end) = (token.start().to_u32(), token.end().to_u32());
        self.builder.comment(start, end);
        let comment = &self.text.as_bytes()[start as usize + 1..end as usize];
        let blanks = comment.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if comment[blanks..].starts_with(b"type:") {
            self.facts.type_comments = true;
        }
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
    #[inline]
    fn check_escapes(&mut self, token: &Token) {
        let (start, end) = (token.start().to_usize(), token.end().to_usize());
        if self.has_backslash(start, end) {
            self.check_backslashes(token, start, end);
        }
    }

    #[inline(never)]
    fn check_backslashes(&mut self, token: &Token, start: usize, end: usize) {
        let prefix = token.string_flags().map(|flags| flags.prefix());
        if prefix.is_some_and(AnyStringPrefix::is_raw) {
            return;
        }
        let is_bytes = matches!(prefix, Some(AnyStringPrefix::Bytes(_)));
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
