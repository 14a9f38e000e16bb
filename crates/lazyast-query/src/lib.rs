//! Queries over Python syntax trees in archives.
#![forbid(unsafe_code)]

mod attribute;
mod capture;
mod error;
mod exec;
mod hit;
mod integer;
mod limits;
mod pattern;
mod plan;
mod prefilter;
mod query;
mod schema;
mod selector;

pub use capture::{Capture, CapturedElement};
pub use error::{ExecutionError, QueryError};
pub use hit::Hit;
pub use pattern::{ParseFailure, ParseFn};
pub use prefilter::{Prefilter, StringNeedle};
pub use query::Query;
