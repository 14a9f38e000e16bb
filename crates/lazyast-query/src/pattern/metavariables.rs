//! Metavariables in the text of a pattern, and the text with identifiers in their place.
//!
//! An identifier is exactly as long as the metavariable that it replaces, so that every offset in the parsed text is
//! an offset in the pattern. Identifiers occur nowhere else in the pattern. So a replacement inside a string literal,
//! where `$` is an ordinary character, can be undone after parsing: no lexer is needed to find the literals.

use std::collections::HashMap;
use std::ops::Range;

use super::deep::deep_operators;
use super::dictionaries::dictionary_sequences;
use super::keyword_context::KeywordContext;
use crate::error::{Language, QueryError};

/// A metavariable: `$X` or `$$$XS`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Metavariable {
    /// The name; `$_` and `$$$` have none and capture nothing.
    pub(super) name: Option<String>,
    /// Whether it is a `$$$`, which matches any number of elements.
    pub(super) is_sequence: bool,
    /// Whether it comes after a keyword or a default. Python allows only further ones there, so it is replaced with
    /// `name=0`.
    pub(super) as_keyword: bool,
}

/// A text without metavariables.
#[derive(Debug)]
pub(super) struct SubstitutedText {
    pub(super) text: String,
    /// The metavariable that each identifier replaces.
    pub(super) metavariables: HashMap<String, Metavariable>,
    /// The function whose calls stand for the deep operator, and its second argument.
    pub(super) deep: Option<(String, String)>,
    /// What was inserted, and what it replaced.
    replacements: Vec<(String, String)>,
    /// Where each metavariable stands, in order.
    pub(super) occurrences: Vec<(Range<usize>, Metavariable)>,
}

impl SubstitutedText {
    /// Whether a name contains the identifier of a metavariable.
    pub(super) fn has_metavariable_inside(&self, name: &str) -> bool {
        self.metavariables.keys().any(|identifier| name.contains(identifier.as_str()))
    }

    /// How the metavariable of an identifier was written.
    pub(super) fn written(&self, identifier: &str) -> &str {
        let is_its = |inserted: &str| inserted.trim_start_matches('*').starts_with(identifier);
        let found = self.replacements.iter().find(|(inserted, _)| is_its(inserted));
        found.map_or("", |(_, original)| original)
    }

    /// The value of a string literal as it was written, with `$` in it.
    pub(super) fn restore(&self, value: &[u8]) -> Vec<u8> {
        let mut value = value.to_vec();
        for (inserted, original) in &self.replacements {
            while let Some(start) = memchr::memmem::find(&value, inserted.as_bytes()) {
                value.splice(start..start + inserted.len(), original.bytes());
            }
        }
        value
    }
}

/// The first letters of identifiers. None of them makes an escape sequence with a backslash before it.
const FIRST_LETTERS: &[u8] = b"QZXJKVWYHGPqzjkwyhgp";
const SECOND_CHARACTERS: &[u8] = b"qzxjkvwyhgpbcdefilmnorstuaQZXJKVWYHGPBCDEFILMNORSTUA0123456789";

/// Replaces the metavariables of a text with identifiers.
pub(super) fn substitute(language: Language, text: &str) -> Result<SubstitutedText, QueryError> {
    let mut substituted = SubstitutedText {
        text: String::with_capacity(text.len()),
        metavariables: HashMap::new(),
        deep: None,
        replacements: Vec::new(),
        occurrences: Vec::new(),
    };
    // As long as a metavariable, which can be written in several ways.
    let mut identifiers: HashMap<(Metavariable, usize), String> = HashMap::new();
    let mut fresh = FreshIdentifiers::new(text);
    let with_calls = match language {
        Language::Pattern => replace_deep_operators(text, &mut fresh, &mut substituted),
        _ => None,
    };
    let original = text;
    let text = with_calls.as_deref().unwrap_or(original);
    let in_dictionaries = match language {
        Language::Pattern => dictionary_sequences(text),
        _ => Vec::new(),
    };
    let mut context = KeywordContext::new();
    let mut end = 0;
    while let Some((range, mut metavariable)) = next_metavariable(text, end) {
        substituted.text.push_str(&text[end..range.start]);
        end = range.end;
        // `**$$$` is a keyword argument already.
        let is_unpacked = substituted.text.trim_end().ends_with("**");
        let is_after_keyword = metavariable.is_sequence && context.is_after_keyword(&substituted.text);
        metavariable.as_keyword = is_after_keyword && !is_unpacked;
        let suffix = if metavariable.as_keyword { "=0" } else { "" };
        let prefix = if in_dictionaries.binary_search(&range.start).is_ok() { "**" } else { "" };
        substituted.occurrences.push((range.clone(), metavariable.clone()));
        let key = (metavariable.clone(), range.len() - prefix.len() - suffix.len());
        let identifier = match identifiers.get(&key) {
            Some(identifier) => identifier.clone(),
            None => {
                let identifier = fresh.next(key.1).ok_or_else(|| {
                    let message = "too many different metavariables in one pattern";
                    QueryError::new(language, original, range.clone(), message)
                })?;
                identifiers.insert(key, identifier.clone());
                substituted.metavariables.insert(identifier.clone(), metavariable);
                let inserted = format!("{prefix}{identifier}{suffix}");
                substituted.replacements.push((inserted, text[range].to_owned()));
                identifier
            }
        };
        substituted.text.push_str(prefix);
        substituted.text.push_str(&identifier);
        substituted.text.push_str(suffix);
    }
    substituted.text.push_str(&text[end..]);
    // The longest first: one inserted text may start with another.
    substituted.replacements.sort_by_key(|(inserted, _)| std::cmp::Reverse(inserted.len()));
    Ok(substituted)
}

