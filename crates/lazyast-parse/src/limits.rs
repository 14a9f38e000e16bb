//! Limits of nesting, checked before ruff parses: no source may overflow a stack or exhaust the memory.
//!
//! Ruff's parser recurses on a stack that grows, with about 2 kB per level, and its tree is dropped by
//! recursion. The tokens that can add a level bound both. [`check`] counts the bytes that can begin such a
//! token, which is fast, and only in long sources. Only a source with very many is then lexed to find its real depth.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

use crate::unsupported::Unsupported;

/// Deepest nesting of brackets that is served. CPython's tokenizer stops at 200. Its parser has a budget of
/// 6,000 levels and spends about 40 on a bracket, so that the worst mix stops between 100 and 150.
pub(crate) const MAX_BRACKETS: u32 = 100;

/// Most levels of indentation that are served: CPython's limit.
pub(crate) const MAX_INDENTS: u32 = 99;

/// Deepest tree that is served, in nodes. Python 3.11 accepts about 2,900 when the caller's stack is shallow,
/// and each of the caller's frames costs three.
pub(crate) const MAX_DEPTH: u16 = 500;

/// A source with at most this many bytes that can add a level is not lexed: they take 128 MB of stack at most.
const ALWAYS_SAFE_LEVELS: usize = 64 * 1024;

/// Most levels that can be open at one position of a logical line.
const MAX_OPEN_LEVELS: u32 = 4_000;

/// Fails for a text on which ruff would recurse too deeply, and returns a bound of the tree's depth.
///
/// Each level takes at least one byte, so that most sources are short enough not to be looked at. For the others
/// bounds are tried in the order of their cost.
pub(crate) fn check(text: &str) -> Result<usize, Unsupported> {
    let bytes = text.as_bytes();
    let bounds: [fn(&[u8]) -> usize; 4] =
        [<[u8]>::len, all_but_letters, punctuation_and_words, operators_and_keywords];
    match bounds.iter().map(|bound| bound(bytes)).find(|levels| *levels <= ALWAYS_SAFE_LEVELS) {
        Some(levels) => Ok(levels),
        None => check_tokens(text).map(|()| ALWAYS_SAFE_LEVELS),
    }
}

/// Bytes of stack that ruff's recursion takes for a number of levels.
const fn stack_for(levels: usize) -> usize {
    const BYTES_PER_LEVEL: usize = 512;
    256 * 1024 + levels * BYTES_PER_LEVEL
}

/// Runs `steps`, which parse, read and drop a tree of at most `levels`, on a stack that is large enough.
/// Ruff grows the stack while it parses, but plain recursion drops the tree.
pub(crate) fn with_stack<T>(levels: usize, steps: impl FnOnce() -> T) -> T {
    let needed = stack_for(levels);
    stacker::maybe_grow(needed, needed + 1024 * 1024, steps)
}

/// Runs work that parses many sources on a stack that is large enough for all of them. Otherwise many sources map
/// a stack of their own, which takes longer than parsing a small source.
///
/// The stack is 34 MB of address space, of which only what is used takes memory.
pub fn with_stack_for_all<T>(work: impl FnOnce() -> T) -> T {
    let needed = stack_for(ALWAYS_SAFE_LEVELS) + 1024 * 1024;
    stacker::maybe_grow(needed, needed + 1024 * 1024, work)
}

/// A bound of the tree's depth that is fast to compute and at least [`punctuation_and_words`]: the number of bytes that are
/// no lower-case letters, and no blanks after another.
fn all_but_letters(text: &[u8]) -> usize {
    let [_, rest @ ..] = text else { return 0 };
    let ((before, _), (bytes, uncounted)) = (text.as_chunks::<CHUNK>(), rest.as_chunks::<CHUNK>());
    let in_chunk = |before: &[u8; CHUNK], bytes: &[u8; CHUNK]| {
        let counted = |before: u8, byte: u8| {
            // A text has no NUL, so that both are blanks.
            let are_blanks = (before | byte) == b' ';
            u8::from(!(byte.is_ascii_lowercase() | are_blanks))
        };
        before.iter().zip(bytes).fold(0_u8, |count, (before, byte)| count + counted(*before, *byte))
    };
    let chunks = before.iter().zip(bytes).map(|(before, bytes)| usize::from(in_chunk(before, bytes)));
    1 + chunks.sum::<usize>() + uncounted.len()
}

/// A bound of the tree's depth: the number of punctuation characters, and of words before a blank, a line end, `"` or
/// `#`, counted in strings and comments too. Keywords of prefix and conditional expressions are such words, unless
/// punctuation follows.
fn punctuation_and_words(text: &[u8]) -> usize {
    let is_punctuation = |byte: u8| matches!(byte, b'%'..=b'/' | b':'..=b'@' | b'['..=b'^' | b'{'..=b'~');
    let ends_word = |last: u8, byte: u8| last.is_ascii_lowercase() & (byte < b'%');
    let in_chunk = |(last, bytes): (&[u8], &[u8])| {
        let counted = |last, byte| u8::from(is_punctuation(byte) | ends_word(last, byte));
        last.iter().zip(bytes).fold(0_u8, |count, (last, byte)| count + counted(*last, *byte))
    };
    let [first, rest @ ..] = text else { return 0 };
    let chunks = text.chunks(CHUNK).zip(rest.chunks(CHUNK));
    usize::from(is_punctuation(*first)) + chunks.map(|chunks| usize::from(in_chunk(chunks))).sum::<usize>()
}

