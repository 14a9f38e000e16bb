//! Bytes to text, as CPython's tokenizer decodes them: byte order mark, PEP 263 cookie, line ends.
//!
//! An encoding is served only if `encoding_rs` has the same table as Python. Only Python's own codecs are
//! certain to be right for the others.

use std::borrow::Cow;

use encoding_rs::Encoding;

use crate::unsupported::Unsupported;

/// A source's text: UTF-8, without a byte order mark, with `\n` for every line end.
pub(crate) struct DecodedSource<'a> {
    pub(crate) text: Cow<'a, str>,
    /// The bytes were not UTF-8.
    pub(crate) reencoded: bool,
}

pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(crate) fn decode(source: &[u8]) -> Result<DecodedSource<'_>, Unsupported> {
    if memchr::memchr(0, source).is_some() {
        return Err(Unsupported::Encoding("the source has a NUL byte".to_owned()));
    }
    let (has_mark, bytes) = match source.strip_prefix(BYTE_ORDER_MARK) {
        Some(bytes) => (true, bytes),
        None => (false, source),
    };
    let charset = match cookie(bytes) {
        None => Charset::Utf8,
        Some(name) => Charset::of(name)?,
    };
    // After a byte order mark, CPython accepts no cookie but utf-8.
    if has_mark && cookie(bytes).is_some_and(|name| !is_utf8(&normalise(name))) {
        return Err(Unsupported::Encoding(
            "a UTF-8 byte order mark and a cookie for another encoding".to_owned(),
        ));
    }
    let text = match charset {
        Charset::Utf8 => Cow::Borrowed(decode_utf8(bytes)?),
        Charset::Latin1 if bytes.is_ascii() => Cow::Borrowed(decode_utf8(bytes)?),
        Charset::Latin1 => bytes.iter().map(|byte| char::from(*byte)).collect(),
        Charset::Table(encoding) => decode_with_table(encoding, bytes)?,
    };
    // Ruff skips a mark at the start of the text. For CPython a second one is an invalid character.
    if text.starts_with('\u{feff}') {
        return Err(Unsupported::Encoding("a byte order mark inside the text".to_owned()));
    }
    Ok(DecodedSource { text: normalise_line_ends(text), reencoded: !matches!(charset, Charset::Utf8) })
}

fn decode_utf8(bytes: &[u8]) -> Result<&str, Unsupported> {
    std::str::from_utf8(bytes)
        .map_err(|error| Unsupported::Encoding(format!("invalid UTF-8 at byte {}", error.valid_up_to())))
}

/// Decodes with a single-byte table. Some bytes that Python leaves undefined stand for replacement
/// characters in the web's tables, or for control characters in those of Windows' code pages. A source with
/// such bytes is unsupported.
fn decode_with_table<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, Unsupported> {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let is_code_page = encoding.name().starts_with("windows");
    let is_undefined = |character| match character {
        '\u{80}'..='\u{9f}' => is_code_page,
        '\u{fffd}' | '\u{e000}'..='\u{f8ff}' => true,
        _ => false,
    };
    if text.chars().any(is_undefined) {
        return Err(Unsupported::Encoding(format!("bytes that {} does not define", encoding.name())));
    }
    Ok(text)
}

/// Turns `\r\n` and `\r` into `\n`, which CPython does before it tokenizes.
fn normalise_line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

pub(crate) enum Charset {
    Utf8,
    Latin1,
    Table(&'static Encoding),
}

impl Charset {
    /// The charset that a cookie names, by the rules of CPython's tokenizer (`get_normal_name`).
    pub(crate) fn of(name: &[u8]) -> Result<Self, Unsupported> {
        let name = normalise(name);
        if is_utf8(&name) || name == "utf8" {
            return Ok(Self::Utf8);
        }
        if ["latin-1", "iso-8859-1", "iso-latin-1"].iter().any(|alias| is_variant(&name, alias))
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
        match TABLES.iter().find(|(alias, _)| name == *alias) {
            Some((_, encoding)) => Ok(Self::Table(encoding)),
            None => Err(Unsupported::Encoding(format!("only the interpreter decodes {name:?}"))),
        }
    }
}

fn normalise(name: &[u8]) -> String {
    name.iter().map(|byte| if *byte == b'_' { '-' } else { char::from(byte.to_ascii_lowercase()) }).collect()
}

/// Whether a normalised name is `alias` or `alias-...`.
fn is_variant(name: &str, alias: &str) -> bool {
    name.strip_prefix(alias).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn is_utf8(name: &str) -> bool {
    is_variant(name, "utf-8")
}

/// The encoding that a comment on one of the first two lines names (PEP 263). The second line counts only
/// if the first one has no code.
pub(crate) fn cookie(bytes: &[u8]) -> Option<&[u8]> {
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
