//! What the Python package calls.

pub(crate) mod cache;
pub(crate) mod compile;
mod fallback;
mod fstring_probe;
pub(crate) mod names;
mod options;
pub(crate) mod parse;
pub(crate) mod parse_counts;
pub(crate) mod process_cache;
pub(crate) mod project;
pub(crate) mod search;
pub(crate) mod source;
pub(crate) mod tables;
mod warnings;
