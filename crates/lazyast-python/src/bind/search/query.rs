//! `Query`: a compiled pattern or selector.

use std::borrow::Cow;
use std::ffi::CString;

use lazyast::{NameMatching, PatternOptions};
use pyo3::exceptions::{PyRuntimeWarning, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use super::file::MatchedFile;
use super::matches::PyMatches;
use crate::errors::{QueryError, query_failed};
use crate::nodes::registry;

/// The most characters of a combined query's repr. Queries that are combined in a loop are rejected before long, but
/// their text would be huge by then.
const MAX_REPR: usize = 1000;

/// A compiled query, for any number of projects and trees.
///
/// `lazyast.pattern` and `lazyast.selector` make queries. A method that takes another query also takes a `str`, which
/// is a selector.
#[pyclass(module = "lazyast", frozen, name = "Query")]
pub(crate) struct PyQuery {
    inner: lazyast::Query,
    text: String,
}

/// A query, or the text of a selector.
#[derive(FromPyObject)]
enum QueryOrSelector<'py> {
    Query(Bound<'py, PyQuery>),
    Selector(String),
}

impl QueryOrSelector<'_> {
    /// The query, and the text that makes it again.
    fn compiled(self) -> PyResult<(lazyast::Query, String)> {
        Ok(match self {
            Self::Query(query) => (query.get().inner.clone(), query.get().text.clone()),
            Self::Selector(text) => (lazyast::selector(&text).map_err(invalid)?, format!("{text:?}")),
        })
    }
}

/// The exception for an invalid query.
pub(super) fn invalid(error: lazyast::QueryError) -> PyErr {
    QueryError::new_err(error.to_string())
}

fn pattern_options(literal_names: bool, fold_constants: bool) -> PatternOptions {
    let names = if literal_names { NameMatching::Literal } else { NameMatching::Resolved };
    PatternOptions { names, fold_constants }
}

/// The text that makes a query again.
fn repr(language: &str, text: &str, options: PatternOptions) -> String {
    let names = if options.names == NameMatching::Literal { ", literal_names=True" } else { "" };
    let constants = if options.fold_constants { ", fold_constants=True" } else { "" };
    format!("{language}({text:?}{names}{constants})")
}

/// Compile a pattern: Python code with metavariables. Raises `QueryError`.
///
/// A dotted name matches what stands for it in files that import it; with `literal_names`, it is compared as text. With
/// `fold_constants`, constants are compared by value, however they are written: `3600` matches `60 * 60`.
#[pyfunction]
#[pyo3(signature = (text, *, literal_names = false, fold_constants = false))]
fn pattern(text: String, literal_names: bool, fold_constants: bool) -> PyResult<PyQuery> {
    let options = pattern_options(literal_names, fold_constants);
    let inner = lazyast::pattern_with(&text, options).map_err(invalid)?;
    Ok(PyQuery { inner, text: repr("pattern", &text, options) })
}

/// Compile a selector. Raises `QueryError`. The options are those of `pattern`, for the patterns in it.
#[pyfunction]
#[pyo3(signature = (text, *, literal_names = false, fold_constants = false))]
fn selector(text: String, literal_names: bool, fold_constants: bool) -> PyResult<PyQuery> {
    let options = pattern_options(literal_names, fold_constants);
    let inner = lazyast::selector_with(&text, options).map_err(invalid)?;
    Ok(PyQuery { inner, text: repr("selector", &text, options) })
}

impl PyQuery {
    pub(crate) fn inner(&self) -> &lazyast::Query {
        &self.inner
    }

    /// Combines two queries. `repr` is what the combination adds to the repr of the first; `*` stands for the second.
    fn combine(
        &self,
        other: QueryOrSelector<'_>,
        repr: &str,
        combine: impl Fn(&lazyast::Query, &lazyast::Query) -> Result<lazyast::Query, lazyast::QueryError>,
    ) -> PyResult<Self> {
        let (other, text) = other.compiled()?;
        let inner = combine(&self.inner, &other).map_err(invalid)?;
        let text = format!("{}{}", self.text, repr.replace('*', &text)).chars().take(MAX_REPR).collect();
        Ok(Self { inner, text })
    }
}

