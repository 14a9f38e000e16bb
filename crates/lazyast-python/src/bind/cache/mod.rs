//! `Cache`: a cache directory, and what the commands do with it, for programs.
//!
//! - [`results`]: what its methods return.
//! - [`py_cache`]: the class.

pub(crate) mod py_cache;
pub(crate) mod results;
