//! What `cargo xtask generate` writes from `format-spec/schema`.

mod asserts;
pub mod tables;