/// A bound of the tree's depth: the number of operators, brackets, and keywords of prefix and conditional
/// expressions, counted in strings and comments too.
fn operators_and_keywords(text: &[u8]) -> usize {
    let keywords = [&b"not"[..], b"lambda", b"if", b"else", b"await", b"async", b"yield"];
    operators(text) + keywords.iter().map(|word| memchr::memmem::find_iter(text, word).count()).sum::<usize>()
}

/// Counters of chunks of so many bytes fit a byte, and comparisons compile to vector instructions, unlike a table.
const CHUNK: usize = 128;

/// The number of bytes that can be an operator or a bracket.
fn operators(text: &[u8]) -> usize {
    let in_chunk = |chunk: &[u8]| chunk.iter().fold(0_u8, |count, byte| count + u8::from(is_operator(*byte)));
    text.chunks(CHUNK).map(|chunk| usize::from(in_chunk(chunk))).sum()
}

fn is_operator(byte: u8) -> bool {
    (byte == b'(')
        | (byte == b'[')
        | (byte == b'{')
        | (byte == b'.')
        | (byte == b'+')
        | (byte == b'-')
        | (byte == b'*')
        | (byte == b'/')
        | (byte == b'%')
        | (byte == b'@')
        | (byte == b'&')
        | (byte == b'|')
        | (byte == b'^')
        | (byte == b'~')
        | (byte == b':')
        | (byte == b'<')
        | (byte == b'>')
}

/// Lexes a text and fails where brackets, blocks or expressions are nested too deeply.
fn check_tokens(text: &str) -> Result<(), Unsupported> {
    let mut lexer = lexer::lex(text, Mode::Module);
    let mut nesting = Nesting::new();
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return Ok(()),
            token => nesting.token(token)?,
        }
    }
}

/// The levels that the tokens so far can have added and that are still open.
struct Nesting {
    /// The open brackets, the outermost first, below the entry of the statement itself.
    brackets: Vec<OpenBracket>,
    /// The sum over all open brackets.
    levels: u32,
    indents: u32,
}

#[derive(Default)]
struct OpenBracket {
    /// Levels that its content has added since its last comma.
    levels: u32,
    /// A comma does not end what is nested: the body of a lambda and the values of a `yield` continue
    /// after one.
    continues_after_comma: bool,
}

impl Nesting {
    fn new() -> Self {
        Self { brackets: vec![OpenBracket::default()], levels: 0, indents: 0 }
    }

    fn token(&mut self, token: TokenKind) -> Result<(), Unsupported> {
        let is_nested = self.brackets.len() > 1;
        let Some(innermost) = self.brackets.last_mut() else { return Ok(()) };
        match token {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                innermost.levels += 1;
                self.levels += 1;
                self.brackets.push(OpenBracket::default());
                if self.brackets.len() > MAX_BRACKETS as usize + 1 {
                    return Err(too_many_brackets());
                }
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if is_nested => {
                self.levels -= innermost.levels;
                self.brackets.pop();
            }
            TokenKind::Comma if innermost.continues_after_comma => {}
            TokenKind::Comma | TokenKind::Semi => {
                self.levels -= innermost.levels;
                innermost.levels = 0;
            }
            TokenKind::Newline => {
                self.brackets.truncate(1);
                self.brackets[0] = OpenBracket::default();
                self.levels = 0;
            }
            TokenKind::Indent => {
                self.indents += 1;
                if self.indents > MAX_INDENTS {
                    return Err(too_many_indents());
                }
            }
            TokenKind::Dedent => self.indents = self.indents.saturating_sub(1),
            token if adds_level(token) => {
                innermost.levels += 1;
                self.levels += 1;
                innermost.continues_after_comma |= matches!(token, TokenKind::Lambda | TokenKind::Yield);
            }
            _ => {}
        }
        if self.levels > MAX_OPEN_LEVELS {
            return Err(Unsupported::Depth {
                subject: "an expression is nested",
                limit: u32::from(MAX_DEPTH),
            });
        }
        Ok(())
    }
}

/// The reason for more than [`MAX_BRACKETS`].
pub(crate) fn too_many_brackets() -> Unsupported {
    Unsupported::Depth { subject: "brackets are nested", limit: MAX_BRACKETS }
}

/// The reason for more than [`MAX_INDENTS`].
pub(crate) fn too_many_indents() -> Unsupported {
    Unsupported::Depth { subject: "blocks are nested", limit: MAX_INDENTS }
}

fn adds_level(token: TokenKind) -> bool {
    token.is_operator() && token != TokenKind::Equal
        || matches!(
            token,
            TokenKind::Not
                | TokenKind::Lambda
                | TokenKind::If
                | TokenKind::Else
                | TokenKind::Await
                | TokenKind::Async
                | TokenKind::Yield
                | TokenKind::Dot
        )
}

#[cfg(test)]
mod tests {
    use super::{all_but_letters, punctuation_and_words};

    #[test]
    fn the_fast_bound_is_at_least_the_next_one() {
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                for third in [b'a', b' ', b'(', b'\n'] {
                    let text = [first, second, third];
                    assert!(all_but_letters(&text) >= punctuation_and_words(&text), "{text:?}");
                }
            }
        }
    }
}