#[pymethods]
impl PyQuery {
    /// Matches of this query that are somewhere inside a match of another query. With `until`, no match of that query may
    /// be between the two.
    #[pyo3(signature = (other, until = None))]
    fn inside(&self, other: QueryOrSelector<'_>, until: Option<QueryOrSelector<'_>>) -> PyResult<Self> {
        let Some(until) = until else { return self.combine(other, ".inside(*)", lazyast::Query::inside) };
        let (until, text) = until.compiled()?;
        let repr = format!(".inside(*, until={text})");
        self.combine(other, &repr, |query, other| query.inside_until(other, &until))
    }

    /// Matches of this query that come after a match of another query in the same block.
    fn follows(&self, other: QueryOrSelector<'_>) -> PyResult<Self> {
        self.combine(other, ".follows(*)", lazyast::Query::follows)
    }

    /// Matches of this query that come before a match of another query in the same block.
    fn precedes(&self, other: QueryOrSelector<'_>) -> PyResult<Self> {
        self.combine(other, ".precedes(*)", lazyast::Query::precedes)
    }

    /// Matches of this query that have a match of another query somewhere inside.
    fn has(&self, other: QueryOrSelector<'_>) -> PyResult<Self> {
        self.combine(other, ".has(*)", lazyast::Query::has)
    }

    /// Matches of this query that are no matches of another query.
    fn not_(&self, other: QueryOrSelector<'_>) -> PyResult<Self> {
        self.combine(other, ".not_(*)", lazyast::Query::without)
    }

    /// Matches for which everything that the metavariable `name` captured is a match of another query.
    ///
    /// With one argument: matches that fulfil a condition on captures: `"$A == $B"`, `"$A != $B"` or `"$N > 100"`.
    #[pyo3(name = "where", signature = (name, other = None))]
    fn where_(&self, name: &str, other: Option<QueryOrSelector<'_>>) -> PyResult<Self> {
        let Some(other) = other else {
            let inner = lazyast::restricted(&self.inner, name, PatternOptions::default()).map_err(invalid)?;
            let text = format!("{}.where({name:?})", self.text).chars().take(MAX_REPR).collect();
            return Ok(Self { inner, text });
        };
        let repr = format!(".where({name:?}, *)");
        self.combine(other, &repr, |query, other| query.captured(name, other))
    }

    fn __and__(&self, other: QueryOrSelector<'_>) -> PyResult<Self> {
        self.combine(other, " & *", lazyast::Query::and)
    }

    fn __or__(&self, other: QueryOrSelector<'_>) -> PyResult<Self> {
        self.combine(other, " | *", lazyast::Query::or)
    }

    /// What the query is compiled to, as text for people.
    fn explain(&self) -> String {
        self.inner.to_string()
    }

    /// The matches in one tree, as it was when lazyast parsed it.
    ///
    /// `source` is the tree's source, for `Match.text`. Raises ValueError for a tree that lazyast did not make.
    #[pyo3(signature = (tree, source = None))]
    fn find<'py>(
        &self,
        tree: Bound<'py, PyAny>,
        source: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyMatches>> {
        let py = tree.py();
        let context = registry::context_of(&tree).ok_or_else(|| {
            PyValueError::new_err(
                "lazyast did not make this tree: parse its source with lazyast.parse, and keep the root",
            )
        })?;
        let text = source.map(|source| text_of(&source)).transpose()?.flatten();
        let found = self.inner.search(context.tree()).map_err(|error| query_failed(&error, "the tree"))?;
        if let Some(limit) = found.limit_error() {
            let message = CString::new(format!("lazyast: {limit}"))?;
            PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), &message, 1)?;
        }
        let hits = found.hits;
        let mut files = Vec::new();
        if !hits.is_empty() {
            files.push(MatchedFile::in_tree(context.archive().clone(), tree.unbind(), text, hits)?);
        }
        PyMatches::new(py, self.inner.clone(), files, None, Vec::new())
    }

    fn __repr__(&self) -> String {
        format!("lazyast.{}", self.text)
    }
}

/// The text that positions refer to, from a `str` or from bytes that can be decoded.
fn text_of(source: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    Ok(match source.cast::<PyBytes>() {
        Ok(bytes) => lazyast::text(bytes.as_bytes()).ok().map(Cow::into_owned),
        Err(_) => Some(source.cast::<PyString>()?.to_str()?.replace("\r\n", "\n").replace('\r', "\n")),
    })
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyQuery>()?;
    module.add_function(wrap_pyfunction!(pattern, module)?)?;
    module.add_function(wrap_pyfunction!(selector, module)?)
}
