//! The extension module `lazyast._native`: thin and private. What users import, with its documentation,
//! is the Python package around it.
//!
//! - [`errors`]: the tree of exceptions.
//! - [`interpreter`]: what is looked up once, the `ast` classes above all.
//! - [`materialize`]: a tree's view to a whole tree of `ast` objects; the only place that makes nodes.
//! - [`probe`]: whether f-strings are what we think they are.
//! - [`objects`]: the calls of CPython's C API below it; the only unsafe code.
//! - [`cache`], [`parse`], [`project`], [`command`]: what the Python package calls.

mod cache;
mod command;
mod errors;
mod interpreter;
mod materialize;
mod objects;
mod parse;
mod probe;
mod project;

use pyo3::prelude::*;

/// The module's contents: one `register` per file.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    errors::register(module)?;
    cache::register(module)?;
    parse::register(module)?;
    project::register(module)?;
    command::register(module)
}
