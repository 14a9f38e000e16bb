//! What is computed once per archive for all columns.

mod calls;
mod constants;
mod definitions;
mod dotted;
mod facts;
mod lines;
mod names;
mod positions;

pub(crate) use dotted::{DottedCodes, dotted};
pub(crate) use facts::{Requirements, TreeFacts, hidden_nodes};
pub(crate) use names::{NAME_BITS, NameCodes, NameTexts, own_name};
pub(crate) use positions::{PositionPart, WITHOUT_POSITIONS};
