//! The backtracking matcher.

mod run;

pub(crate) use run::{Machine, Match};
