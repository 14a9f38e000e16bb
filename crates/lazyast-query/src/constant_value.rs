//! [`ConstantValue`]: the value of an expression of constants, such as `60 * 60` or `"a" + "b"`.
//!
//! Numbers, texts and bytes have values, and so have these operators on them, with Python's results:
//!
//! | operands | operators |
//! |---|---|
//! | two `int` | `+` `-` `*` `/` `//` `%` `**` `<<` `>>` `&` `\|` `^`, without those that fail or give a float by a negative exponent |
//! | an `int` | `+` `-` `~` |
//! | a `float` and a `float` or an `int` | `+` `-` `*` `/` |
//! | a `float` | `+` `-` |
//! | two `str` or two `bytes` | `+` |
//! | a `str` or a `bytes`, and an `int` | `*` |
//!
//! Any other expression has no value, and neither has one whose value is large.

use lazyast_format::encoding::Payload;
use lazyast_format::read::Constant;
use lazyast_format::schema::{operator, unaryop};
use lazyast_format::{Damage, Kind, NodeId, Tree};
use num_bigint::{BigInt, Sign};

use crate::integer::parse_integer;

/// The largest expression, in nodes.
const MAX_NODES: u32 = 1000;
/// The largest integer, in bits.
const MAX_BITS: u64 = 4096;
/// The longest text, in bytes.
const MAX_BYTES: usize = 4096;
/// Integers up to this are floats without rounding.
const MAX_EXACT_FLOAT: i64 = 1 << 53;

/// The value of a constant expression.
#[derive(Clone, Debug)]
pub(crate) enum ConstantValue {
    Int(BigInt),
    Float(f64),
    Str(Vec<u8>),
    Bytes(Vec<u8>),
}

impl PartialEq for ConstantValue {
    /// Whether type and value are equal. Floats are compared by their bits, so that `0.0` and `-0.0` differ.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(one), Self::Int(other)) => one == other,
            (Self::Float(one), Self::Float(other)) => one.to_bits() == other.to_bits(),
            (Self::Str(one), Self::Str(other)) | (Self::Bytes(one), Self::Bytes(other)) => one == other,
            _ => false,
        }
    }
}

impl ConstantValue {
    /// The kinds of nodes that have a value.
    pub(crate) const KINDS: [Kind; 3] = [Kind::Constant, Kind::UnaryOp, Kind::BinOp];

    /// The value of a node, if it has one.
    pub(crate) fn of(tree: &Tree<'_>, node: NodeId) -> Result<Option<Self>, Damage> {
        let end = tree.subtree_end(node);
        let Some(codes) = tree.kinds().get(node as usize..end as usize) else { return Ok(None) };
        let is_constant = |code: &u8| Self::KINDS.iter().any(|kind| *kind as u8 == *code);
        if end - node > MAX_NODES || !codes.iter().all(is_constant) {
            return Ok(None);
        }
        // Nodes are in preorder. From the end, operands come before their operator, the left one last.
        let mut operands: Vec<Self> = Vec::new();
        for id in (node..end).rev() {
            let kind = tree.kind(id)?;
            let value = match (kind, tree.payload(id, kind)?) {
                (Kind::Constant, _) => of_constant(tree, id)?,
                (Kind::UnaryOp, Payload::Operator(code)) => {
                    operands.pop().and_then(|operand| unary(code, operand))
                }
                (_, Payload::Operator(code)) => match (operands.pop(), operands.pop()) {
                    (Some(left), Some(right)) => binary(code, left, right),
                    _ => None,
                },
                _ => None,
            };
            let Some(value) = value.filter(Self::is_small) else { return Ok(None) };
            operands.push(value);
        }
        Ok(operands.pop().filter(|_| operands.is_empty()))
    }

    /// The value with another text, if it is a text.
    pub(crate) fn map_text(self, map: impl Fn(&[u8]) -> Vec<u8>) -> Self {
        match self {
            Self::Str(text) => Self::Str(map(&text)),
            Self::Bytes(bytes) => Self::Bytes(map(&bytes)),
            number => number,
        }
    }

    fn is_small(&self) -> bool {
        match self {
            Self::Int(number) => number.bits() <= MAX_BITS,
            Self::Float(number) => !number.is_nan(),
            Self::Str(text) | Self::Bytes(text) => text.len() <= MAX_BYTES,
        }
    }

