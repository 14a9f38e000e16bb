//! What may stand between two tokens.

/// Whether a byte is white space within a line.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0c)
}

/// How many bytes of white space, line ends, continuations and comments a text begins with.
pub(super) fn trivia_len(text: &[u8]) -> usize {
    let mut len = 0;
    loop {
        match text[len..] {
            [byte, ..] if is_blank(byte) || byte == b'\n' => len += 1,
            [b'\\', b'\n', ..] => len += 2,
            [b'#', ..] => len += memchr::memchr(b'\n', &text[len..]).unwrap_or(text.len() - len),
            _ => return len,
        }
    }
}
