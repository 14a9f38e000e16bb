//! CPython's `repr` of constants.

use std::fmt::Write;

use lazyast_format::read::Constant;
use num_bigint::BigUint;

use super::error::{DumpError, MAX_DIGITS};
use super::generated::printable;

pub(super) fn constant(constant: &Constant<'_>, minor: u8) -> Result<String, DumpError> {
    Ok(match constant {
        Constant::None => "None".to_owned(),
        Constant::Bool(true) => "True".to_owned(),
        Constant::Bool(false) => "False".to_owned(),
        Constant::Ellipsis => "Ellipsis".to_owned(),
        Constant::Str(value) => text(value, minor),
        Constant::Bytes(value) => bytes(value),
        Constant::Int(value) => value.to_string(),
        Constant::BigInt(literal) => integer(literal)?,
        Constant::Float(value) => float(*value),
        Constant::Imaginary(value) => format!("{}j", float(*value).trim_end_matches(".0")),
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

fn bytes(value: &[u8]) -> String {
    let quote = if value.contains(&b'\'') && !value.contains(&b'"') { b'"' } else { b'\'' };
    let mut out = String::with_capacity(value.len() + 3);
    out.push('b');
    out.push(char::from(quote));
    for byte in value {
        // Writing to a `String` cannot fail.
        let _ = match *byte {
            b'\\' => write!(out, "\\\\"),
            b'\n' => write!(out, "\\n"),
            b'\r' => write!(out, "\\r"),
            b'\t' => write!(out, "\\t"),
            byte if byte == quote => write!(out, "\\{}", char::from(quote)),
            byte @ b' '..=b'~' => write!(out, "{}", char::from(byte)),
            byte => write!(out, "\\x{byte:02x}"),
        };
    }
    out.push(char::from(quote));
    out
}

/// An integer literal without underscores, in decimal.
fn integer(literal: &str) -> Result<String, DumpError> {
    let (radix, digits) = match literal.as_bytes() {
        [b'0', b'x', ..] => (16, &literal[2..]),
        [b'0', b'o', ..] => (8, &literal[2..]),
        [b'0', b'b', ..] => (2, &literal[2..]),
        _ => (10, literal),
    };
    let damage = lazyast_format::Damage::new("big integer is not a literal", 0);
    let value = BigUint::parse_bytes(digits.as_bytes(), radix).ok_or(damage)?;
    // Conversion takes quadratic time, so an integer with far too many digits is not converted only to count them.
    let at_least = (value.bits().saturating_sub(1) as f64 * std::f64::consts::LOG10_2) as usize + 1;
    if at_least > MAX_DIGITS + 1 {
        return Err(DumpError::IntegerDigits { found: at_least });
    }
    let decimal = value.to_string();
    if decimal.len() > MAX_DIGITS {
        return Err(DumpError::IntegerDigits { found: decimal.len() });
    }
    Ok(decimal)
}

/// A `float`: the shortest digits that give the same number when they are parsed, with an exponent below 1e-4 and from
/// 1e16 on.
fn float(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    if value.is_nan() {
        return "nan".to_owned();
    }
    let scientific = scientific(value);
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&exponent) {
        let count = digits.bytes().filter(u8::is_ascii_digit).count() as i32;
        let fraction = usize::try_from(count - 1 - exponent).unwrap_or(0).max(1);
        return format!("{value:.fraction$}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// The shortest digits, with an exponent. If two decimals of that length are equally near, CPython takes the even one,
/// as formatting with a given precision does.
fn scientific(value: f64) -> String {
    let shortest = format!("{value:e}");
    let digits = shortest.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
    let even = format!("{value:.*e}", digits.saturating_sub(1));
    if even.parse() == Ok(value) { even } else { shortest }
}

#[cfg(test)]
mod tests {
    use super::{Constant, constant, float, integer, text};

    #[test]
    fn floats() {
        let expected = [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e300, "1.5e+300"),
            (5e-324, "5e-324"),
            (8_306_962_366_872_741.0 / 4.0, "2076740591718185.2"),
            (f64::INFINITY, "inf"),
        ];
        for (value, repr) in expected {
            assert_eq!(float(value), repr);
        }
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

    #[test]
    fn integers() {
        assert_eq!(integer("0x100000000000000000").ok().as_deref(), Some("295147905179352825856"));
        assert_eq!(integer("18446744073709551616").ok().as_deref(), Some("18446744073709551616"));
        assert!(integer(&format!("0x{}", "f".repeat(4000))).is_err());
    }
}
