//! Which sources fall back to the interpreter although lazyast's parser serves them, and why.
//!
//! A reason is a text whose first word, before the colon, classifies it.

use lazyast::Unsupported;
use lazyast::format::Tree;
use pyo3::prelude::*;
use pyo3::types::PyCFunction;

use super::{fstring_probe, warnings};
use crate::runtime::interpreter::Interpreter;

/// The reason for a source that lazyast's parser does not serve.
pub(super) fn of_unsupported(reason: &Unsupported) -> String {
    let class = match reason {
        Unsupported::Syntax { .. } => "syntax",
        Unsupported::Encoding(_) => "encoding",
        Unsupported::Depth { .. } => "depth",
        Unsupported::Size { .. } => "size",
        _ => "unsupported",
    };
    format!("{class}: {reason}")
}

/// The reason if a source has an archive whose tree this interpreter's own tree could differ from.
pub(super) fn of_tree(
    py: Python<'_>,
    interpreter: &'static Interpreter,
    tree: &Tree<'_>,
    is_text: bool,
    type_comments: bool,
) -> PyResult<Option<&'static str>> {
    let facts = tree.header().facts;
    Ok(if facts.minimum_python > interpreter.target.minor {
        Some("newer: the syntax is of a newer Python")
    } else if facts.warns && !warnings::can_be_replayed(tree) {
        Some("warns: an interpreter warns about a number before a keyword")
    } else if is_text && facts.reencoded {
        Some("text: names an encoding with which its bytes would be decoded")
    } else if type_comments && facts.type_comments {
        Some("type comments: the source has type comments")
    } else if fstring_probe::differs(py, interpreter, tree)? {
        Some("f-strings: this interpreter parses f-strings differently")
    } else {
        None
    })
}

/// Whether `unicodedata.normalize` is the interpreter's own function. Its parser calls it by name for each identifier
/// that is not ASCII.
pub(super) fn normalizes_identifiers(py: Python<'_>) -> PyResult<bool> {
    let modules = py.import("sys")?.getattr("modules")?;
    let Ok(module) = modules.get_item("unicodedata") else { return Ok(true) };
    let Ok(normalize) = module.getattr("normalize") else { return Ok(false) };
    if normalize.cast::<PyCFunction>().is_err() {
        return Ok(false);
    }
    Ok(normalize.getattr("__self__")?.is(&module))
}
