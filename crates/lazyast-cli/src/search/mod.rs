//! What `find` and `select` share: compiling queries, searching a project, printing hits.

mod arguments;
mod file_hits;
mod json;
mod lines;
mod output;
mod queries;
mod run;

pub(crate) use arguments::SearchArguments;
pub(crate) use queries::QueryLanguage;
