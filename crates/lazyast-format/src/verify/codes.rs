//! Which codes and values exist: operators, conversions, text, literals.

use crate::encoding::BIG_INT;
use crate::schema::{Kind, SingletonClass};

/// Whether a conversion is -1 or the code of `s`, `r` or `a`.
pub(super) fn is_conversion(conversion: i32) -> bool {
    [-1, i32::from(b's'), i32::from(b'r'), i32::from(b'a')].contains(&conversion)
}

/// The number of codes of a kind's operator or context.
pub(super) fn singleton_count(kind: Kind) -> u32 {
    let class = kind.fields().iter().find_map(|spec| spec.singletons);
    class.map_or(0, |class| class.names().len() as u32)
}

/// The number of codes of expression contexts.
pub(super) fn context_count() -> u32 {
    SingletonClass::ExprContext.names().len() as u32
}

/// Whether bytes are WTF-8: UTF-8 in which surrogates are encoded in three bytes each, also in pairs.
pub(super) fn is_text(mut bytes: &[u8]) -> bool {
    loop {
        let Err(error) = core::str::from_utf8(bytes) else { return true };
        match &bytes[error.valid_up_to()..] {
            [0xed, 0xa0..=0xbf, 0x80..=0xbf, rest @ ..] => bytes = rest,
            _ => return false,
        }
    }
}

/// Whether bytes are an integer literal in lower case without underscores, of at least 2^29.
pub(super) fn is_big_literal(bytes: &[u8]) -> bool {
    let (radix, digits) = match bytes {
        [b'0', b'x', digits @ ..] => (16, digits),
        [b'0', b'o', digits @ ..] => (8, digits),
        [b'0', b'b', digits @ ..] => (2, digits),
        [b'1'..=b'9', ..] => (10, bytes),
        _ => return false,
    };
    let mut value = 0_u64;
    for digit in digits {
        let Some(digit) = char::from(*digit).to_digit(radix) else { return false };
        value = value.saturating_mul(u64::from(radix)).saturating_add(u64::from(digit));
    }
    value >= BIG_INT && !digits.iter().any(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::{is_big_literal, is_text};

    #[test]
    fn text_has_surrogates_but_nothing_else_that_utf_8_lacks() {
        for text in [&b""[..], "\u{10ffff}".as_bytes(), b"a\xed\xa0\x80\xed\xb0\x80b", b"\xed\xbf\xbf"] {
            assert!(is_text(text), "{text:?}");
        }
        for text in [&b"\xff"[..], b"\xed\xa0", b"\xc0\x80", b"\xf4\x90\x80\x80", b"a\x80"] {
            assert!(!is_text(text), "{text:?}");
        }
    }

    #[test]
    fn big_integers_are_literals_from_two_to_the_29() {
        for literal in
            ["536870912", "0x20000000", "0o4000000000", "0x0000000020000000", "9999999999999999999999"]
        {
            assert!(is_big_literal(literal.as_bytes()), "{literal}");
        }
        for literal in [
            "536870911",
            "0x1fffffff",
            "0X20000000",
            "0xABCDEF0123",
            "",
            "0x",
            "1_000_000_000",
            "0999999999",
            "-536870912",
        ] {
            assert!(!is_big_literal(literal.as_bytes()), "{literal}");
        }
    }
}
