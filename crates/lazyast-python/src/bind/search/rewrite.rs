//! `rewrite`: replaces what a query finds in one source.

use lazyast::rewrite::{RewrittenSource, compile, rewrite_source};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use super::query::{PyQuery, invalid};
use crate::errors::RewriteError;

/// The byte order mark. A text with it can have no cookie but that of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A query, or the text of a pattern.
#[derive(FromPyObject)]
enum QueryOrPattern<'py> {
    Query(Bound<'py, PyQuery>),
    Pattern(String),
}

/// Replace what a query finds in a source, and return the new source.
///
/// `query` is a `Query`, or a `str`, which is a pattern. `template` is Python code with metavariables of the pattern; an
/// empty one deletes statements. The result has the type of `source`. Raises QueryError for an invalid query or template,
/// and RewriteError if lazyast does not parse the source, or if the replacements are not valid there.
#[pyfunction]
fn rewrite<'py>(
    source: &Bound<'py, PyAny>,
    query: QueryOrPattern<'_>,
    template: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let py = source.py();
    let query = match query {
        QueryOrPattern::Query(query) => query.get().inner().clone(),
        QueryOrPattern::Pattern(text) => lazyast::pattern(&text).map_err(invalid)?,
    };
    let rewrite = compile(&query, template).map_err(invalid)?;
    let rewritten = |source: &[u8]| -> PyResult<RewrittenSource> {
        rewrite_source(&rewrite, source).map_err(|error| RewriteError::new_err(error.to_string()))
    };
    if let Ok(bytes) = source.cast::<PyBytes>() {
        return Ok(PyBytes::new(py, &rewritten(bytes.as_bytes())?.source).into_any());
    }
    let text = source.cast::<PyString>()?.to_str()?;
    let bytes = [BYTE_ORDER_MARK, text.as_bytes()].concat();
    let new = rewritten(&bytes)?.source;
    let new = std::str::from_utf8(&new[BYTE_ORDER_MARK.len()..]);
    Ok(PyString::new(py, new.map_err(|error| RewriteError::new_err(error.to_string()))?).into_any())
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(rewrite, module)?)
}
