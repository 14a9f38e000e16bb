//! What is computed once per archive for all columns.

mod definitions;
mod dotted;
mod facts;
mod lines;
mod names;
mod positions;
mod structure;

pub(crate) use dotted::dotted;
pub(crate) use facts::{Requirements, TreeFacts, hidden_nodes};
pub(crate) use names::{NameCodes, own_name};
pub(crate) use positions::PositionPart;
