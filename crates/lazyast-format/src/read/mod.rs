//! Reading archives: [`Archive`] owns the bytes, [`Tree`] is the view, [`Node`] a place in it.
//!
//! Nothing here trusts a column: indexes are checked where they are used, a subtree ends inside its
//! parent's, and walks are loops.

mod columns;
mod field_children;
mod node;
mod positions;
mod tree;
mod values;

use core::fmt;

pub use field_children::{FieldChildren, ListFields, SparseEntries, SparseList};
pub use node::{Children, Node, NodeId};
pub(crate) use positions::SPAN_RECORD;
pub use positions::{Line, Position, Positions, Span};
pub use tree::{Archive, Name, OpenError, Row, Rows, Step, Tree};
pub use values::{Constant, Part, Singleton, Value};

/// The Python whose shape of the tree is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// 11 in 3.11.
    pub minor: u8,
    /// Whether format specifications have the empty constants of early 3.12 releases.
    pub empty_constants: bool,
}

impl Target {
    /// A Python by its version: 3.11 and later are served.
    pub fn new(minor: u8, micro: u8) -> Self {
        Self { minor, empty_constants: minor == 12 && micro <= LAST_WITH_EMPTY_CONSTANTS }
    }
}

/// The last 3.12 release that puts empty constants into format specifications.
const LAST_WITH_EMPTY_CONSTANTS: u8 = 1;

/// A column says something that cannot be: the archive is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// What is wrong.
    pub what: &'static str,
    /// The row, number or offset that shows it.
    pub at: u32,
    /// What was found there.
    pub found: u64,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "damaged archive: {} at {} (found {})", self.what, self.at, self.found)
    }
}

impl std::error::Error for Damage {}
