//! Parsing one source: the archive's tree if it is certain to be the interpreter's, and otherwise a reason to fall back.

use std::borrow::Cow;
use std::rc::Rc;
use std::time::Instant;

use lazyast::ArchiveBytes;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use super::{fallback, parse_counts, process_cache, warnings};
use crate::errors::{CorruptArchive, Error};
use crate::nodes::context::TreeContext;
use crate::nodes::registry::{self, TreeSource};
use crate::nodes::tree;
use crate::runtime::interpreter::Interpreter;

/// A source as `ast.parse` takes it.
#[derive(FromPyObject)]
enum SourceArgument<'py> {
    Text(Bound<'py, PyString>),
    Bytes(Bound<'py, PyBytes>),
}

impl SourceArgument<'_> {
    fn as_any(&self) -> &Bound<'_, PyAny> {
        match self {
            Self::Text(text) => text.as_any(),
            Self::Bytes(bytes) => bytes.as_any(),
        }
    }

    /// The source as bytes. `None` if it is text with lone surrogates.
    fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => text.to_str().ok().map(str::as_bytes),
            Self::Bytes(bytes) => Some(bytes.as_bytes()),
        }
    }
}

/// The `ast.Module` of a source, or `None` if the interpreter has to parse it.
///
/// A tree of at most `eager_limit` nodes is materialised at once. Beside the tree stands a text about which the
/// interpreter warns as about the source, or `None` if there are no warnings. With `keep_source`, the tree keeps the
/// source.
#[pyfunction]
#[pyo3(signature = (source, type_comments = false, eager_limit = 0, keep_source = false))]
fn parse<'py>(
    py: Python<'py>,
    source: SourceArgument<'py>,
    type_comments: bool,
    eager_limit: u32,
    keep_source: bool,
) -> PyResult<Option<ServedTree<'py>>> {
    let started = Instant::now();
    let served = parse_or_explain(py, &source, type_comments, eager_limit)?;
    if let Ok((module, _)) = &served
        && keep_source
    {
        registry::set_source(module, TreeSource::Object(source.as_any().clone().unbind()));
    }
    parse_counts::add_time(started.elapsed());
    Ok(served.map_err(|reason| parse_counts::add_fallback(&reason)).ok())
}

/// A module, and the text that makes the interpreter give the warnings of its source, if it has any.
pub(super) type ServedTree<'py> = (Bound<'py, PyAny>, Option<String>);

/// What [`parse`] gives, or the reason for which the interpreter has to parse the source.
fn parse_or_explain<'py>(
    py: Python<'py>,
    source: &SourceArgument<'py>,
    type_comments: bool,
    eager_limit: u32,
) -> PyResult<Result<ServedTree<'py>, String>> {
    let (interpreter, context) = match context_of(py, source, type_comments)? {
        Ok(found) => found,
        Err(reason) => return Ok(Err(reason)),
    };
    let bytes = source.as_bytes().unwrap_or_default();
    let text = || lazyast::text(bytes).ok().map(Cow::into_owned);
    let Some(text_that_warns) = text_that_warns(&context, text) else {
        return Ok(Err("warns: the interpreter warns about the source".to_owned()));
    };
    let is_small = context.tree().len() <= eager_limit;
    let create = if is_small { tree::whole_module } else { tree::module };
    let Ok(module) = create(py, interpreter, &context) else {
        return Ok(Err("damage".to_owned()));
    };
    parse_counts::add_served(bytes.len(), context.archive().is_cached());
    Ok(Ok((module, text_that_warns)))
}

/// Why the interpreter has to parse a source, or `None` if lazyast serves it.
#[pyfunction]
#[pyo3(signature = (source, type_comments = false))]
fn explain(py: Python<'_>, source: SourceArgument<'_>, type_comments: bool) -> PyResult<Option<String>> {
    Ok(context_of(py, &source, type_comments)?.err())
}

