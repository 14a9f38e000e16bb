//! The spelling that the writer of an invalid pattern probably means.
//!
//! Patterns of semgrep, statements without their block and the like are no Python. Edits turn such a text into candidates,
//! those without `...` and with the fewest edits first. A completion may add what is missing at the end. Only a candidate
//! that compiles is suggested.

use crate::pattern::code_bytes::code_bytes;

/// Longer texts are not edited: nobody types them.
const MAX_LENGTH: usize = 1000;

type SpellingEdit = fn(&str) -> Option<String>;

const EDITS: [SpellingEdit; 5] =
    [with_line_ends, with_sequences, with_commas, with_clauses_on_lines, with_operators];
const COMPLETIONS: [SpellingEdit; 6] =
    [with_parameters, with_block, with_block_after_colon, with_cases, with_handlers, with_call];

/// A text that compiles, made of one that does not.
pub(super) fn suggestion(text: &str, compiles: impl Fn(&str) -> bool) -> Option<String> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let mut edited = vec![(0, text.trim().to_owned())];
    for edit in EDITS {
        let further: Vec<_> =
            edited.iter().filter_map(|(count, one)| Some((count + 1, edit(one)?))).collect();
        edited.extend(further);
    }
    edited.sort_by_key(|(count, one)| (with_sequences(one).is_some(), *count));
    for (_, one) in edited {
        let completed = COMPLETIONS.iter().filter_map(|complete| complete(&one));
        let candidates: Vec<_> = std::iter::once(one.clone()).chain(completed).collect();
        if let Some(found) = candidates.into_iter().find(|candidate| candidate != text && compiles(candidate))
        {
            return Some(found);
        }
    }
    None
}

/// How a suggestion is shown in a message.
pub(super) fn shown(suggestion: &str) -> String {
    let lines: Vec<String> = suggestion.lines().map(|line| format!("`{line}`")).collect();
    lines.join(" and, on the next line, ")
}

fn changed(before: &str, after: String) -> Option<String> {
    (after != before).then_some(after)
}

/// `\n` as two characters is a line end.
fn with_line_ends(text: &str) -> Option<String> {
    changed(text, text.replace("\\n", "\n"))
}

/// semgrep's `...` is `$$$`.
fn with_sequences(text: &str) -> Option<String> {
    let is_code = code_bytes(text);
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(dots) = text[at..].find("...").map(|distance| at + distance) {
        written.push_str(&text[at..dots]);
        let is_other = !is_code[dots] || written.ends_with(['$', '<']) || text[dots + 3..].starts_with('>');
        written.push_str(if is_other { "..." } else { "$$$" });
        at = dots + 3;
    }
    written.push_str(&text[at..]);
    changed(text, written)
}

/// Elements of a list are separated by commas, also beside `$$$XS`.
fn with_commas(text: &str) -> Option<String> {
    let is_code = code_bytes(text);
    let is_element = |character: char| character.is_alphanumeric() || "_$*\"'([{".contains(character);
    let mut written = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        if character == ' ' && is_code[at] {
            let before = text[..at]
                .trim_end_matches(|character: char| character.is_alphanumeric() || character == '_');
            let is_after_sequence =
                before.ends_with("$$$") && text[at..].trim_start().starts_with(is_element);
            let is_before_sequence = text[at + 1..].starts_with("$$$")
                && text[..at].ends_with(|character: char| is_element(character) || ")]}".contains(character));
            if (is_after_sequence || is_before_sequence) && !written.ends_with([',', ' ']) {
                written.push(',');
            }
        }
        written.push(character);
    }
    changed(text, written)
}

/// Clauses of a statement stand on lines of their own.
fn with_clauses_on_lines(text: &str) -> Option<String> {
    let mut written = text.to_owned();
    for clause in ["except", "else", "elif", "finally"] {
        let (before, after) = (format!(" {clause}"), format!("\n{clause}"));
        for end in [" ", ":"] {
            written = written.replace(&format!("{before}{end}"), &format!("{after}{end}"));
        }
    }
    changed(text, written)
}

/// The operators of other languages.
fn with_operators(text: &str) -> Option<String> {
    let mut written = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let is_prefix = text[at + character.len_utf8()..]
            .starts_with(|next: char| next == '$' || next.is_alphabetic())
            && (at == 0 || text[..at].ends_with([' ', '(', ',']));
        match character {
            '!' if is_prefix => written.push_str("not "),
            _ => written.push(character),
        }
    }
    changed(text, written.replace("&&", "and").replace("||", "or"))
}

fn first_word(text: &str) -> &str {
    let word = text.trim_start_matches("async ").trim_start();
    &word[..word
        .find(|character: char| !character.is_alphanumeric() && character != '_')
        .unwrap_or(word.len())]
}

/// A definition of a name has parameters or bases.
fn with_parameters(text: &str) -> Option<String> {
    let last = text.lines().last()?;
    let definition = last.trim_end_matches([':', ' ']);
    let is_definition = matches!(first_word(definition.trim_start()), "def" | "class");
    let head = &text[..text.len() - last.len()];
    is_definition.then(|| format!("{head}{definition}($$$): $$$"))
}

/// A statement has a block.
fn with_block(text: &str) -> Option<String> {
    Some(format!("{text}: $$$"))
}

fn with_block_after_colon(text: &str) -> Option<String> {
    text.ends_with(':').then(|| format!("{text} $$$"))
}

/// A `match` has cases.
fn with_cases(text: &str) -> Option<String> {
    let subject = text.trim_end_matches("$$$").trim_end().trim_end_matches(':');
    (first_word(text) == "match").then(|| format!("{subject}:\n    case $$$: $_"))
}

/// A `try` has handlers.
fn with_handlers(text: &str) -> Option<String> {
    let block = if text.trim_end_matches(':') == "try" { "try: $$$" } else { text };
    (first_word(text) == "try").then(|| format!("{block}\nexcept $$$: $_"))
}

/// `print` is a function.
fn with_call(text: &str) -> Option<String> {
    let (function, arguments) = text.split_once(' ')?;
    let is_name = function == "print" || function == "exec";
    is_name.then(|| format!("{function}({})", arguments.trim()))
}

#[cfg(test)]
mod tests {
    use super::{with_commas, with_sequences};

    #[test]
    fn dots_become_sequences_in_code_only() {
        for (text, expected) in [
            ("f(..., '...', <... x ...>, $...XS)", Some("f($$$, '...', <... x ...>, $...XS)")),
            ("f(x)", None),
        ] {
            assert_eq!(with_sequences(text).as_deref(), expected);
        }
    }

    #[test]
    fn sequences_are_separated() {
        for (text, expected) in [
            ("f($$$A blank=True $$$B)", Some("f($$$A, blank=True, $$$B)")),
            ("f($$$ , x)", None),
            ("f($$$, x, $$$)", None),
            ("f(x) = $$$", None),
            ("f($$$ 'a b')", Some("f($$$, 'a b')")),
        ] {
            assert_eq!(with_commas(text).as_deref(), expected, "{text}");
        }
    }
}
