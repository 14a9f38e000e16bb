//! The holes of a pattern's text, and the text with identifiers in their place.
//!
//! An identifier is as long as the hole that it stands for, so that places in the one text are places in the
//! other. It occurs nowhere else in the text, so that in string literals, where a `$` is a `$`, it can be turned
//! back.

use std::collections::HashMap;
use std::ops::Range;

use crate::error::{Language, QueryError};

/// A hole: `$X` or `$$$X`; without a name it captures nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Hole {
    pub(super) name: Option<String>,
    /// `$$$`: any number.
    pub(super) several: bool,
    /// It stands behind keywords or defaults, where Python wants one more of these: `name=0` is in its place.
    pub(super) as_keyword: bool,
}

/// A text without holes.
#[derive(Debug)]
pub(super) struct Filled {
    pub(super) text: String,
    /// What each identifier stands for.
    pub(super) holes: HashMap<String, Hole>,
    /// What stands in the text, and what stood there.
    replaced: Vec<(String, String)>,
}

impl Filled {
    /// Whether a name is a hole with something before or behind it.
    pub(super) fn has_hole_inside(&self, name: &str) -> bool {
        self.holes.keys().any(|identifier| name.contains(identifier.as_str()))
    }

    /// The value of a literal as it is meant.
    pub(super) fn restore(&self, value: &[u8]) -> Vec<u8> {
        let mut value = value.to_vec();
        for (now, before) in &self.replaced {
            while let Some(place) = memchr::memmem::find(&value, now.as_bytes()) {
                value.splice(place..place + now.len(), before.bytes());
            }
        }
        value
    }
}

/// Letters that identifiers begin with. None of them makes an escape of a backslash before it.
const FIRST: &[u8] = b"QZXJKVWYHGPqzjkwyhgp";
const SECOND: &[u8] = b"qzxjkvwyhgpbcdefilmnorstuaQZXJKVWYHGPBCDEFILMNORSTUA0123456789";

/// Puts identifiers in the place of holes.
pub(super) fn fill(text: &str) -> Result<Filled, QueryError> {
    let mut filled =
        Filled { text: String::with_capacity(text.len()), holes: HashMap::new(), replaced: Vec::new() };
    let mut identifiers: HashMap<Hole, String> = HashMap::new();
    let mut free = FIRST.iter().flat_map(|first| SECOND.iter().map(move |second| [*first, *second]));
    let mut free_letters = FIRST.iter().rev().filter(|letter| !text.as_bytes().contains(letter));
    let mut taken_letters: Vec<u8> = Vec::new();
    let mut around = Surroundings::new();
    let mut end = 0;
    while let Some((range, mut hole)) = next_hole(text, end) {
        filled.text.push_str(&text[end..range.start]);
        end = range.end;
        hole.as_keyword = hole.several && around.stands_behind_keyword(&filled.text);
        let length = range.len() - if hole.as_keyword { 2 } else { 0 };
        let is_free = |pair: &[u8; 2]| {
            !taken_letters.contains(&pair[0]) && memchr::memmem::find(text.as_bytes(), pair).is_none()
        };
        let identifier = match identifiers.get(&hole) {
            Some(identifier) => identifier.clone(),
            None => {
                let start = if length == 1 {
                    free_letters.next().map(|letter| {
                        taken_letters.push(*letter);
                        vec![*letter]
                    })
                } else {
                    free.find(is_free).map(Vec::from)
                };
                let start = start.ok_or_else(|| {
                    QueryError::new(
                        Language::Pattern,
                        text,
                        range.clone(),
                        "too many different holes, or letters, for one pattern",
                    )
                })?;
                let mut identifier: String = start.iter().map(|byte| *byte as char).collect();
                identifier.extend(std::iter::repeat_n('_', length - identifier.len()));
                identifiers.insert(hole.clone(), identifier.clone());
                filled.holes.insert(identifier.clone(), hole.clone());
                let now = if hole.as_keyword { format!("{identifier}=0") } else { identifier.clone() };
                filled.replaced.push((now, text[range].to_owned()));
                identifier
            }
        };
        filled.text.push_str(&identifier);
        filled.text.push_str(if hole.as_keyword { "=0" } else { "" });
    }
    filled.text.push_str(&text[end..]);
    // The longest first: one may begin like another.
    filled.replaced.sort_by_key(|(now, _)| std::cmp::Reverse(now.len()));
    Ok(filled)
}

/// The next hole from an offset on, and its place. What other numbers of `$` mean is seen by the parser.
fn next_hole(text: &str, from: usize) -> Option<(Range<usize>, Hole)> {
    let bytes = text.as_bytes();
    let mut place = from;
    loop {
        place += memchr::memchr(b'$', &bytes[place..])?;
        let dollars = bytes[place..].iter().take_while(|byte| **byte == b'$').count();
        let behind = &text[place + dollars..];
        let length = match behind.as_bytes().first() {
            Some(first) if first.is_ascii_alphabetic() || *first == b'_' => {
                behind.bytes().take_while(|byte| is_word(Some(byte))).count()
            }
            _ => 0,
        };
        if dollars == 3 || dollars == 1 && length > 0 {
            let name = Some(&behind[..length]).filter(|name| !name.is_empty() && *name != "_");
            let hole = Hole { name: name.map(str::to_owned), several: dollars == 3, as_keyword: false };
            return Some((place..place + dollars + length, hole));
        }
        place += dollars;
    }
}

