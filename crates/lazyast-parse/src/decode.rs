//! Bytes to text, as CPython's tokenizer does it: byte order mark, PEP 263 cookie, line ends.
//!
//! Encodings are served where their tables are certain to be Python's; the interpreter decodes the rest.

use std::borrow::Cow;

use encoding_rs::Encoding;

use crate::Unsupported;

/// A source's text: UTF-8, no byte order mark, `\n` alone ends lines.
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    /// The bytes were not UTF-8.
    pub(crate) reencoded: bool,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(crate) fn decode(source: &[u8]) -> Result<Decoded<'_>, Unsupported> {
    if memchr::memchr(0, source).is_some() {
        return Err(Unsupported::Encoding("the source has a NUL byte".to_owned()));
    }
    let (marked, bytes) = match source.strip_prefix(BYTE_ORDER_MARK) {
        Some(bytes) => (true, bytes),
        None => (false, source),
    };
    let charset = match cookie(bytes) {
        None => Charset::Utf8,
        Some(name) => Charset::of(name)?,
    };
    // Behind a byte order mark CPython knows the encoding under this name only.
    if marked && cookie(bytes).is_some_and(|name| !is_utf8(&normalise(name))) {
        return Err(Unsupported::Encoding(
            "a UTF-8 byte order mark and a cookie that says otherwise".to_owned(),
        ));
    }
    let text = match charset {
        Charset::Utf8 => Cow::Borrowed(utf8(bytes)?),
        Charset::Latin1 if bytes.is_ascii() => Cow::Borrowed(utf8(bytes)?),
        Charset::Latin1 => bytes.iter().map(|byte| char::from(*byte)).collect(),
        Charset::Table(encoding) => table(encoding, bytes)?,
    };
    // The parser would take a second mark for the first; to CPython it is an invalid character.
    if text.starts_with('\u{feff}') {
        return Err(Unsupported::Encoding("a byte order mark inside the text".to_owned()));
    }
    Ok(Decoded { text: newlines(text), reencoded: !matches!(charset, Charset::Utf8) })
}

fn utf8(bytes: &[u8]) -> Result<&str, Unsupported> {
    std::str::from_utf8(bytes)
        .map_err(|error| Unsupported::Encoding(format!("invalid UTF-8 at byte {}", error.valid_up_to())))
}

/// A single-byte table. Python leaves some bytes undefined where the web's tables have replacement
/// characters or, in Windows' code pages, controls: those sources are the interpreter's.
fn table<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, Unsupported> {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let code_page = encoding.name().starts_with("windows");
    let undefined = |letter| match letter {
        '\u{80}'..='\u{9f}' => code_page,
        '\u{fffd}' | '\u{e000}'..='\u{f8ff}' => true,
        _ => false,
    };
    if text.chars().any(undefined) {
        return Err(Unsupported::Encoding(format!("bytes that {} does not define", encoding.name())));
    }
    Ok(text)
}

/// `\r\n` and `\r` become `\n`, as CPython does before it looks at anything.
fn newlines(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

enum Charset {
    Utf8,
    Latin1,
    Table(&'static Encoding),
}

impl Charset {
    /// The charset of a cookie, normalised as CPython's tokenizer does (`get_normal_name`).
    fn of(name: &[u8]) -> Result<Self, Unsupported> {
        let name = normalise(name);
        if is_utf8(&name) || name == "utf8" {
            return Ok(Self::Utf8);
        }
        if ["latin-1", "iso-8859-1", "iso-latin-1"].iter().any(|known| is_variant(&name, known))
            || ["latin1", "l1", "iso8859-1"].contains(&name.as_str())
        {
            return Ok(Self::Latin1);
        }
        const TABLES: [(&str, &Encoding); 9] = [
            ("koi8-r", encoding_rs::KOI8_R),
            ("koi8-u", encoding_rs::KOI8_U),
            ("iso-8859-2", encoding_rs::ISO_8859_2),
            ("iso-8859-5", encoding_rs::ISO_8859_5),
            ("iso-8859-15", encoding_rs::ISO_8859_15),
            ("cp1250", encoding_rs::WINDOWS_1250),
            ("cp1251", encoding_rs::WINDOWS_1251),
            ("cp1252", encoding_rs::WINDOWS_1252),
            ("windows-1252", encoding_rs::WINDOWS_1252),
        ];
        match TABLES.iter().find(|(known, _)| name == *known) {
            Some((_, encoding)) => Ok(Self::Table(encoding)),
            None => Err(Unsupported::Encoding(format!("the encoding {name:?} is left to the interpreter"))),
        }
    }
}

fn normalise(name: &[u8]) -> String {
    name.iter().map(|byte| if *byte == b'_' { '-' } else { char::from(byte.to_ascii_lowercase()) }).collect()
}

/// Whether a normalised name is `known` or `known-...`.
fn is_variant(name: &str, known: &str) -> bool {
    name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn is_utf8(name: &str) -> bool {
    is_variant(name, "utf-8")
}

/// The encoding that a comment on the first two lines names (PEP 263). The second line counts only
/// behind a first one without code.
fn cookie(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes;
    for _ in 0..2 {
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | 0x0c)).count();
        match &line[blanks..] {
            [] => {}
            [b'#', comment @ ..] => {
                if let Some(name) = cookie_in(comment) {
                    return Some(name);
                }
            }
            _ => return None,
        }
        rest = after.strip_prefix(b"\r\n").or_else(|| after.get(1..))?;
    }
    None
}

/// The first `coding[:=][ \t]*([-\w.]+)` of a comment.
fn cookie_in(comment: &[u8]) -> Option<&[u8]> {
    memchr::memmem::find_iter(comment, b"coding").find_map(|at| {
        let [b':' | b'=', value @ ..] = &comment[at + b"coding".len()..] else { return None };
        let blanks = value.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let name = &value[blanks..];
        let word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let len = name.iter().take_while(word).count();
        (len > 0).then(|| &name[..len])
    })
}
