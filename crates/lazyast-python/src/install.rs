//! What `builtins.compile` is while `lazyast.install` is in force.
//!
//! The built-in function looks at the frame that calls it: future statements there are in force for the
//! source too. Its stand-in has to be native, because a function in Python would be that frame.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyInt, PyTuple};

/// `ast.PyCF_ONLY_AST`.
const ONLY_AST: i64 = 0x400;
/// `ast.PyCF_TYPE_COMMENTS`.
const TYPE_COMMENTS: i64 = 0x1000;
/// `CO_FUTURE_BARRY_AS_BDFL`: the one future statement that changes how a source is parsed.
const BARRY_AS_BDFL: i64 = 0x40_0000;

/// The function that was there, and what serves trees: called with a source, its file's name and whether type
/// comments are wanted, it gives a tree or `None`.
static BEHIND: PyOnceLock<(Py<PyAny>, Py<PyAny>)> = PyOnceLock::new();

/// Compile source into a code object that can be executed by exec() or eval().
///
/// This is the built-in function, except that trees are lazyast's while `lazyast.install()` is in force.
#[pyfunction]
#[pyo3(signature = (*args, **kwargs))]
fn compile<'py>(
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = args.py();
    let missing = || PyRuntimeError::new_err("lazyast: compile() was called before install()");
    let (original, serve) = BEHIND.get(py).ok_or_else(missing)?;
    if let Some((source, filename, type_comments)) = tree_wanted(args, kwargs) {
        let tree = serve.bind(py).call1((source, filename, "exec", type_comments))?;
        if !tree.is_none() {
            return Ok(tree);
        }
    }
    original.bind(py).call(args, kwargs)
}

/// The source, its file's name and whether type comments are wanted, if this is a call for a tree with no
/// other options.
fn tree_wanted<'py>(
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> Option<(Bound<'py, PyAny>, Bound<'py, PyAny>, bool)> {
    let py = args.py();
    let mut values: [Option<Bound<'py, PyAny>>; 7] = Default::default();
    let names = ["source", "filename", "mode", "flags", "dont_inherit", "optimize", "_feature_version"];
    if args.len() > 6 {
        return None;
    }
    for (place, value) in args.iter().enumerate() {
        values[place] = Some(value);
    }
    for (name, value) in kwargs.into_iter().flatten() {
        let place = names.iter().position(|known| name.extract::<&str>().is_ok_and(|name| name == *known))?;
        if values[place].replace(value).is_some() {
            return None;
        }
    }
    let [source, filename, mode, flags, dont_inherit, optimize, feature_version] = values;
    let number = |value: Option<Bound<'py, PyAny>>, default: i64| match value {
        None => Some(default),
        Some(value) => value.cast_exact::<PyInt>().ok()?.extract::<i64>().ok(),
    };
    let flags = number(flags, 0)?;
    let inherits = number(dont_inherit, 0)? == 0;
    let plain = number(optimize, -1)? == -1 && number(feature_version, -1)? == -1;
    let wanted = flags & !TYPE_COMMENTS == ONLY_AST;
    if !wanted || !plain || mode?.extract::<&str>().ok()? != "exec" || inherits && barry(py).unwrap_or(true) {
        return None;
    }
    Some((source?, filename?, flags & TYPE_COMMENTS != 0))
}

/// Whether the calling frame has `from __future__ import barry_as_FLUFL` in force.
fn barry(py: Python<'_>) -> PyResult<bool> {
    let code = match py.import("sys")?.call_method1("_getframe", (0,)) {
        Ok(frame) => frame.getattr("f_code")?,
        Err(_) => return Ok(false),
    };
    Ok(code.getattr("co_flags")?.extract::<i64>()? & BARRY_AS_BDFL != 0)
}

/// Says what [`compile`] stands in for, and what serves trees. Once for each process.
#[pyfunction]
fn stand_in(py: Python<'_>, original: Py<PyAny>, serve: Py<PyAny>) {
    let _ = BEHIND.set(py, (original, serve));
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(compile, module)?)?;
    module.add_function(wrap_pyfunction!(stand_in, module)?)
}
