//! The plan of a query: the condition on a node that both languages compile to.
//!
//! - [`condition`]: the tree of conditions, built so that the cheapest is tested first.
//! - [`relation`]: how another node is related to the node that a condition is about.
//! - [`list_position`]: `:nth-child` and its kin.
//! - [`explain`]: the plan as text.

mod condition;
mod explain;
mod list_position;
mod relation;

pub(crate) use condition::{CaptureComparison, Condition, MAX_DEPTH, MAX_SIZE, Sharing};
pub(crate) use explain::indented;
pub(crate) use list_position::ListPosition;
pub(crate) use relation::{Relation, SharedRelation};
