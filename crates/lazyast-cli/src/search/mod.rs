//! What `find` and `select` share: compiling queries, searching a project, printing hits, replacing them.

mod arguments;
mod file_hits;
mod formats;
mod located;
mod output;
mod queries;
mod rewrite;
mod run;

pub(crate) use arguments::{EXIT_CODES, SearchArguments};
pub(crate) use queries::QueryLanguage;
pub(crate) use rewrite::RewriteArguments;
