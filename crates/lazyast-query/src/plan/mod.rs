//! The plan of a query: what both languages compile to.

mod condition;

pub(crate) use condition::{Condition, MAX_DEPTH, MAX_SIZE, Place, Relation};
