//! CPython's `repr` of constants.

use std::fmt::Write;

use lazyast_format::read::Constant;
use lazyast_table::constant_text;

use super::error::DumpError;
use super::generated::printable;

pub(super) fn constant(constant: &Constant<'_>, minor: u8) -> Result<String, DumpError> {
    Ok(match constant {
        Constant::None => "None".to_owned(),
        Constant::Bool(true) => "True".to_owned(),
        Constant::Bool(false) => "False".to_owned(),
        Constant::Ellipsis => "Ellipsis".to_owned(),
        Constant::Str(value) => text(value, minor),
        Constant::Bytes(value) => constant_text::bytes(value),
        Constant::Int(value) => value.to_string(),
        Constant::BigInt(literal) => constant_text::integer(literal)?,
        Constant::Float(value) => constant_text::float(*value),
        Constant::Imaginary(value) => format!("{}j", constant_text::float(*value).trim_end_matches(".0")),
    })
}

/// A `str`, given as UTF-8 in which a lone surrogate is encoded as three bytes.
pub(super) fn text(value: &[u8], minor: u8) -> String {
    let quote = if value.contains(&b'\'') && !value.contains(&b'"') { '"' } else { '\'' };
    let mut out = String::with_capacity(value.len() + 2);
    out.push(quote);
    let mut rest = value;
    while let Some(invalid) = append_text(&mut out, rest, quote, minor) {
        // Three bytes that encode a surrogate. Damaged bytes are printed as some surrogate too.
        let code = invalid.iter().take(3).fold(0, |code, byte| code << 6 | u32::from(byte & 0x3f));
        let _ = write!(out, "\\u{:04x}", 0xd000 | code & 0xfff);
        rest = &invalid[invalid.len().min(3)..];
    }
    out.push(quote);
    out
}

/// Appends the text before the first byte that is not UTF-8, and gives the bytes from there on.
fn append_text<'a>(out: &mut String, value: &'a [u8], quote: char, minor: u8) -> Option<&'a [u8]> {
    let valid = value.utf8_chunks().next()?;
    for character in valid.valid().chars() {
        append_character(out, character, quote, minor);
    }
    let rest = &value[valid.valid().len()..];
    (!rest.is_empty()).then_some(rest)
}

fn append_character(out: &mut String, character: char, quote: char, minor: u8) {
    let code = u32::from(character);
    // Writing to a `String` cannot fail.
    let _ = match character {
        '\\' => write!(out, "\\\\"),
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, "\\t"),
        _ if character == quote => write!(out, "\\{quote}"),
        ' '..='~' => write!(out, "{character}"),
        _ if is_printable(code, minor) => write!(out, "{character}"),
        _ if code <= 0xff => write!(out, "\\x{code:02x}"),
        _ if code <= 0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// `str.isprintable` of one code point.
fn is_printable(code: u32, minor: u8) -> bool {
    !within(printable::HIDDEN, code)
        || minor >= 12 && within(printable::PRINTABLE_SINCE_12, code)
        || minor >= 13 && within(printable::PRINTABLE_SINCE_13, code)
        || minor >= 14 && within(printable::PRINTABLE_SINCE_14, code)
        || minor >= 15 && within(printable::PRINTABLE_SINCE_15, code)
}

fn within(ranges: &[(u32, u32)], code: u32) -> bool {
    let after = ranges.partition_point(|(low, _)| *low <= code);
    after.checked_sub(1).is_some_and(|index| code <= ranges[index].1)
}

#[cfg(test)]
mod tests {
    use super::{Constant, constant, text};

    #[test]
    fn imaginary_numbers() {
        assert_eq!(constant(&Constant::Imaginary(1.0), 13).ok().as_deref(), Some("1j"));
        assert_eq!(constant(&Constant::Imaginary(10.5), 13).ok().as_deref(), Some("10.5j"));
    }

    #[test]
    fn strings() {
        let expected: [(&[u8], &str); 7] = [
            (b"a", "'a'"),
            (b"it's", "\"it's\""),
            (b"'\"", "'\\'\"'"),
            (b"\n\t\\\x00\x7f", "'\\n\\t\\\\\\x00\\x7f'"),
            ("\u{a0}\u{e9}\u{200b}".as_bytes(), "'\\xa0\u{e9}\\u200b'"),
            (b"\xed\xa0\x80\xed\xb0\x80a", "'\\ud800\\udc00a'"),
            ("\u{1f600}\u{e0001}".as_bytes(), "'\u{1f600}\\U000e0001'"),
        ];
        for (value, repr) in expected {
            assert_eq!(text(value, 13), repr);
        }
        assert_eq!(text("\u{1e4d0}".as_bytes(), 11), "'\\U0001e4d0'", "new in Unicode 15");
        assert_eq!(text("\u{1e4d0}".as_bytes(), 12), "'\u{1e4d0}'");
    }
}
