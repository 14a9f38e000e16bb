//! Finds each `$$$` that stands for items of a dictionary display, as in `{'a': 1, $$$}`.
//!
//! Python has `**x` there, so the parsed text needs these two stars. In a set, `$$$` is an element like any other.

use super::code_bytes::code_bytes;

/// A display or another bracket that is open.
struct OpenDisplay {
    opener: u8,
    /// Whether the braces have a `key: value` or a `**`.
    is_dictionary: bool,
    /// The number of `lambda` whose colon comes later.
    lambdas: usize,
    /// Where each `$$$` stands that is an element by itself.
    sequences: Vec<usize>,
}

/// The offsets of `$$$` that are items of dictionaries, in order.
pub(super) fn dictionary_sequences(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let is_code = code_bytes(text);
    let mut found = Vec::new();
    let mut open: Vec<OpenDisplay> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        match (bytes[at], open.last_mut()) {
            _ if !is_code[at] => {}
            (opener @ (b'(' | b'[' | b'{'), _) => {
                open.push(OpenDisplay { opener, is_dictionary: false, lambdas: 0, sequences: Vec::new() });
            }
            (b')' | b']' | b'}', _) => {
                found.extend(
                    open.pop()
                        .filter(|bracket| bracket.is_dictionary)
                        .into_iter()
                        .flat_map(|one| one.sequences),
                );
            }
            (_, None) => {}
            (_, Some(bracket)) if bracket.opener != b'{' => {}
            (b'l', Some(bracket)) if rest.starts_with("lambda") && !is_word_before(bytes, at) => {
                bracket.lambdas += 1
            }
            (b':', Some(bracket)) if !rest.starts_with(":=") => match bracket.lambdas {
                0 => bracket.is_dictionary = true,
                _ => bracket.lambdas -= 1,
            },
            (b'*', Some(bracket)) if rest.starts_with("**") && is_element_start(bytes, &is_code, at) => {
                bracket.is_dictionary = true
            }
            (b'$', Some(bracket)) => {
                let length = sequence_length(rest);
                let end = at + length.max(1);
                let is_element =
                    is_element_start(bytes, &is_code, at) && is_element_end(bytes, &is_code, end);
                if length > 0 && is_element {
                    bracket.sequences.push(at);
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    found.sort_unstable();
    found
}

/// The length of the `$$$XS` or `$...XS` that a text starts with, or 0.
fn sequence_length(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("$$$").or_else(|| text.strip_prefix("$...")) else { return 0 };
    let name = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    text.len() - rest.len() + name
}

/// Whether an element of a display starts at an offset. Comments may be before it.
fn is_element_start(text: &[u8], is_code: &[bool], at: usize) -> bool {
    let mut before = (0..at).rev().filter(|at| is_code[*at] && !text[*at].is_ascii_whitespace());
    before.next().is_some_and(|at| b"{,".contains(&text[at]))
}

/// Whether an element of a display ends at an offset. Comments may be after it.
fn is_element_end(text: &[u8], is_code: &[bool], at: usize) -> bool {
    let mut after = (at..text.len()).filter(|at| is_code[*at] && !text[*at].is_ascii_whitespace());
    after.next().is_some_and(|at| b",}".contains(&text[at]))
}

fn is_word_before(text: &[u8], at: usize) -> bool {
    at > 0 && (text[at - 1].is_ascii_alphanumeric() || text[at - 1] == b'_')
}

#[cfg(test)]
mod tests {
    use super::dictionary_sequences;

    #[test]
    fn sequences_in_dictionaries_are_told_from_those_in_sets() {
        for (text, expected) in [
            ("{'a': 1, $$$}", vec![9]),
            ("{$$$, 'a': 1, $...XS}", vec![1, 14]),
            ("{$$$, **$X}", vec![1]),
            ("{$$$, **$$$}", vec![1]),
            ("{$$$}", vec![]),
            ("{1, $$$}", vec![]),
            ("{lambda: 1, $$$}", vec![]),
            ("{lambda: 1: 2, $$$}", vec![15]),
            ("{(x := 1), $$$}", vec![]),
            ("{x[1:2], $$$}", vec![]),
            ("{'a': $$$}", vec![]),
            ("{'a': [$$$], **{1, $$$}}", vec![]),
            ("f({'a': 1, $$$}, $$$)", vec![11]),
            ("'{a: 1, $$$}'", vec![]),
            ("{\n    'é': 1,  # x\n    $$$\n}", vec![24]),
            ("{'a': 1, $$$  # x\n}", vec![9]),
            ("{'a': 1, $$$ + 1}", vec![]),
        ] {
            assert_eq!(dictionary_sequences(text), expected, "{text}");
        }
    }
}
