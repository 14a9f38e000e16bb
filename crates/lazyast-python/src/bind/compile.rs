//! The function that replaces `builtins.compile` while `lazyast.install` is in force.
//!
//! The built-in function inherits future statements from the frame that calls it. A replacement in Python would be
//! that frame, so this one is native.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::exceptions::PyRuntimeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyInt, PyString, PyTuple};

use super::parse_counts;
use crate::nodes::registry;
use crate::runtime::compiler::{ONLY_AST, built_in_compile};
use crate::runtime::once::once;

/// Trees of at most so many nodes are materialised at once. Code that is not written for lazyast may compare the exact
/// types of nodes first, and laziness would save less than reading the file takes.
const LAZY_EAGER_LIMIT: u32 = 512;
/// Whether larger trees are materialised on access. Otherwise no code that runs in the process can tell a tree from
/// one that the interpreter has made.
static IS_LAZY: AtomicBool = AtomicBool::new(false);
/// `ast.PyCF_TYPE_COMMENTS`.
const TYPE_COMMENTS: i64 = 0x1000;
/// `CO_FUTURE_BARRY_AS_BDFL`: the one future statement that changes how a source is parsed.
const BARRY_AS_BDFL: i64 = 0x40_0000;

/// The parameters of the built-in function. 3.15 introduced the last.
const PARAMETERS: [&str; 8] =
    ["source", "filename", "mode", "flags", "dont_inherit", "optimize", "_feature_version", "module"];
/// How many of them can be positional.
const POSITIONAL_COUNT: usize = 6;

/// The Python function that serves trees. It is called with a source, its file's name, the mode, whether type comments
/// are requested, an eager limit, and the module that warnings name, and returns a tree or `None`.
static SERVE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// `sys._getframe`.
static GET_FRAME: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

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
    serve_or_compile(args, kwargs)
}

/// Compile source into a code object that can be executed by exec() or eval().
///
/// This is the built-in function, except that trees are lazyast's while `lazyast.install()` is in force.
#[pyfunction]
#[pyo3(
    name = "compile",
    signature = (*args, **kwargs),
    text_signature = "(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, module=None, _feature_version=-1)"
)]
fn compile_since_315<'py>(
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    serve_or_compile(args, kwargs)
}

fn serve_or_compile<'py>(
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = args.py();
    let original = built_in_compile(py)?;
    let TreeRequest { source, filename, type_comments, module } = match TreeRequest::of(args, kwargs) {
        Ok(request) => request,
        Err(NotServed::NoTree) => return original.call(args, kwargs),
        Err(NotServed::Tree(reason)) => {
            parse_counts::add_fallback(reason);
            return original.call(args, kwargs);
        }
    };
    let missing = || PyRuntimeError::new_err("lazyast: compile() was called before install()");
    let serve = SERVE.get(py).ok_or_else(missing)?.bind(py);
    let eager_limit = if IS_LAZY.load(Ordering::Relaxed) { LAZY_EAGER_LIMIT } else { u32::MAX };
    let tree = serve.call1((source, filename, "exec", type_comments, eager_limit, module))?;
    if !tree.is_none() {
        return Ok(tree);
    }
    let tree = original.call(args, kwargs)?;
    registry::add_if_node(&tree)?;
    Ok(tree)
}

/// A call of `compile` for a tree, without options that lazyast does not serve.
struct TreeRequest<'py> {
    source: Bound<'py, PyAny>,
    filename: Bound<'py, PyAny>,
    type_comments: bool,
    /// The module that warnings name.
    module: Option<Bound<'py, PyAny>>,
}

