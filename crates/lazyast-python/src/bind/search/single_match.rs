//! `Match`: one match of a query.

use lazyast::format::encoding::Span;
use lazyast::query::Hit;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::file::MatchedFile;
use super::result::PySearchResult;
use crate::errors::corrupt;

/// A match of a query.
#[pyclass(module = "lazyast", frozen, name = "Match")]
pub(super) struct PyMatch {
    result: Py<PySearchResult>,
    /// The index of the file in the result.
    file: usize,
    hit: Hit,
}

impl PyMatch {
    /// The match with a number in the result of a search.
    pub(super) fn new(py: Python<'_>, result: &Py<PySearchResult>, number: usize) -> Self {
        let (file, hit) = result.get().hit(number);
        Self { result: result.clone_ref(py), file, hit }
    }

    /// Whether this is the match with a number in a result.
    pub(super) fn is(&self, result: &Py<PySearchResult>, number: usize) -> bool {
        self.result.is(result) && (self.file, self.hit) == result.get().hit(number)
    }

    fn file(&self) -> &MatchedFile {
        &self.result.get().files[self.file]
    }

    fn span(&self) -> PyResult<Span> {
        self.result.get().span(self.file(), self.hit)
    }
}

#[pymethods]
impl PyMatch {
    /// The path of the file, as it was found; `None` if a single tree was searched.
    #[getter]
    fn path(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.file().path(py)
    }

    /// The project's `Module`, whose `tree` contains the node; `None` if a single tree was searched.
    #[getter]
    fn module<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.result.get().module(py, self.file())
    }

    /// The name of the node's class.
    #[getter]
    fn kind(&self) -> PyResult<&'static str> {
        self.file().tree().kind(self.hit.node).map(|kind| kind.name()).map_err(|damage| corrupt(&damage))
    }

    /// The first line, from 1.
    ///
    /// Where a pattern has matched decorators, the match starts at the `@` of the first of them; `node` has the position
    /// that `ast` gives it. Without the source, the line is that of the decorator's expression.
    #[getter]
    fn lineno(&self) -> PyResult<u32> {
        Ok(self.span()?.start.line)
    }

    /// The start in the first line, in bytes of UTF-8 from 0.
    #[getter]
    fn col_offset(&self) -> PyResult<u32> {
        Ok(self.span()?.start.column)
    }

    /// The last line, from 1.
    #[getter]
    fn end_lineno(&self) -> PyResult<u32> {
        Ok(self.span()?.end.line)
    }

    /// The end in the last line, in bytes of UTF-8 from 0.
    #[getter]
    fn end_col_offset(&self) -> PyResult<u32> {
        Ok(self.span()?.end.column)
    }

    /// The node; the first one if the match is a sequence of statements. The same object each time.
    #[getter]
    fn node<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.result.get().node(py, self.file(), self.hit.node)
    }

    /// The nodes: one, or all statements if the match is a sequence of statements.
    #[getter]
    fn nodes<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let statements = self.hit.statements(self.file().tree());
        statements.into_iter().map(|node| self.result.get().node(py, self.file(), node)).collect()
    }

    /// What each metavariable matched: a node, a `str` for an identifier, or a list of these for `$$$`.
    #[getter]
    fn captures<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let result = self.result.get();
        let captures = PyDict::new(py);
        for capture in result.captures(self.file(), self.hit)? {
            captures.set_item(&capture.name, result.capture_object(py, self.file(), &capture)?)?;
        }
        Ok(captures)
    }

    /// The source of the match. Raises `UnreadableFile` if the file has changed since the search.
    #[getter]
    fn text(&self) -> PyResult<&str> {
        let text = self.file().text()?;
        let range = self.hit.range(self.file().tree(), Some(text));
        let (start, end) = range.map_err(|damage| corrupt(&damage))?;
        text.get(start as usize..end as usize)
            .ok_or_else(|| PyValueError::new_err("the source given is not that of the tree"))
    }

    fn __repr__(&self) -> PyResult<String> {
        let id = self.file().module_id.as_ref();
        let path = id.map_or("a tree".to_owned(), |id| id.path.display().to_string());
        let start = self.span()?.start;
        Ok(format!("<Match: {} in {path}, line {}, column {}>", self.kind()?, start.line, start.column))
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.result)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.result.is(&other.result) && self.file == other.file && self.hit == other.hit
    }

    fn __hash__(&self) -> u64 {
        (self.result.as_ptr() as u64) ^ (self.file as u64) << 32 ^ u64::from(self.hit.node)
    }
}