/// The tree context of a source that lazyast serves, or the reason to fall back.
fn context_of(
    py: Python<'_>,
    source: &SourceArgument<'_>,
    type_comments: bool,
) -> PyResult<Result<(&'static Interpreter, Rc<TreeContext>), String>> {
    let Some(interpreter) = Interpreter::get(py)? else {
        return Ok(Err("version: this interpreter is not served".to_owned()));
    };
    if interpreter.removes_docstrings {
        return Ok(Err("docstrings: python -OO removes them".to_owned()));
    }
    let (bytes, is_text) = match source {
        SourceArgument::Bytes(bytes) => (bytes.as_bytes(), false),
        SourceArgument::Text(text) => match text.to_str() {
            Ok(text) if text.starts_with('\u{feff}') => {
                return Ok(Err("text: starts with a byte order mark".to_owned()));
            }
            Ok(text) => (text.as_bytes(), true),
            Err(_) => return Ok(Err("text: has lone surrogates".to_owned())),
        },
    };
    if !bytes.is_ascii() && !fallback::normalizes_identifiers(py)? {
        return Ok(Err("unicodedata: normalize() is not the interpreter's own".to_owned()));
    }
    let cache = process_cache::of_process(py)?;
    let archive = match py.detach(|| cache.archive(bytes)) {
        Ok(archive) => archive,
        Err(reason) => return Ok(Err(fallback::of_unsupported(&reason))),
    };
    let context = match tree::open(archive) {
        Ok(context) => context,
        Err(error) => return Ok(Err(format!("damage: {error}"))),
    };
    let reason = fallback::of_tree(py, interpreter, context.tree(), is_text, type_comments)?;
    Ok(reason.map_or(Ok((interpreter, context)), |reason| Err(reason.to_owned())))
}

/// The archive of a source, or `None` if there is none. Its bytes mean the same on every machine.
#[pyfunction]
fn archive<'py>(py: Python<'py>, source: &[u8]) -> PyResult<Option<Bound<'py, PyBytes>>> {
    let cache = process_cache::of_process(py)?;
    let archive = py.detach(|| cache.archive(source)).ok();
    Ok(archive.map(|archive| PyBytes::new(py, archive.as_ref())))
}

/// The `ast.Module` of an archive from anywhere.
///
/// Damage raises `CorruptArchive`, now or when nodes are materialised. Bytes that someone has forged are not detected.
#[pyfunction]
fn open_archive<'py>(py: Python<'py>, archive: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let not_served =
        || Error::new_err("lazyast creates no trees for this interpreter: it serves CPython 3.11 to 3.15");
    let interpreter = Interpreter::get(py)?.ok_or_else(not_served)?;
    let context = tree::open(ArchiveBytes::copy(archive))
        .map_err(|error| CorruptArchive::new_err(format!("the archive cannot be opened: {error}")))?;
    Ok(tree::module(py, interpreter, &context)?)
}

/// The text that makes the interpreter give the warnings of a tree's source, if there are any. `None` if it cannot be made.
fn text_that_warns(context: &TreeContext, text: impl FnOnce() -> Option<String>) -> Option<Option<String>> {
    if !context.tree().header().facts.warns {
        return Some(None);
    }
    warnings::text_that_warns(context.tree(), &text()?).map(Some)
}

/// The tree of an archive whose source is bytes, as [`parse`] gives it, or `None` if the interpreter's own tree could differ.
/// `text` reads the source.
pub(super) fn module(
    py: Python<'_>,
    archive: ArchiveBytes,
    text: impl FnOnce() -> Option<String>,
) -> PyResult<Option<ServedTree<'_>>> {
    let Some(interpreter) = Interpreter::get(py)? else { return Ok(None) };
    let Ok(context) = tree::open(archive) else { return Ok(None) };
    if fallback::of_tree(py, interpreter, context.tree(), false, false)?.is_some() {
        return Ok(None);
    }
    let Some(text_that_warns) = text_that_warns(&context, text) else { return Ok(None) };
    Ok(tree::module(py, interpreter, &context).ok().map(|module| (module, text_that_warns)))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(parse, module)?)?;
    module.add_function(wrap_pyfunction!(archive, module)?)?;
    module.add_function(wrap_pyfunction!(open_archive, module)?)?;
    module.add_function(wrap_pyfunction!(explain, module)?)
}
