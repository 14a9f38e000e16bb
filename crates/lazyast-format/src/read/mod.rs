//! Reading archives: [`Tree`] is a view of the columns, [`Node`] a node in it.
//!
//! The reader trusts no column. Indexes are checked where they are used, a subtree ends inside its parent's, and
//! walks are loops.

mod columns;
mod damage;
mod field_children;
mod field_value;
mod fields;
mod lines;
mod names;
mod node;
mod node_rows;
mod nodes_by_name;
mod open_error;
mod parents;
mod path;
mod payload_value;
mod positions;
mod positions_311;
mod tables;
mod target_python;
mod tree;
mod whole_columns;

pub use damage::Damage;
pub use field_children::{FieldChildren, ListFields, SparseEntries, SparseList};
pub use field_value::FieldValue;
pub use lines::Line;
pub use names::NameNeedle;
pub use node::{Children, Node};
pub use node_rows::{NodeRow, NodeRows};
pub use open_error::OpenError;
pub use parents::{FieldStep, ParentTable};
pub use path::NodeStep;
pub use payload_value::{Constant, PayloadValue, Singleton};
pub use positions::TreePositions;
pub use target_python::TargetPython;
pub use tree::Tree;
