//! The extension module `lazyast._native`: thin and private. What users import, with its documentation, is the Python
//! package around it.
//!
//! Each layer uses only those above it in this list:
//!
//! - [`runtime`]: the running interpreter, its `ast` classes above all.
//! - [`errors`]: the exceptions.
//! - [`nodes`]: how `ast` objects come out of an archive, as lazy proxies first.
//! - [`traverse`]: traversals that materialise only the nodes they need.
//! - [`bind`]: what the Python package calls: caches, sources, projects and queries.

#![deny(unsafe_code)]

mod bind;
mod errors;
mod nodes;
mod runtime;
mod traverse;

use pyo3::prelude::*;

/// Parsing allocates each node, in an arena. Python's own objects have Python's allocator.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: lazyast::ArenaAllocator<mimalloc::MiMalloc> =
    lazyast::ArenaAllocator::new(mimalloc::MiMalloc);

#[cfg(Py_GIL_DISABLED)]
compile_error!(
    "lazyast does not support free-threaded builds of CPython: install it for a build with the GIL"
);

/// The contents of the module: one `register` per file.
///
/// The module needs the interpreter's lock, because nodes share their tree context without locks of their own.
#[pymodule(gil_used = true)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    errors::register(module)?;
    runtime::compiler::register(module)?;
    traverse::ancestors::register(module)?;
    traverse::of_ast::register(module)?;
    traverse::visitor::register(module)?;
    traverse::walk::register(module)?;
    bind::process_cache::register(module)?;
    bind::parse::register(module)?;
    bind::parse_counts::register(module)?;
    bind::compile::register(module)?;
    bind::names::register(module)?;
    bind::project::register(module)?;
    bind::source::register(module)?;
    bind::search::query::register(module)?;
    bind::search::matches::register(module)?;
    bind::search::rewrite::register(module)?;
    bind::search::rewritten::register(module)?;
    bind::search::rules::register(module)?;
    bind::tables::column::register(module)?;
    bind::tables::batch::register(module)?;
    bind::tables::sources::register(module)?;
    bind::tables::table::register(module)?;
    bind::cache::results::register(module)?;
    bind::cache::py_cache::register(module)
}
