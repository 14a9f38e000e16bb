//! The format's test vectors: the archives under `format-spec/vectors`, and how they are made.
//!
//! `cargo xtask vectors` writes them, `cargo xtask vectors --check` compares. What reads them: the tests
//! of `lazyast-format` and the pure-Python reader's.
#![forbid(unsafe_code)]

pub mod anatomy;
pub mod built;
pub mod example;
pub mod invalid;
pub mod patch;
pub mod vectors;
