//! Attribute tests: `[args.length>5]`.

mod test;

pub(crate) use test::{AttributeTest, Number, Operand, POSITIONS, Step, TYPES, Test};
