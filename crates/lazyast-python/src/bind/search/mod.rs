//! Queries and their matches.
//!
//! A search collects hits, which are a few numbers each; Python objects are created for the matches that are accessed.
//!
//! - [`query`]: `Query`, made by `pattern` and `selector`. [`rules`]: `Rules`.
//! - [`matches`]: `Matches`, the sequence that a search returns. [`single_match`]: `Match`, one element of it.
//! - [`rewrite`](mod@rewrite): replacing what a query finds. [`rewritten`]: replacing the matches of a search.
//! - [`result`]: what the matches of one search share. [`file`]: one file in it. [`locate`]: from a hit to its node.

pub(crate) mod file;
mod locate;
pub(crate) mod matches;
pub(crate) mod query;
mod result;
pub(crate) mod rewrite;
pub(crate) mod rewritten;
pub(crate) mod rules;
mod single_match;
