//! Metavariables in the text of a string literal: `"https://$HOST/"`.

use crate::pattern::metavariables::Metavariable;

/// A part of the text of a string literal in a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LiteralPart {
    Text(Vec<u8>),
    Metavariable(Metavariable),
}

/// The parts of a text with metavariables; `None` if it has none.
///
/// Only `$` and capitals make a metavariable here, because `$name` is frequent in strings.
pub(super) fn literal_parts(text: &[u8]) -> Option<Vec<LiteralPart>> {
    let mut parts = Vec::new();
    let mut plain = Vec::new();
    let mut has_metavariable = false;
    let mut rest = text;
    while let [first, after @ ..] = rest {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let word = &after[..after.iter().take_while(|byte| is_word(byte)).count()];
        let is_name = word.first().is_some_and(|byte| !byte.is_ascii_digit())
            && !word.iter().any(u8::is_ascii_lowercase);
        if *first == b'$' && is_name && plain.last() != Some(&b'$') {
            has_metavariable = true;
            if !plain.is_empty() {
                parts.push(LiteralPart::Text(std::mem::take(&mut plain)));
            }
            let name = String::from_utf8_lossy(word).into_owned();
            let name = Some(name).filter(|name| name != "_");
            parts.push(LiteralPart::Metavariable(Metavariable {
                name,
                is_sequence: false,
                as_keyword: false,
            }));
            rest = &after[word.len()..];
        } else {
            plain.push(*first);
            rest = after;
        }
    }
    if !plain.is_empty() {
        parts.push(LiteralPart::Text(plain));
    }
    has_metavariable.then_some(parts)
}
