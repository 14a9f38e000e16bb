//! One source: the archive's tree if it is certain to be the interpreter's, and otherwise a reason.

use lazyast::format::Tree;
use lazyast::{ArchiveBytes, PARSER_VERSION};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::interpreter::Interpreter;
use crate::{cache, materialize, probe};

/// A source as `ast.parse` takes it.
#[derive(FromPyObject)]
enum Source<'py> {
    Text(Bound<'py, PyString>),
    Bytes(Bound<'py, PyBytes>),
}

/// The `ast.Module` of a source, or `None` where the interpreter has to parse.
#[pyfunction]
fn parse<'py>(
    py: Python<'py>,
    source: Source<'py>,
    type_comments: bool,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Ok((interpreter, archive)) = find(py, &source, type_comments)? else { return Ok(None) };
    Ok(build(py, interpreter, archive.as_ref()))
}

/// Why the interpreter has to parse a source, or `None` where lazyast serves it.
#[pyfunction]
#[pyo3(signature = (source, type_comments = false))]
fn explain(py: Python<'_>, source: Source<'_>, type_comments: bool) -> PyResult<Option<String>> {
    Ok(find(py, &source, type_comments)?.err())
}

/// The archive of a source that lazyast serves, or the reason why it does not.
fn find(
    py: Python<'_>,
    source: &Source<'_>,
    type_comments: bool,
) -> PyResult<Result<(&'static Interpreter, ArchiveBytes), String>> {
    let Some(interpreter) = Interpreter::get(py)? else {
        return Ok(Err("version: this interpreter is not served".to_owned()));
    };
    let (bytes, is_text) = match source {
        Source::Bytes(bytes) => (bytes.as_bytes(), false),
        Source::Text(text) => match text.to_str() {
            Ok(text) if text.starts_with('\u{feff}') => {
                return Ok(Err("text: starts with a byte order mark".to_owned()));
            }
            Ok(text) => (text.as_bytes(), true),
            Err(_) => return Ok(Err("text: has lone surrogates".to_owned())),
        },
    };
    let cache = cache::of_process(py)?;
    let archive = match py.detach(|| cache.archive(bytes)) {
        Ok(archive) => archive,
        Err(refusal) => return Ok(Err(refused(&refusal))),
    };
    let reason = match Tree::open(archive.as_ref(), Some(PARSER_VERSION)) {
        Ok(tree) => left(py, interpreter, &tree, is_text, type_comments)?.map(str::to_owned),
        Err(error) => Some(format!("damage: {error}")),
    };
    Ok(reason.map_or(Ok((interpreter, archive)), Err))
}

/// The tree of an archive of bytes, unless the interpreter's own could differ.
pub(crate) fn module<'py>(py: Python<'py>, archive: &[u8]) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(interpreter) = Interpreter::get(py)? else { return Ok(None) };
    let Ok(tree) = Tree::open(archive, Some(PARSER_VERSION)) else { return Ok(None) };
    let served = left(py, interpreter, &tree, false, false)?.is_none();
    Ok(served.then(|| build(py, interpreter, archive)).flatten())
}

/// The tree of an archive. Where it is damaged, or the interpreter refuses a value (an integer with more
/// digits than it is set to take), there is none, and the interpreter parses.
fn build<'py>(
    py: Python<'py>,
    interpreter: &'static Interpreter,
    archive: &[u8],
) -> Option<Bound<'py, PyAny>> {
    let tree = Tree::open(archive, Some(PARSER_VERSION)).ok()?;
    materialize::module(py, interpreter, &tree).ok()
}

/// Why a source is left to the interpreter although there is an archive.
fn left(
    py: Python<'_>,
    interpreter: &'static Interpreter,
    tree: &Tree<'_>,
    is_text: bool,
    type_comments: bool,
) -> PyResult<Option<&'static str>> {
    let facts = tree.header().facts;
    Ok(if facts.minimum_python > interpreter.target.minor {
        Some("newer: the syntax is of a newer Python")
    } else if facts.warns {
        Some("warns: some interpreter warns about the source")
    } else if is_text && facts.reencoded {
        Some("text: names an encoding that its bytes would be decoded with")
    } else if type_comments && facts.type_comments {
        Some("type comments: the source has some")
    } else if probe::differs(py, interpreter, tree)? {
        Some("f-strings: this interpreter makes other trees of them")
    } else {
        None
    })
}

fn refused(refusal: &lazyast::Refusal) -> String {
    use lazyast::Refusal;
    let class = match refusal {
        Refusal::Syntax { .. } => "syntax",
        Refusal::Encoding(_) => "encoding",
        Refusal::Depth { .. } => "depth",
        Refusal::Size { .. } => "size",
        Refusal::Unsupported(_) => "unsupported",
    };
    format!("{class}: {refusal}")
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(parse, module)?)?;
    module.add_function(wrap_pyfunction!(explain, module)?)
}
