//! One source: the archive's tree if it is certain to be the interpreter's, and otherwise a reason.

use std::rc::Rc;

use lazyast::ArchiveBytes;
use lazyast::format::Tree;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCFunction, PyString};

use super::{fstring_probe, process_cache};
use crate::errors::{CorruptArchive, Error};
use crate::nodes::context::TreeContext;
use crate::nodes::{materialise, tree};
use crate::runtime::interpreter::Interpreter;

/// A source as `ast.parse` takes it.
#[derive(FromPyObject)]
enum Source<'py> {
    Text(Bound<'py, PyString>),
    Bytes(Bound<'py, PyBytes>),
}

/// The `ast.Module` of a source, or `None` where the interpreter has to parse.
///
/// A tree of at most `whole` nodes has all of them made at once.
#[pyfunction]
#[pyo3(signature = (source, type_comments = false, whole = 0))]
fn parse<'py>(
    py: Python<'py>,
    source: Source<'py>,
    type_comments: bool,
    whole: u32,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Ok((interpreter, context)) = find(py, &source, type_comments)? else { return Ok(None) };
    let is_small = context.tree().len() <= whole;
    let Ok(module) = tree::module(py, interpreter, &context) else { return Ok(None) };
    if is_small && materialise::materialise_subtrees(interpreter, vec![module.clone()]).is_err() {
        return Ok(None);
    }
    Ok(Some(module))
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
) -> PyResult<Result<(&'static Interpreter, Rc<TreeContext>), String>> {
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
    if !bytes.is_ascii() && !normalizes(py)? {
        return Ok(Err("unicodedata: normalize() is not the interpreter's own".to_owned()));
    }
    let cache = process_cache::of_process(py)?;
    let archive = match py.detach(|| cache.archive(bytes)) {
        Ok(archive) => archive,
        Err(reason) => return Ok(Err(explained(&reason))),
    };
    let context = match tree::open(archive) {
        Ok(context) => context,
        Err(error) => return Ok(Err(format!("damage: {error}"))),
    };
    let reason = left(py, interpreter, context.tree(), is_text, type_comments)?;
    Ok(reason.map_or(Ok((interpreter, context)), |reason| Err(reason.to_owned())))
}

/// The archive of a source, in bytes that mean the same on every machine, or `None` where there is none.
#[pyfunction]
fn archive<'py>(py: Python<'py>, source: &[u8]) -> PyResult<Option<Bound<'py, PyBytes>>> {
    let cache = process_cache::of_process(py)?;
    let archive = py.detach(|| cache.archive(source)).ok();
    Ok(archive.map(|archive| PyBytes::new(py, archive.as_ref())))
}

/// The `ast.Module` of an archive, whoever made it. What damage there is shows as `CorruptArchive`, now or when
/// nodes are touched; whether the bytes are somebody's work and not damage cannot be seen.
#[pyfunction]
fn open_archive<'py>(py: Python<'py>, archive: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let not_served =
        || Error::new_err("lazyast makes no trees for this interpreter: it serves CPython 3.11 to 3.13");
    let interpreter = Interpreter::get(py)?.ok_or_else(not_served)?;
    let context = tree::open(ArchiveBytes::copy(archive))
        .map_err(|error| CorruptArchive::new_err(format!("the archive cannot be opened: {error}")))?;
    Ok(tree::module(py, interpreter, &context)?)
}

/// The tree of an archive of bytes, unless the interpreter's own could differ.
pub(crate) fn module(py: Python<'_>, archive: ArchiveBytes) -> PyResult<Option<Bound<'_, PyAny>>> {
    let Some(interpreter) = Interpreter::get(py)? else { return Ok(None) };
    let Ok(context) = tree::open(archive) else { return Ok(None) };
    let served = left(py, interpreter, context.tree(), false, false)?.is_none();
    Ok(served.then(|| tree::module(py, interpreter, &context).ok()).flatten())
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
    } else if fstring_probe::differs(py, interpreter, tree)? {
        Some("f-strings: this interpreter makes other trees of them")
    } else {
        None
    })
}

/// Whether the interpreter's parser would get identifiers from `unicodedata.normalize` as it came, which it
/// looks up each time.
fn normalizes(py: Python<'_>) -> PyResult<bool> {
    let modules = py.import("sys")?.getattr("modules")?;
    let Ok(module) = modules.get_item("unicodedata") else { return Ok(true) };
    let Ok(normalize) = module.getattr("normalize") else { return Ok(false) };
    if normalize.cast::<PyCFunction>().is_err() {
        return Ok(false);
    }
    Ok(normalize.getattr("__self__")?.is(&module))
}

fn explained(reason: &lazyast::Unsupported) -> String {
    use lazyast::Unsupported;
    let class = match reason {
        Unsupported::Syntax { .. } => "syntax",
        Unsupported::Encoding(_) => "encoding",
        Unsupported::Depth { .. } => "depth",
        Unsupported::Size { .. } => "size",
        _ => "unsupported",
    };
    format!("{class}: {reason}")
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(parse, module)?)?;
    module.add_function(wrap_pyfunction!(archive, module)?)?;
    module.add_function(wrap_pyfunction!(open_archive, module)?)?;
    module.add_function(wrap_pyfunction!(explain, module)?)
}
