//! F-strings and t-strings, for which CPython's patch releases do not all create the same tree.
//!
//! Before the first f-string or t-string is served, the trees of a few are compared with the interpreter's own. If they
//! differ, sources with such strings fall back to the interpreter.

use lazyast::format::{Kind, Tree};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString};

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

/// The same for t-strings, which 3.14 introduced.
const TEMPLATES: &str = r#"
t'' t'a' t'{x}' t'b{{' rt'\d{y}c'
t'{ x }{ y = }{z = !r:>{w}}{x
}{u !s:{t}a}{x == y}{*a, b}{(c)}'
t'{f"{a}"}{t"{b:{c}}"}{d["e"]}'
"#;

static FSTRINGS_AGREE: PyOnceLock<bool> = PyOnceLock::new();
static TEMPLATES_AGREE: PyOnceLock<bool> = PyOnceLock::new();

/// Whether a tree has f-strings or t-strings and the interpreter parses them differently.
pub(super) fn differs(py: Python<'_>, interpreter: &'static Interpreter, tree: &Tree<'_>) -> PyResult<bool> {
    let probes =
        [(Kind::JoinedStr, &FSTRINGS_AGREE, SOURCE), (Kind::TemplateStr, &TEMPLATES_AGREE, TEMPLATES)];
    for (kind, agrees, source) in probes {
        let is_probed = tree.kinds().contains(&(kind as u8));
        if is_probed && !*once(py, agrees, || compare(py, interpreter, source))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the interpreter's own tree of a source is the same.
fn compare(py: Python<'_>, interpreter: &'static Interpreter, source: &str) -> PyResult<bool> {
    let Ok(parsed) = lazyast::parse(source.as_bytes()) else { return Ok(false) };
    let Ok(context) = tree::open(parsed.bytes().clone()) else { return Ok(false) };
    let Ok(tree) = tree::whole_module(py, interpreter, &context) else { return Ok(false) };
    are_equal(interpreter, tree, compiler::parse(py, source)?)
}

/// Whether two trees have the same types and values everywhere, positions included.
fn are_equal<'py>(
    interpreter: &'static Interpreter,
    left: Bound<'py, PyAny>,
    right: Bound<'py, PyAny>,
) -> PyResult<bool> {
    let mut pending = vec![(left, right)];
    while let Some((left, right)) = pending.pop() {
        if !left.get_type().is(right.get_type()) {
            return Ok(false);
        }
        if interpreter.is_node(&left) {
            for names in ["_fields", "_attributes"] {
                for name in left.getattr(names)?.try_iter()? {
                    let name = name?.cast_into::<PyString>()?;
                    match (left.getattr_opt(&name)?, right.getattr_opt(&name)?) {
                        (Some(left), Some(right)) => pending.push((left, right)),
                        (None, None) => {}
                        _ => return Ok(false),
                    }
                }
            }
        } else if let (Ok(left), Ok(right)) = (left.cast::<PyList>(), right.cast::<PyList>()) {
            if left.len() != right.len() {
                return Ok(false);
            }
            pending.extend(left.iter().zip(right.iter()));
        } else if !left.eq(&right)? {
            return Ok(false);
        }
    }
    Ok(true)
}
