//! Text to bytes: the reverse of `decode`, for a source and for parts of one.

use std::borrow::Cow;
use std::ops::Range;

use crate::decode::{BYTE_ORDER_MARK, Charset, cookie};
use crate::unsupported::Unsupported;

/// The source with a text, such as an editor has it: the bytes of the file that an editor would write. A PEP 263 cookie in
/// the text names their encoding.
pub fn source_of_text(text: &str) -> Result<Cow<'_, [u8]>, Unsupported> {
    let bytes = text.as_bytes();
    let body = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    match cookie(body).map_or(Ok(Charset::Utf8), Charset::of)? {
        Charset::Utf8 => Ok(Cow::Borrowed(bytes)),
        charset => charset.encode(text).map(Cow::Owned),
    }
}

/// Replaces parts of a source, which is given as the bytes of a file. All other bytes stay as they are.
///
/// The parts are ranges of its [`text`](crate::text()), in order and without overlaps. What takes their place is written
/// in the encoding of the source, with the line end that comes first in it. A character that the encoding does not have
/// is an error.
pub fn replace_in_source(source: &[u8], parts: &[(Range<usize>, &str)]) -> Result<Vec<u8>, Unsupported> {
    let body = source.strip_prefix(BYTE_ORDER_MARK).unwrap_or(source);
    let charset = cookie(body).map_or(Ok(Charset::Utf8), Charset::of)?;
    let line_end = line_end(body);
    let mut replaced = source[..source.len() - body.len()].to_vec();
    let mut offsets = OffsetsInSource { source: body, charset: &charset, at: 0, text: 0 };
    let mut kept = 0;
    for (range, text) in parts {
        replaced.extend_from_slice(&body[kept..offsets.seek(range.start)]);
        kept = offsets.seek(range.end);
        replaced.extend_from_slice(&charset.encode(&text.replace('\n', line_end))?);
    }
    replaced.extend_from_slice(&body[kept..]);
    Ok(replaced)
}

/// The first line end of a source.
fn line_end(source: &[u8]) -> &'static str {
    match memchr::memchr2(b'\n', b'\r', source) {
        Some(index) if source[index..].starts_with(b"\r\n") => "\r\n",
        Some(index) if source[index] == b'\r' => "\r",
        _ => "\n",
    }
}

/// Finds offsets of a text in its source, in ascending order.
struct OffsetsInSource<'s> {
    source: &'s [u8],
    charset: &'s Charset,
    at: usize,
    text: usize,
}

impl OffsetsInSource<'_> {
    /// The offset in the source of an offset in the text.
    fn seek(&mut self, offset: usize) -> usize {
        while self.text < offset && self.at < self.source.len() {
            let rest = &self.source[self.at..];
            let (bytes, length) = match rest[0] {
                b'\r' if rest.get(1) == Some(&b'\n') => (2, 1),
                byte => (1, self.charset.length_in_text(byte)),
            };
            self.at += bytes;
            self.text += length;
        }
        self.at
    }
}

impl Charset {
    /// The number of bytes of UTF-8 that a byte becomes.
    fn length_in_text(&self, byte: u8) -> usize {
        match self {
            Self::Utf8 => 1,
            Self::Latin1 => char::from(byte).len_utf8(),
            Self::Table(encoding) => encoding.decode_without_bom_handling(&[byte]).0.len(),
        }
    }

    fn encode(&self, text: &str) -> Result<Vec<u8>, Unsupported> {
        let missing =
            |name: &str| Unsupported::Encoding(format!("{name} does not have all characters of {text:?}"));
        match self {
            Self::Utf8 => Ok(text.as_bytes().to_vec()),
            Self::Latin1 => {
                let bytes = text.chars().map(|character| u8::try_from(u32::from(character)));
                bytes.collect::<Result<_, _>>().map_err(|_| missing("latin-1"))
            }
            Self::Table(encoding) => match encoding.encode(text) {
                (_, _, true) => Err(missing(encoding.name())),
                (bytes, _, false) => Ok(bytes.into_owned()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{replace_in_source, source_of_text};

    #[test]
    fn a_text_is_encoded_as_its_cookie_says() {
        for (text, expected) in [
            ("'ä'\r\n", "'ä'\r\n".as_bytes()),
            ("# coding: latin-1\n'ä'\n", b"# coding: latin-1\n'\xe4'\n"),
            ("# coding: koi8-r\n'а'\n", b"# coding: koi8-r\n'\xc1'\n"),
        ] {
            let source = source_of_text(text).expect("the encoding has the text");
            assert_eq!(source, expected, "{text}");
            assert_eq!(crate::text(&source).expect("a source"), text.replace('\r', ""));
        }
        assert!(source_of_text("# coding: latin-1\n'а'\n").is_err());
        assert!(source_of_text("# coding: no-such\n").is_err());
    }

    #[test]
    fn other_bytes_stay() {
        for (source, range, text, expected) in [
            (&b"a\nb\n"[..], 2..3, "c\nd", &b"a\nc\nd\n"[..]),
            (b"a\r\nb\r\n", 2..3, "c\nd", b"a\r\nc\r\nd\r\n"),
            (b"a\rb\r", 2..3, "c\nd", b"a\rc\rd\r"),
            (b"\xef\xbb\xbfa\nb\n", 0..1, "c", b"\xef\xbb\xbfc\nb\n"),
            ("'ä'; b\n".as_bytes(), 6..7, "ö", "'ä'; ö\n".as_bytes()),
            (b"# coding: latin-1\n'\xe4'; b\n", 24..25, "\u{f6}", b"# coding: latin-1\n'\xe4'; \xf6\n"),
            (b"# coding: cp1252\n'\x80'; b\n", 24..25, "\u{20ac}", b"# coding: cp1252\n'\x80'; \x80\n"),
            (
                b"# coding: koi8-r\r\n'\xc1'; b\r\n",
                23..24,
                "\u{430}",
                b"# coding: koi8-r\r\n'\xc1'; \xc1\r\n",
            ),
        ] {
            let replaced = replace_in_source(source, &[(range, text)]).expect("the encoding has the text");
            assert_eq!(replaced, expected, "{:?}", String::from_utf8_lossy(source));
        }
    }

    #[test]
    fn characters_that_the_encoding_lacks_are_errors() {
        for source in [&b"# coding: latin-1\nb\n"[..], b"# coding: cp1252\nb\n"] {
            assert!(replace_in_source(source, &[(18..18, "\u{4e00}")]).is_err());
        }
    }
}
