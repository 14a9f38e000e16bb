//! The interpreter's own `compile` and parser, even if `builtins.compile` is replaced later.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use super::once::once;

/// `ast.PyCF_ONLY_AST`: the flag with which `compile` returns a tree.
pub(crate) const ONLY_AST: i64 = 0x400;

static COMPILE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Parses a source with the interpreter's own parser.
pub(crate) fn parse<'py>(py: Python<'py>, source: &str) -> PyResult<Bound<'py, PyAny>> {
    let options = PyDict::new(py);
    options.set_item("flags", ONLY_AST)?;
    options.set_item("dont_inherit", true)?;
    built_in_compile(py)?.call((source, "<lazyast>", "exec"), Some(&options))
}

/// The interpreter's own `compile`.
pub(crate) fn built_in_compile(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    let compile = once(py, &COMPILE, || {
        let compile = py.import("builtins")?.getattr("compile")?;
        // Under `lazyast run` a stand-in calls lazyast, and has the interpreter's own as an attribute.
        let own = compile.getattr("lazyast_interpreter_compile").unwrap_or(compile);
        Ok(own.unbind())
    })?;
    Ok(compile.bind(py))
}

/// Looks `compile` up on import, before anyone can replace it.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    built_in_compile(module.py()).map(drop)
}
