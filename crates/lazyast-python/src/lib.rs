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

mod bind;
mod errors;
mod nodes;
mod runtime;
mod traverse;

use pyo3::prelude::*;

/// The module's contents: one `register` per file.
///
/// It needs the interpreter's lock: nodes share their trees without locks of their own.
#[pymodule(gil_used = true)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    errors::register(module)?;
    runtime::interpreter::register(module)?;
    traverse::ancestors::register(module)?;
    bind::process_cache::register(module)?;
    bind::parse::register(module)?;
    bind::compile::register(module)?;
    bind::project::register(module)?;
    bind::query::register(module)?;
    bind::cache::register(module)?;
    traverse::visitor::register(module)?;
    traverse::walk::register(module)?;
    bind::command::register(module)
}