    /// The value as a float, if that is exact.
    fn as_float(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number),
            Self::Int(number) => {
                let number = i64::try_from(number).ok()?;
                (number.abs() <= MAX_EXACT_FLOAT).then_some(number as f64)
            }
            Self::Str(_) | Self::Bytes(_) => None,
        }
    }
}

fn of_constant(tree: &Tree<'_>, node: NodeId) -> Result<Option<ConstantValue>, Damage> {
    let Payload::Constant { tag, value } = tree.payload(node, Kind::Constant)? else { return Ok(None) };
    Ok(match tree.constant(tag, value, node)? {
        Constant::Int(number) => Some(ConstantValue::Int(number.into())),
        Constant::BigInt(digits) => parse_integer(digits).map(|number| ConstantValue::Int(number.into())),
        Constant::Float(number) => Some(ConstantValue::Float(number)),
        Constant::Str(text) => Some(ConstantValue::Str(text.to_vec())),
        Constant::Bytes(bytes) => Some(ConstantValue::Bytes(bytes.to_vec())),
        _ => None,
    })
}

fn unary(code: u32, operand: ConstantValue) -> Option<ConstantValue> {
    use ConstantValue::{Float, Int};
    Some(match (code, operand) {
        (unaryop::UADD, operand @ (Int(_) | Float(_))) => operand,
        (unaryop::USUB, Int(number)) => Int(-number),
        (unaryop::USUB, Float(number)) => Float(-number),
        (unaryop::INVERT, Int(number)) => Int(-number - 1),
        _ => return None,
    })
}

fn binary(code: u32, left: ConstantValue, right: ConstantValue) -> Option<ConstantValue> {
    use ConstantValue::{Bytes, Float, Int, Str};
    match (left, right) {
        (Int(left), Int(right)) if code != operator::DIV => integers(code, left, right).map(Int),
        (left @ (Int(_) | Float(_)), right @ (Int(_) | Float(_))) => {
            let (left, right) = (left.as_float()?, right.as_float()?);
            Some(Float(match code {
                operator::ADD => left + right,
                operator::SUB => left - right,
                operator::MULT => left * right,
                operator::DIV if right != 0.0 => left / right,
                _ => return None,
            }))
        }
        (Str(left), Str(right)) if code == operator::ADD => Some(Str([left, right].concat())),
        (Bytes(left), Bytes(right)) if code == operator::ADD => Some(Bytes([left, right].concat())),
        (Str(text), Int(count)) | (Int(count), Str(text)) if code == operator::MULT => {
            repeated(&text, &count).map(Str)
        }
        (Bytes(bytes), Int(count)) | (Int(count), Bytes(bytes)) if code == operator::MULT => {
            repeated(&bytes, &count).map(Bytes)
        }
        _ => None,
    }
}

fn repeated(text: &[u8], count: &BigInt) -> Option<Vec<u8>> {
    if count.sign() == Sign::Minus || text.is_empty() {
        return Some(Vec::new());
    }
    let count = usize::try_from(count).ok()?;
    (text.len().checked_mul(count)? <= MAX_BYTES).then(|| text.repeat(count))
}

fn integers(code: u32, left: BigInt, right: BigInt) -> Option<BigInt> {
    let is_zero = right.sign() == Sign::NoSign;
    let small = u32::try_from(&right).ok().filter(|number| u64::from(*number) <= MAX_BITS);
    Some(match code {
        operator::ADD => left + right,
        operator::SUB => left - right,
        operator::MULT => left * right,
        operator::FLOOR_DIV if !is_zero => floor_division(&left, &right).0,
        operator::MOD if !is_zero => floor_division(&left, &right).1,
        operator::POW if left.bits().checked_mul(u64::from(small?))? <= MAX_BITS => left.pow(small?),
        operator::LSHIFT if left.bits() + u64::from(small?) <= MAX_BITS => left << small?,
        operator::RSHIFT => left >> small?,
        operator::BIT_AND => left & right,
        operator::BIT_OR => left | right,
        operator::BIT_XOR => left ^ right,
        _ => return None,
    })
}

/// The quotient, rounded down, and the rest, which has the sign of the divisor.
fn floor_division(left: &BigInt, right: &BigInt) -> (BigInt, BigInt) {
    let (quotient, rest) = (left / right, left % right);
    let is_rounded_up = rest.sign() != Sign::NoSign && rest.sign() != right.sign();
    if is_rounded_up { (quotient - 1, rest + right) } else { (quotient, rest) }
}
