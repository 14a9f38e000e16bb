//! Integer literals.

use num_bigint::BigUint;

/// The value of an integer literal without underscores, in base 2, 8, 10 or 16. Archives store large integers so.
pub(crate) fn parse_integer(literal: &str) -> Option<BigUint> {
    let (digits, base) = match literal.get(..2) {
        Some("0x" | "0X") => (&literal[2..], 16),
        Some("0o" | "0O") => (&literal[2..], 8),
        Some("0b" | "0B") => (&literal[2..], 2),
        _ => (literal, 10),
    };
    BigUint::parse_bytes(digits.as_bytes(), base)
}
