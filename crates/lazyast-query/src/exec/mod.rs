//! The execution of a plan over one tree.

mod filter;
mod navigation;

pub(crate) use filter::{hits, match_at};
