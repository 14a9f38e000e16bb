//! Tables: `Table` is a relation that is made when it is asked for, `Batch` some of its rows, `Column` an array.
//!
//! Other libraries take them by the Arrow PyCapsule interface, and numeric columns by the buffer protocol.

pub(crate) mod batch;
mod buffer;
mod capsule;
mod cells;
pub(crate) mod column;
mod import;
pub(crate) mod matches;
mod show;
pub(crate) mod sources;
pub(crate) mod table;
