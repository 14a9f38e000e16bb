//! Numbers.

use lazyast_format::encoding::{ConstantTag, Payload, WarningKind};
use lazyast_format::{Field, Kind};
use ruff_python_ast::{ExprNumberLiteral, Number};

use super::lowering::Lowering;

/// Longest decimal literal that is served. CPython's limit is a setting of the process, and this is the
/// lowest value that it accepts.
const MAX_DECIMAL_DIGITS: usize = 640;

impl Lowering<'_> {
    #[inline(never)]
    pub(super) fn number(&mut self, number: &ExprNumberLiteral, field: Field) {
        let payload = match &number.value {
            Number::Int(value) => match value.as_u64() {
                Some(value) => self.builder.int_constant(value),
                None => self.big_int(number),
            },
            Number::Float(value) => self.builder.float_constant(ConstantTag::Float, *value),
            Number::Complex { imag, .. } => self.builder.float_constant(ConstantTag::Imaginary, *imag),
        };
        let next = self.text.as_bytes().get(number.range.end().to_usize());
        if next.is_some_and(|next| next.is_ascii_alphabetic() || *next == b'_') {
            self.builder.warning(number.range.end().to_u32(), WarningKind::NumberBeforeKeyword);
        }
        self.leaf(Kind::Constant, field, number.range, payload);
    }

    /// An integer that needs more than 64 bits: its literal, in lower case and without underscores.
    fn big_int(&mut self, number: &ExprNumberLiteral) -> Payload {
        let mut digits = self.slice(number.range).to_ascii_lowercase();
        digits.retain(|digit| digit != '_');
        if !digits.starts_with('0') && digits.len() > MAX_DECIMAL_DIGITS {
            self.unsupported("a decimal integer of more than 640 digits");
        }
        self.builder.string_constant(ConstantTag::BigInt, digits.as_bytes())
    }
}
