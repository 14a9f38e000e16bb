//! Tells the code of a text from its string literals and comments, in texts that need not be Python yet.

/// For each byte of a text, whether it is code: outside of string literals and comments.
pub(super) fn code_bytes(text: &str) -> Vec<bool> {
    let bytes = text.as_bytes();
    let mut is_code = vec![true; bytes.len()];
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let length = match rest[0] {
            b'#' => rest.iter().take_while(|byte| **byte != b'\n').count(),
            b'"' | b'\'' => literal_length(rest),
            _ => {
                at += 1;
                continue;
            }
        };
        is_code[at..at + length].fill(false);
        at += length;
    }
    is_code
}

/// The length of the string literal that a text starts with. Without its end, the literal ends with the line or the text.
fn literal_length(text: &[u8]) -> usize {
    let quote = text[0];
    let is_triple = text.starts_with(&[quote; 3]);
    let end: &[u8] = if is_triple { &[quote; 3] } else { &[quote] };
    let mut at = end.len();
    while at < text.len() && !text[at..].starts_with(end) {
        if text[at] == b'\n' && !is_triple {
            return at;
        }
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    (at + end.len()).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::code_bytes;

    #[test]
    fn literals_and_comments_are_no_code() {
        for (text, expected) in [
            ("f('a', x)  # b", "f(   , x)     "),
            (r#"f("\"a", '''b'c''')"#, "f(     ,          )"),
            ("f('a\ng(x)", "f(  \ng(x)"),
            (r"'\", " "),
            ("x = ''", "x =   "),
        ] {
            let is_code = code_bytes(text);
            let code =
                text.chars().zip(is_code).map(|(character, is_code)| if is_code { character } else { ' ' });
            assert_eq!(code.collect::<String>().trim_end(), expected.trim_end(), "{text}");
        }
    }
}
