//! What `builtins.compile` is while `lazyast.install` is in force.
//!
//! The built-in function looks at the frame that calls it: future statements there are in force for the
//! source too. Its stand-in has to be native, because a function in Python would be that frame.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyInt, PyTuple};

use crate::nodes::registry;
use crate::runtime::compiler::{ONLY_AST, built_in_compile};

/// Trees of at most so many nodes are made whole: code that never heard of lazyast may look at the exact
/// types of nodes before anything else, and what laziness would save here is less than a file access.
const WHOLE_NODES: u32 = 512;
/// `ast.PyCF_TYPE_COMMENTS`.
const TYPE_COMMENTS: i64 = 0x1000;
/// `CO_FUTURE_BARRY_AS_BDFL`: the one future statement that changes how a source is parsed.
const BARRY_AS_BDFL: i64 = 0x40_0000;

/// What serves trees: called with a source, its file's name, the mode, whether type comments are wanted and
/// up to how many nodes the tree is made whole, it gives a tree or `None`.
static SERVE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Compile source into a code object that can be executed by exec() or eval().
///
/// This is the built-in function, except that trees are lazyast's while `lazyast.install()` is in force.
#[pyfunction]
#[pyo3(
    signature = (*args, **kwargs),
    text_signature = "(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)"
)]
fn compile<'py>(
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = args.py();
    let original = built_in_compile(py)?;
    let Some((source, filename, type_comments)) = tree_wanted(args, kwargs) else {
        return original.call(args, kwargs);
    };
    let missing = || PyRuntimeError::new_err("lazyast: compile() was called before install()");
    let serve = SERVE.get(py).ok_or_else(missing)?.bind(py);
    let tree = serve.call1((source, filename, "exec", type_comments, WHOLE_NODES))?;
    if !tree.is_none() {
        return Ok(tree);
    }
    let tree = original.call(args, kwargs)?;
    registry::add_if_node(&tree)?;
    Ok(tree)
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
        // `True` is a number here as well.
        Some(value) if value.cast_exact::<PyInt>().is_ok() || value.cast_exact::<PyBool>().is_ok() => {
            value.extract::<i64>().ok()
        }
        Some(_) => None,
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

/// Says what serves trees. Once for each process.
#[pyfunction]
fn serve_with(py: Python<'_>, serve: Py<PyAny>) {
    let _ = SERVE.set(py, serve);
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(compile, module)?)?;
    module.add_function(wrap_pyfunction!(serve_with, module)?)
}
