//! Numbers: an `int` of any size or a `float`, compared exactly as Python does.

use std::cmp::Ordering;

use num_bigint::BigInt;

use crate::integer::parse_integer;

/// An `int` or a `float`.
#[derive(Clone, Debug)]
pub(crate) enum Number {
    Small(i64),
    Big(BigInt),
    Float(f64),
}

impl Number {
    /// Parses a number as Python writes it, with a sign.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let plain = text.replace('_', "");
        let (is_negative, digits) =
            plain.strip_prefix('-').map_or((false, plain.as_str()), |digits| (true, digits));
        let is_float = !digits.starts_with("0x") && digits.contains(['.', 'e', 'E']);
        if is_float {
            // Rust also parses `.5`, `inf` and the like.
            let is_decimal = digits.starts_with(|first: char| first.is_ascii_digit());
            let float = digits.parse::<f64>().ok().filter(|_| is_decimal)?;
            return Some(Self::Float(if is_negative { -float } else { float }));
        }
        let number: BigInt = parse_integer(digits)?.into();
        let number = if is_negative { -number } else { number };
        Some(i64::try_from(&number).map_or(Self::Big(number), Self::Small))
    }

    /// Compares two numbers exactly; NaN has no order.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Small(one), Self::Small(other)) => Some(one.cmp(other)),
            (Self::Float(one), Self::Float(other)) => one.partial_cmp(other),
            (Self::Float(one), other) => compare_with_float(&other.to_big(), *one).map(Ordering::reverse),
            (one, Self::Float(other)) => compare_with_float(&one.to_big(), *other),
            (one, other) => Some(one.to_big().cmp(&other.to_big())),
        }
    }

    /// The value of an integer.
    fn to_big(&self) -> BigInt {
        match self {
            Self::Small(number) => BigInt::from(*number),
            Self::Big(number) => number.clone(),
            Self::Float(_) => BigInt::default(),
        }
    }
}

/// Compares an integer with a float without rounding either.
fn compare_with_float(integer: &BigInt, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.is_infinite() {
        return Some(if float > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    // Rust prints every digit of the integral part.
    let integral: BigInt = format!("{:.0}", float.trunc()).parse().unwrap_or_default();
    let fraction = float.fract();
    let by_fraction = if fraction > 0.0 {
        Ordering::Less
    } else if fraction < 0.0 {
        Ordering::Greater
    } else {
        Ordering::Equal
    };
    Some(integer.cmp(&integral).then(by_fraction))
}