/// Where in the code the end of a text is, as far as keywords go: the text is given piece by piece.
#[derive(Debug)]
struct Surroundings {
    /// For each open bracket or `lambda`, the module first: what opened it, and whether a keyword or a default stood
    /// in it.
    levels: Vec<(u8, bool)>,
    /// The quote that ends the string literal or, for `#`, the comment that the text ends in.
    quote: Option<(u8, usize)>,
    seen: usize,
}

impl Surroundings {
    fn new() -> Self {
        Self { levels: vec![(0, false)], quote: None, seen: 0 }
    }

    /// Whether what comes next stands in an argument or parameter list, behind a keyword or a default.
    fn stands_behind_keyword(&mut self, text: &str) -> bool {
        while self.seen < text.len() {
            self.seen += self.step(text.as_bytes(), self.seen);
        }
        self.quote.is_none() && matches!(self.levels.last(), Some((b'(' | b'l', true)))
    }

    /// Takes note of what is at a place, and gives its length.
    fn step(&mut self, text: &[u8], at: usize) -> usize {
        let rest = &text[at..];
        if let Some((quote, count)) = self.quote {
            return match rest[0] {
                b'\\' if quote != b'#' => 2,
                b'\n' if quote == b'#' => self.close(1),
                byte if byte == quote && rest.iter().take_while(|byte| **byte == quote).count() >= count => {
                    if quote == b'#' {
                        1
                    } else {
                        self.close(count)
                    }
                }
                _ => 1,
            };
        }
        let before =
            text[..at].iter().rev().copied().find(|byte| !byte.is_ascii_whitespace()).unwrap_or(b'\n');
        match rest[0] {
            b'#' => self.quote = Some((b'#', 1)),
            quote @ (b'"' | b'\'') => {
                let count = if rest.starts_with(&[quote; 3]) { 3 } else { 1 };
                self.quote = Some((quote, count));
                return count;
            }
            open @ (b'(' | b'[' | b'{') => self.levels.push((open, false)),
            b')' | b']' | b'}' => {
                while self.levels.len() > 1 && self.levels.pop().is_some_and(|(open, _)| open == b'l') {}
            }
            b'l' if rest.starts_with(b"lambda") && !is_word(text[..at].last()) && !is_word(rest.get(6)) => {
                self.levels.push((b'l', false));
                return 6;
            }
            b':' if self.levels.last().is_some_and(|(open, _)| *open == b'l') => {
                self.levels.pop();
            }
            b'=' if rest.starts_with(b"==") => return 2,
            b'=' if !b"!<>:".contains(&before) => self.mark(),
            b'*' if rest.starts_with(b"**") => {
                if b"(,".contains(&before) {
                    self.mark();
                }
                return 2;
            }
            _ => {}
        }
        1
    }

    fn close(&mut self, length: usize) -> usize {
        self.quote = None;
        length
    }

    fn mark(&mut self) {
        if let Some((_, behind)) = self.levels.last_mut() {
            *behind = true;
        }
    }
}

fn is_word(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_as_long_as_holes() {
        for text in
            ["f($X, $$$, $LONG_1)", "f(a=1, $$$)", "f'{$X}'", "'$X $5 $'", "lambda a=1, $$$XS: 0", "$A+$A"]
        {
            let filled = fill(text).expect("a pattern");
            assert_eq!(filled.text.len(), text.len(), "{text}");
            assert_eq!(filled.restore(filled.text.as_bytes()), text.as_bytes(), "{text}");
        }
    }

    #[test]
    fn what_stands_behind_a_keyword_is_one() {
        for (text, expected) in [
            ("f(a=1, $$$)", true),
            ("f(**a, $$$)", true),
            ("f(a, $$$)", false),
            ("f(a == 1, $$$)", false),
            ("f(a ** 2, $$$)", false),
            ("f(g(a=1), $$$)", false),
            ("f(a=(1, $$$))", false),
            ("f(a=[1, $$$])", false),
            ("def f(a: int = 1, $$$): pass", true),
            ("x = $$$", false),
            ("x = 1\nf($$$)", false),
            ("lambda a=1, $$$: 0", true),
            ("f(x=lambda: 1, $$$)", true),
            ("f(a := 1, $$$)", false),
            ("f(\n    a=1,\n    $$$\n)", true),
            ("f(a=')', $$$)", true),
            ("f(a='$$ $5', b='''(''', $$$)", true),
            ("f(  # a = (\n    $$$)", false),
        ] {
            let filled = fill(text).expect("a pattern");
            let hole = filled.holes.values().next().expect("a hole");
            assert_eq!(hole.as_keyword, expected, "{text}");
        }
    }
}
