//! Finds out whether an argument or a parameter comes after a keyword or a default.
//!
//! `f(a=1, x)` is a syntax error: after a keyword only keywords can follow. A `$$$` may stand there, so it has to be
//! replaced with a keyword. The text before it decides. It is no complete Python, so this is a scanner for just what
//! the decision needs: brackets, `lambda`, strings, comments, `=` and `**`.

/// What a bracket or `lambda` that is open contains so far.
#[derive(Clone, Copy, Debug)]
struct OpenLevel {
    /// `(`, `[`, `{`, `l` for `lambda`, 0 for the module.
    opener: u8,
    /// Whether a keyword, a default or a `**` was in it.
    has_keyword: bool,
}

/// A scanner that reads a text piece by piece.
#[derive(Debug)]
pub(super) struct KeywordContext {
    /// The open levels, the module first.
    levels: Vec<OpenLevel>,
    /// The quote of the string literal that is open, and how many of it end the literal; `#` for a comment.
    quote: Option<(u8, usize)>,
    /// How much of the text was read.
    offset: usize,
}

impl KeywordContext {
    pub(super) fn new() -> Self {
        Self { levels: vec![OpenLevel { opener: 0, has_keyword: false }], quote: None, offset: 0 }
    }

    /// Whether what follows the text is an argument or a parameter after a keyword or a default. The text starts
    /// with the one of the call before.
    pub(super) fn is_after_keyword(&mut self, text: &str) -> bool {
        while self.offset < text.len() {
            self.offset += match self.quote {
                Some((quote, count)) => self.step_in_quotes(&text.as_bytes()[self.offset..], quote, count),
                None => self.step_in_code(text.as_bytes(), self.offset),
            };
        }
        let level = self.levels.last();
        self.quote.is_none()
            && level.is_some_and(|level| matches!(level.opener, b'(' | b'l') && level.has_keyword)
    }

    /// Reads what is next in a literal or a comment, and returns its length.
    fn step_in_quotes(&mut self, rest: &[u8], quote: u8, count: usize) -> usize {
        let is_comment = quote == b'#';
        match rest[0] {
            b'\\' if !is_comment => 2,
            b'\n' if is_comment => {
                self.quote = None;
                1
            }
            byte if byte == quote
                && !is_comment
                && rest.iter().take_while(|byte| **byte == quote).count() >= count =>
            {
                self.quote = None;
                count
            }
            _ => 1,
        }
    }

    /// Reads what is next in code, and returns its length.
    fn step_in_code(&mut self, text: &[u8], offset: usize) -> usize {
        let rest = &text[offset..];
        let previous =
            text[..offset].iter().rev().copied().find(|byte| !byte.is_ascii_whitespace()).unwrap_or(b'\n');
        match rest[0] {
            b'#' => self.quote = Some((b'#', 1)),
            quote @ (b'"' | b'\'') => {
                let count = if rest.starts_with(&[quote; 3]) { 3 } else { 1 };
                self.quote = Some((quote, count));
                return count;
            }
            opener @ (b'(' | b'[' | b'{') => self.open(opener),
            b')' | b']' | b'}' => {
                // The bracket also ends every `lambda` inside it.
                while self.levels.len() > 1 && self.levels.pop().is_some_and(|level| level.opener == b'l') {}
            }
            b'l' if rest.starts_with(b"lambda")
                && !is_word(text[..offset].last())
                && !is_word(rest.get(b"lambda".len())) =>
            {
                self.open(b'l');
                return b"lambda".len();
            }
            b':' if self.levels.last().is_some_and(|level| level.opener == b'l') => {
                self.levels.pop();
            }
            b'=' if rest.starts_with(b"==") => return 2,
            b'=' if !b"!<>:".contains(&previous) => self.mark(),
            b'*' if rest.starts_with(b"**") => {
                if b"(,".contains(&previous) {
                    self.mark();
                }
                return 2;
            }
            _ => {}
        }
        1
    }

    fn open(&mut self, opener: u8) {
        self.levels.push(OpenLevel { opener, has_keyword: false });
    }

    fn mark(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.has_keyword = true;
        }
    }
}

fn is_word(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}
