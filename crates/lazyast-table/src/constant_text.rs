//! Constants as text: what `str` prints for numbers and names, the text of a `str`, and what `repr` prints for `bytes`.

use std::borrow::Cow;
use std::fmt::{self, Write};

use lazyast_format::Damage;
use lazyast_format::encoding::{ConstantSingleton, ConstantTag};
use lazyast_format::read::Constant;
use num_bigint::BigUint;

/// The types of constants, as `type(value).__name__` has them.
pub(crate) const TYPE_NAMES: [&str; 8] =
    ["str", "bytes", "int", "float", "complex", "bool", "NoneType", "ellipsis"];

/// Decimal digits that Python prints by default.
pub const MAX_DIGITS: usize = 4300;

/// The index of a constant's type in [`TYPE_NAMES`].
pub(crate) fn type_code(tag: ConstantTag, value: u32) -> Result<i8, Damage> {
    Ok(match tag {
        ConstantTag::Str | ConstantTag::UnicodeStr => 0,
        ConstantTag::Bytes => 1,
        ConstantTag::Int | ConstantTag::BigInt => 2,
        ConstantTag::Float => 3,
        ConstantTag::Imaginary => 4,
        ConstantTag::Singleton => match ConstantSingleton::from_code(value) {
            Some(ConstantSingleton::True | ConstantSingleton::False) => 5,
            Some(ConstantSingleton::None) => 6,
            Some(ConstantSingleton::Ellipsis) => 7,
            None => return Err(Damage::new("unknown constant", value)),
        },
    })
}

/// The text of a constant. Lone surrogates become escapes such as `\ud800`; `None` stands for an integer with more digits
/// than Python prints.
pub(crate) fn text<'a>(constant: &Constant<'a>) -> Result<Option<Cow<'a, str>>, Damage> {
    Ok(Some(match constant {
        Constant::None => "None".into(),
        Constant::Bool(true) => "True".into(),
        Constant::Bool(false) => "False".into(),
        Constant::Ellipsis => "Ellipsis".into(),
        Constant::Str(value) => match std::str::from_utf8(value) {
            Ok(text) => text.into(),
            Err(_) => escape_surrogates(value).into(),
        },
        Constant::Bytes(value) => bytes(value).into(),
        Constant::Int(value) => value.to_string().into(),
        Constant::BigInt(literal) => match integer(literal) {
            Ok(digits) => digits.into(),
            Err(IntegerError::Digits { .. }) => return Ok(None),
            Err(IntegerError::Damage(damage)) => return Err(damage),
        },
        Constant::Float(value) => float(*value).into(),
        Constant::Imaginary(value) => format!("{}j", float(*value).trim_end_matches(".0")).into(),
    }))
}

fn escape_surrogates(mut value: &[u8]) -> String {
    let mut text = String::with_capacity(value.len() + 8);
    while let Some(chunk) = value.utf8_chunks().next() {
        text.push_str(chunk.valid());
        value = &value[chunk.valid().len()..];
        if !value.is_empty() {
            // Three bytes that encode a surrogate. Damaged bytes become some surrogate, too.
            let code = value.iter().take(3).fold(0, |code, byte| code << 6 | u32::from(byte & 0x3f));
            let _ = write!(text, "\\u{:04x}", 0xd000 | code & 0xfff);
            value = &value[value.len().min(3)..];
        }
    }
    text
}

/// Why there are no decimal digits of an integer.
#[derive(Debug)]
pub enum IntegerError {
    /// The literal is damaged.
    Damage(Damage),
    /// There are more than [`MAX_DIGITS`].
    Digits {
        /// Their number; a lower bound if there are far too many.
        found: usize,
    },
}

impl fmt::Display for IntegerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damage(damage) => damage.fmt(f),
            Self::Digits { found } => {
                write!(f, "an integer has {found} digits; Python prints at most {MAX_DIGITS}")
            }
        }
    }
}

impl std::error::Error for IntegerError {}

/// What `repr` prints for a `bytes`.
pub fn bytes(value: &[u8]) -> String {
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
pub fn integer(literal: &str) -> Result<String, IntegerError> {
    let (radix, digits) = match literal.as_bytes() {
        [b'0', b'x', ..] => (16, &literal[2..]),
        [b'0', b'o', ..] => (8, &literal[2..]),
        [b'0', b'b', ..] => (2, &literal[2..]),
        _ => (10, literal),
    };
    let damage = lazyast_format::Damage::new("big integer is not a literal", 0);
    let value = BigUint::parse_bytes(digits.as_bytes(), radix).ok_or(IntegerError::Damage(damage))?;
    // Conversion takes quadratic time, so an integer with far too many digits is not converted only to count them.
    let at_least = (value.bits().saturating_sub(1) as f64 * std::f64::consts::LOG10_2) as usize + 1;
    if at_least > MAX_DIGITS + 1 {
        return Err(IntegerError::Digits { found: at_least });
    }
    let decimal = value.to_string();
    if decimal.len() > MAX_DIGITS {
        return Err(IntegerError::Digits { found: decimal.len() });
    }
    Ok(decimal)
}

/// A `float`: the shortest digits that give the same number when they are parsed, with an exponent below 1e-4 and from
/// 1e16 on.
pub fn float(value: f64) -> String {
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
    use super::{Constant, float, integer, text};

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
    }

    #[test]
    fn integers() {
        assert_eq!(integer("0x100000000000000000").ok().as_deref(), Some("295147905179352825856"));
        assert_eq!(integer("18446744073709551616").ok().as_deref(), Some("18446744073709551616"));
        assert!(integer(&format!("0x{}", "f".repeat(4000))).is_err());
    }

    #[test]
    fn surrogates_become_escapes() {
        let constant = Constant::Str(b"a\xed\xa0\x80\xed\xb0\x80b");
        assert_eq!(text(&constant).ok().flatten().as_deref(), Some("a\\ud800\\udc00b"));
    }
}