/// The text with calls in place of the deep operators, if there are any and identifiers for them.
fn replace_deep_operators(
    text: &str,
    fresh: &mut FreshIdentifiers<'_>,
    substituted: &mut SubstitutedText,
) -> Option<String> {
    const OPENING: &str = "<...";
    const CLOSING: &str = "...>";
    let operators = deep_operators(text);
    if operators.is_empty() {
        return None;
    }
    let (function, end) = (fresh.next(OPENING.len() - 1)?, fresh.next(CLOSING.len() - 2)?);
    let (before, after) = (format!("{function}("), format!(",{end})"));
    let mut text = text.to_owned();
    for (opening, closing) in operators {
        text.replace_range(opening..opening + OPENING.len(), &before);
        text.replace_range(closing..closing + CLOSING.len(), &after);
    }
    substituted.replacements.push((before, OPENING.to_owned()));
    substituted.replacements.push((after, CLOSING.to_owned()));
    substituted.deep = Some((function, end));
    Some(text)
}

/// Identifiers that a text does not contain.
struct FreshIdentifiers<'t> {
    text: &'t [u8],
    /// The start of the next identifiers of two characters or more.
    pairs: Box<dyn Iterator<Item = [u8; 2]>>,
    /// The next identifiers of one letter.
    letters: Box<dyn Iterator<Item = u8> + 't>,
    /// Letters that are identifiers by themselves. No pair starts with them.
    taken_letters: Vec<u8>,
}

impl<'t> FreshIdentifiers<'t> {
    fn new(text: &'t str) -> Self {
        let text = text.as_bytes();
        let pairs = FIRST_LETTERS
            .iter()
            .flat_map(|first| SECOND_CHARACTERS.iter().map(move |second| [*first, *second]));
        let letters = FIRST_LETTERS.iter().rev().copied().filter(|letter| !text.contains(letter));
        Self { text, pairs: Box::new(pairs), letters: Box::new(letters), taken_letters: Vec::new() }
    }

    /// An identifier of some length, filled up with underscores.
    fn next(&mut self, length: usize) -> Option<String> {
        let Self { text, pairs, letters, taken_letters } = self;
        let mut identifier = String::with_capacity(length);
        if length == 1 {
            let letter = letters.next()?;
            taken_letters.push(letter);
            identifier.push(char::from(letter));
        } else {
            let is_free = |pair: &[u8; 2]| {
                !taken_letters.contains(&pair[0]) && memchr::memmem::find(text, pair).is_none()
            };
            identifier.extend(pairs.find(is_free)?.map(char::from));
        }
        identifier.extend(std::iter::repeat_n('_', length - identifier.len()));
        Some(identifier)
    }
}

/// The next metavariable from an offset on, and its range. Runs of two or of more than three `$` stay in the text,
/// where the parser reports them.
fn next_metavariable(text: &str, from: usize) -> Option<(Range<usize>, Metavariable)> {
    let bytes = text.as_bytes();
    let mut start = from;
    loop {
        start += memchr::memchr(b'$', &bytes[start..])?;
        let dollars = bytes[start..].iter().take_while(|byte| **byte == b'$').count();
        // semgrep's `$...ARGS` is another way to write `$$$ARGS`.
        let dots = if dollars == 1 && text[start + 1..].starts_with("...") { 3 } else { 0 };
        let rest = &text[start + dollars + dots..];
        let length = match rest.as_bytes().first() {
            Some(first) if first.is_ascii_alphabetic() || *first == b'_' => {
                rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
            }
            _ => 0,
        };
        let is_sequence = dollars == 3 || dots > 0;
        if is_sequence || dollars == 1 && length > 0 {
            let name = Some(&rest[..length]).filter(|name| !name.is_empty() && *name != "_");
            let metavariable = Metavariable { name: name.map(str::to_owned), is_sequence, as_keyword: false };
            return Some((start..start + dollars + dots + length, metavariable));
        }
        start += dollars;
    }
}

#[cfg(test)]
mod tests {
    use super::substitute;
    use crate::error::Language;

    #[test]
    fn identifiers_are_as_long_as_metavariables() {
        for text in [
            "f($X, $$$, $LONG_1)",
            "f(a=1, $$$)",
            "f'{$X}'",
            "'$X $5 $'",
            "lambda a=1, $$$XS: 0",
            "$A+$A",
            "f($...XS, a=1, $...)",
            "{'a': 1, $$$, $...XS}",
            "f($$$, $..., {1: 2, $$$}, '$$$')",
        ] {
            let substituted = substitute(Language::Pattern, text).expect("a pattern");
            assert_eq!(substituted.text.len(), text.len(), "{text}");
            assert_eq!(substituted.restore(substituted.text.as_bytes()), text.as_bytes(), "{text}");
        }
    }

    #[test]
    fn sequences_after_keywords_become_keywords() {
        for (text, expected) in [
            ("f(a=1, $$$)", true),
            ("f(**a, $$$)", true),
            ("f(a=1, $...XS)", true),
            ("f(a=1, **$$$)", false),
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
            let substituted = substitute(Language::Pattern, text).expect("a pattern");
            let metavariable = substituted.metavariables.values().next().expect("a metavariable");
            assert_eq!(metavariable.as_keyword, expected, "{text}");
        }
    }
}
