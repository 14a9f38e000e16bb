//! Attribute tests of selectors: `[args.length>5]`.
//!
//! A test is a [`path`] of fields that leads from a node to a [`value`], and an [`operand`] that the value is
//! compared with. Numbers are compared exactly, see [`number`]. [`test`](mod@test) puts these together and decides which kinds
//! and which files can pass. Fields and positions are those of the newest Python, whichever version runs.

mod number;
mod operand;
mod path;
mod test;
mod value;

pub(crate) use number::Number;
pub(crate) use operand::{CONSTANT_TYPES, Operand};
pub(crate) use path::{AttributeStep, POSITION_ATTRIBUTES};
pub(crate) use test::{AttributeTest, ValueTest};
