//! Writing archives.

mod builder;
mod columns;
mod intern;
mod node_columns;

pub use builder::{Builder, OpenNode};
