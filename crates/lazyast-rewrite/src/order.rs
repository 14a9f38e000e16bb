//! The order of the kinds of parameters.

use lazyast_format::Field;

/// The position of a kind of parameters among the kinds; 5 for what is no parameter.
pub(crate) fn order(field: Field) -> usize {
    let fields = [Field::Posonlyargs, Field::Args, Field::Vararg, Field::Kwonlyargs, Field::Kwarg];
    fields.iter().position(|of| *of == field).unwrap_or(fields.len())
}
