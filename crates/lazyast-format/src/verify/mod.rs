//! Full validation: every rule of FORMAT.md, "Validation rules".

mod bases;
mod check;
mod child_rules;
mod codes;
mod findings;
mod narrow_cursor;
mod node_lists;
mod nodes;
mod payloads;
mod rule;
mod tables;

pub use check::{verify, violations};
pub use findings::VerifyError;
pub use rule::Rule;