/// A call of `compile` that lazyast does not serve.
enum NotServed {
    /// It compiles, or it is invalid.
    NoTree,
    /// It requests a tree. The reason is an option or an argument.
    Tree(&'static str),
}

impl<'py> TreeRequest<'py> {
    fn of(args: &Bound<'py, PyTuple>, kwargs: Option<&Bound<'py, PyDict>>) -> Result<Self, NotServed> {
        let py = args.py();
        let [source, filename, mode, flags, dont_inherit, optimize, feature_version, module] =
            arguments(args, kwargs).ok_or(NotServed::NoTree)?;
        let flags = number(flags, 0).ok_or(NotServed::NoTree)?;
        if flags & ONLY_AST == 0 {
            return Err(NotServed::NoTree);
        }
        let inherits = number(dont_inherit, 0).ok_or(NotServed::NoTree)? == 0;
        let mode = mode.ok_or(NotServed::NoTree)?;
        let has_valid_module = module
            .as_ref()
            .is_none_or(|module| module.is_none() || module.is_exact_instance_of::<PyString>());
        let reason = if mode.extract::<&str>().ok() != Some("exec") {
            Some("argument mode is not exec")
        } else if flags & !TYPE_COMMENTS != ONLY_AST {
            Some("argument flags has others than PyCF_ONLY_AST and PyCF_TYPE_COMMENTS")
        } else if !number(optimize, -1).is_some_and(|level| levels_without_effect(py).contains(&level)) {
            Some("argument optimize")
        } else if number(feature_version, -1) != Some(-1) {
            Some("argument feature_version")
        } else if !has_valid_module {
            Some("argument module")
        } else if inherits && inherits_barry(py).unwrap_or(true) {
            Some("from __future__ import barry_as_FLUFL")
        } else {
            None
        };
        match (reason, source, filename) {
            (Some(reason), ..) => Err(NotServed::Tree(reason)),
            (None, Some(source), Some(filename)) => {
                Ok(Self { source, filename, type_comments: flags & TYPE_COMMENTS != 0, module })
            }
            _ => Err(NotServed::NoTree),
        }
    }
}

/// The values of `optimize` that change nothing in a tree. From 3.14 on, the level 2 removes docstrings.
fn levels_without_effect(py: Python<'_>) -> RangeInclusive<i64> {
    if py.version_info() >= (3, 14) { -1..=1 } else { -1..=2 }
}

/// The arguments of a call of `compile`, by parameter. `None` if the call is invalid.
fn arguments<'py>(
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> Option<[Option<Bound<'py, PyAny>>; 8]> {
    let count = if args.py().version_info() >= (3, 15) { PARAMETERS.len() } else { PARAMETERS.len() - 1 };
    let mut values: [Option<Bound<'py, PyAny>>; 8] = Default::default();
    if args.len() > POSITIONAL_COUNT {
        return None;
    }
    for (index, value) in args.iter().enumerate() {
        values[index] = Some(value);
    }
    for (name, value) in kwargs.into_iter().flatten() {
        let name: &str = name.extract().ok()?;
        let index = PARAMETERS[..count].iter().position(|parameter| *parameter == name)?;
        if values[index].replace(value).is_some() {
            return None;
        }
    }
    Some(values)
}

/// An argument as a number, if it is an `int` or a `bool`.
fn number(value: Option<Bound<'_, PyAny>>, default: i64) -> Option<i64> {
    match value {
        None => Some(default),
        Some(value) if value.cast_exact::<PyInt>().is_ok() || value.cast_exact::<PyBool>().is_ok() => {
            value.extract::<i64>().ok()
        }
        Some(_) => None,
    }
}

/// Whether the calling frame has `from __future__ import barry_as_FLUFL` in force.
fn inherits_barry(py: Python<'_>) -> PyResult<bool> {
    let get_frame = once(py, &GET_FRAME, || Ok(py.import("sys")?.getattr("_getframe")?.unbind()))?;
    let Ok(frame) = get_frame.bind(py).call0() else { return Ok(false) };
    Ok(frame.getattr(intern!(py, "f_code"))?.getattr(intern!(py, "co_flags"))?.extract::<i64>()?
        & BARRY_AS_BDFL
        != 0)
}

/// Sets whether `compile` returns trees that are materialised on access.
#[pyfunction]
fn set_lazy(lazy: bool) {
    IS_LAZY.store(lazy, Ordering::Relaxed);
}

/// Sets the function that serves trees, once per process.
#[pyfunction]
fn serve_with(py: Python<'_>, serve: Py<PyAny>) {
    let _ = SERVE.set(py, serve);
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // `inspect.signature` shows the parameter that 3.15 introduced.
    if module.py().version_info() >= (3, 15) {
        module.add_function(wrap_pyfunction!(compile_since_315, module)?)?;
    } else {
        module.add_function(wrap_pyfunction!(compile, module)?)?;
    }
    module.add_function(wrap_pyfunction!(set_lazy, module)?)?;
    module.add_function(wrap_pyfunction!(serve_with, module)?)
}
