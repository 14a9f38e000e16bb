//! Rules from files, over sources.

mod built_in;
mod conditions;
mod hostile;
mod other_tools;
mod schema;
mod support;
mod suppressions;
