//! The extension module `lazyast._native`: thin and private. What users import, with its documentation,
//! is the Python package around it.
//!
//! - [`errors`]: the tree of exceptions.
//! - [`interpreter`]: what is looked up once, the `ast` classes above all.
//! - [`nodes`]: how `ast` objects come out of an archive, untouched ones first.
//! - [`probe`]: whether f-strings are what we think they are.
//! - [`walk`], [`visitor`]: traversals that make the nodes that are asked for.
//! - [`ancestry`]: what stands around a node.
//! - [`query`]: queries, and their hits.
//! - [`install`]: what `compile` is while trees are served to all of a process.
//! - [`cache`], [`parse`], [`project`], [`verbs`], [`command`]: what the Python package calls.

mod ancestry;
mod cache;
mod command;
mod errors;
mod install;
mod interpreter;
mod nodes;
mod parse;
mod probe;
mod project;
mod query;
mod verbs;
mod visitor;
mod walk;

use pyo3::prelude::*;

/// The module's contents: one `register` per file.
///
/// It needs the interpreter's lock: nodes share their trees without locks of their own.
#[pymodule(gil_used = true)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    errors::register(module)?;
    interpreter::register(module)?;
    ancestry::register(module)?;
    cache::register(module)?;
    parse::register(module)?;
    install::register(module)?;
    project::register(module)?;
    query::register(module)?;
    verbs::register(module)?;
    visitor::register(module)?;
    walk::register(module)?;
    command::register(module)
}
