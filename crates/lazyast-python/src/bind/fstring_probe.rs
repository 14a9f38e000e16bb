//! F-strings, for which CPython's patch releases do not all create the same tree.
//!
//! Before the first f-string is served, the trees of a few f-strings are compared with the interpreter's own. If they
//! differ, sources with f-strings fall back to the interpreter.

use lazyast::format::{Kind, Tree};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::nodes::tree;
use crate::runtime::compiler;
use crate::runtime::interpreter::Interpreter;
use crate::runtime::once::once;

/// F-strings with everything that versions are known to treat differently.
const SOURCE: &str = r#"
f'' '' f'a' f'{x}' 'b' f'{y}c'
f'{x!r:>{y}}{z:{w}.{v}}{u:{t}s}'
f'{x=}{y = !s}a{z=:>{w}}'
f'{{{x}}}\n{{'
f'''
a {x} {
    y + z
} {a.b(c)[d]:{e}
} {f"{g}"}'''
(f'a{b}'
 f'{c, d}{(e)}{[f]}{ {g: h} }'
   'é' f'{i}')
"#;

static AGREES: PyOnceLock<bool> = PyOnceLock::new();

/// Whether a tree has f-strings and the interpreter parses f-strings differently.
pub(super) fn differs(py: Python<'_>, interpreter: &'static Interpreter, tree: &Tree<'_>) -> PyResult<bool> {
    if !tree.kinds().contains(&(Kind::JoinedStr as u8)) {
        return Ok(false);
    }
    once(py, &AGREES, || agrees(py, interpreter)).map(|agrees| !agrees)
}

fn agrees(py: Python<'_>, interpreter: &'static Interpreter) -> PyResult<bool> {
    let ast = py.import("ast")?;
    let options = PyDict::new(py);
    options.set_item("include_attributes", true)?;
    let dump = |tree| ast.call_method("dump", (tree,), Some(&options));
    let Ok(parsed) = lazyast::parse(SOURCE.as_bytes()) else { return Ok(false) };
    let Ok(context) = tree::open(parsed.bytes().clone()) else { return Ok(false) };
    let Ok(tree) = tree::module(py, interpreter, &context) else { return Ok(false) };
    dump(tree)?.eq(dump(compiler::parse(py, SOURCE)?)?)
}
