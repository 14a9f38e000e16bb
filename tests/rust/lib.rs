//! The format's test vectors: the archives in `format-spec/vectors`, and how they are made.
//!
//! `cargo xtask vectors` writes them, and `cargo xtask vectors --check` compares. The tests of `lazyast-format` and those
//! of the reader in Python read them.
#![forbid(unsafe_code)]

pub mod anatomy;
pub mod built;
pub mod example;
pub mod invalid;
pub mod packs;
pub mod patch;
pub mod vectors;

/// The examples of the page for Rust, run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/rust.md")]
pub struct RustPage;
