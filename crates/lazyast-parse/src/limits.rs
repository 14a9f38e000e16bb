//! Depth: nothing that a source contains may overflow a stack or fill the memory.
//!
//! Ruff's parser recurses with a growing stack (about 2 kB per level), and its tree is dropped
//! recursively. Both are bounded by the number of places that can add a level, so a source with few of
//! them is safe whatever it says, and only large or hostile sources are looked at token by token.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

use crate::Unsupported;

/// Deepest nesting of brackets that is served. CPython's tokenizer stops at 200, its parser (a budget of
/// 6,000 levels, about 40 for a bracket) in the worst mix between 100 and 150.
pub(crate) const MAX_BRACKETS: u32 = 100;

/// Most levels of indentation that are served: CPython's limit.
pub(crate) const MAX_INDENTS: u32 = 99;

/// Deepest tree that is served, in nodes. Python 3.11 takes about 2,900 from a shallow stack, but
/// counts the caller's depth threefold.
pub(crate) const MAX_DEPTH: u16 = 500;

/// A source with at most this many places that can add a level is not looked at: 128 MB of stack.
const HARMLESS: usize = 64 * 1024;

/// Most places that can add a level within one logical line at one time.
const MAX_LEVELS: u32 = 4_000;

/// Refuses a text on which ruff would go too deep, and gives the levels that it can have at most.
pub(crate) fn check(text: &str) -> Result<usize, Unsupported> {
    let levels = levels_at_most(text.as_bytes());
    if levels > HARMLESS {
        check_tokens(text)?;
    }
    Ok(levels.min(HARMLESS))
}

/// Runs what parses, looks at and drops a tree of so many levels, on a stack that takes it: ruff grows its
/// own for parsing, but a tree is dropped by plain recursion.
pub(crate) fn with_stack<T>(levels: usize, work: impl FnOnce() -> T) -> T {
    const BYTES_PER_LEVEL: usize = 512;
    let needed = 256 * 1024 + levels * BYTES_PER_LEVEL;
    stacker::maybe_grow(needed, needed + 1024 * 1024, work)
}

/// No fewer than the places that can add a level to the tree: operators, brackets, and the keywords of
/// prefix and conditional expressions, wherever they stand.
fn levels_at_most(text: &[u8]) -> usize {
    // Short chunks can be counted in bytes, and comparisons instead of a table make vector instructions.
    let in_chunk = |chunk: &[u8]| chunk.iter().fold(0_u8, |count, byte| count + u8::from(is_operator(*byte)));
    let operators = text.chunks(128).map(|chunk| usize::from(in_chunk(chunk))).sum::<usize>();
    let keywords = [&b"not"[..], b"lambda", b"if", b"else", b"await", b"async", b"yield"];
    operators + keywords.iter().map(|word| memchr::memmem::find_iter(text, word).count()).sum::<usize>()
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

fn check_tokens(text: &str) -> Result<(), Unsupported> {
    let mut lexer = lexer::lex(text, Mode::Module);
    // Levels that each open bracket has had so far since the last comma, the outermost first.
    let mut open = vec![0_u32];
    // Brackets, the statement's own level included, in which a comma does not end what is nested: the
    // body of a lambda and the values of a yield go on behind it.
    let mut sticky = vec![false];
    let mut levels = 0_u32;
    let mut indents = 0_u32;
    loop {
        let token = lexer.next_token();
        let nested = open.len() > 1;
        let Some(here) = open.last_mut() else { return Ok(()) };
        match token {
            TokenKind::EndOfFile => return Ok(()),
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                *here += 1;
                levels += 1;
                open.push(0);
                sticky.push(false);
                if open.len() > MAX_BRACKETS as usize + 1 {
                    return Err(Unsupported::Depth { what: "brackets are nested", limit: MAX_BRACKETS });
                }
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if nested => {
                levels -= *here;
                open.pop();
                sticky.pop();
            }
            TokenKind::Comma if sticky.last() == Some(&true) => {}
            TokenKind::Comma | TokenKind::Semi => {
                levels -= *here;
                *here = 0;
            }
            TokenKind::Newline => {
                open.truncate(1);
                open[0] = 0;
                sticky.truncate(1);
                sticky[0] = false;
                levels = 0;
            }
            TokenKind::Indent => {
                indents += 1;
                if indents > MAX_INDENTS {
                    return Err(Unsupported::Depth { what: "blocks are nested", limit: MAX_INDENTS });
                }
            }
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            token if adds_level(token) => {
                *here += 1;
                levels += 1;
                if let (TokenKind::Lambda | TokenKind::Yield, Some(sticky)) = (token, sticky.last_mut()) {
                    *sticky = true;
                }
            }
            _ => {}
        }
        if levels > MAX_LEVELS {
            return Err(Unsupported::Depth { what: "an expression is nested", limit: u32::from(MAX_DEPTH) });
        }
    }
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
