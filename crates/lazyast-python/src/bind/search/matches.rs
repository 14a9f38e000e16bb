//! `Matches`: the sequence of matches that a search returns.

use std::path::PathBuf;
use std::sync::Arc;

use lazyast::query::Hit;
use pyo3::exceptions::{PyIndexError, PyKeyError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PySlice, PyTuple};

use super::file::MatchedFile;
use super::result::PySearchResult;
use super::rewritten::{PyRewritten, rewrite_matches};
use super::single_match::PyMatch;
use crate::bind::tables::{self, table::PyTable};

/// The matches of a query, in the order of paths and of trees: a sequence of `Match` objects, which are created when
/// they are accessed.
#[pyclass(module = "lazyast", frozen, sequence, name = "Matches")]
pub(crate) struct PyMatches {
    result: Py<PySearchResult>,
    /// The numbers of the hits, if this is a slice of the result.
    selected: Option<Arc<Vec<usize>>>,
}

impl PyMatches {
    /// All matches of a search. `make_module` creates a project's `Module` from its index.
    pub(crate) fn new<'py>(
        py: Python<'py>,
        query: lazyast::Query,
        files: Vec<MatchedFile>,
        make_module: Option<Py<PyAny>>,
        unsearched: Vec<PathBuf>,
    ) -> PyResult<Bound<'py, Self>> {
        let result = PySearchResult::new(py, query, files, make_module, unsearched);
        Bound::new(py, Self { result: Py::new(py, result)?, selected: None })
    }

    /// The number of a hit in the result, by its index here.
    fn number(&self, index: usize) -> usize {
        self.selected.as_ref().map_or(index, |selected| selected[index])
    }

    fn at(&self, py: Python<'_>, index: usize) -> PyMatch {
        PyMatch::new(py, &self.result, self.number(index))
    }

    fn is_at(&self, index: usize, value: &Bound<'_, PyAny>) -> bool {
        value.cast::<PyMatch>().is_ok_and(|value| value.get().is(&self.result, self.number(index)))
    }

    /// The hits in order, each with its file.
    fn hits(&self) -> impl Iterator<Item = (&MatchedFile, Hit)> {
        let result = self.result.get();
        (0..self.__len__()).map(|index| {
            let (file, hit) = result.hit(self.number(index));
            (&result.files[file], hit)
        })
    }
}

#[pymethods]
impl PyMatches {
    fn __len__(&self) -> usize {
        self.selected.as_ref().map_or_else(|| self.result.get().len(), |selected| selected.len())
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let length = self.__len__();
        if let Ok(slice) = index.cast::<PySlice>() {
            let indices = slice.indices(length as isize)?;
            let index = |step: usize| (indices.start + step as isize * indices.step) as usize;
            let selected = (0..indices.slicelength).map(|step| self.number(index(step))).collect();
            let matches = Self { result: self.result.clone_ref(py), selected: Some(Arc::new(selected)) };
            return Ok(Bound::new(py, matches)?.into_any());
        }
        let index: isize = index.extract().map_err(|error: PyErr| {
            if error.is_instance_of::<PyOverflowError>(py) {
                PyIndexError::new_err("match index out of range")
            } else {
                PyTypeError::new_err("indices of matches must be integers or slices")
            }
        })?;
        let index = if index < 0 { index.saturating_add(length as isize) } else { index };
        let index = usize::try_from(index).ok().filter(|index| *index < length);
        let index = index.ok_or_else(|| PyIndexError::new_err("match index out of range"))?;
        Ok(Bound::new(py, self.at(py, index))?.into_any())
    }

    fn __iter__(this: Bound<'_, Self>) -> PyMatchIterator {
        PyMatchIterator { length: this.get().__len__(), matches: this.unbind(), next: 0 }
    }

    /// The index of a match, searched for from `start` to before `stop`. Raises ValueError if it is not there.
    #[pyo3(signature = (value, start = 0, stop = isize::MAX, /))]
    fn index(&self, value: &Bound<'_, PyAny>, start: isize, stop: isize) -> PyResult<usize> {
        let length = self.__len__();
        let bound = |bound: isize| {
            if bound < 0 { length.saturating_sub(bound.unsigned_abs()) } else { length.min(bound as usize) }
        };
        let index = (bound(start)..bound(stop)).find(|index| self.is_at(*index, value));
        index.ok_or_else(|| PyValueError::new_err("the match is not in the sequence"))
    }

    /// How often a match is in the sequence.
    #[pyo3(signature = (value, /))]
    fn count(&self, value: &Bound<'_, PyAny>) -> usize {
        (0..self.__len__()).filter(|index| self.is_at(*index, value)).count()
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.result)
    }

    /// The paths of the files with matches, each once, in order.
    fn paths(&self, py: Python<'_>) -> PyResult<Vec<Py<PyAny>>> {
        let mut paths = Vec::new();
        let mut last: Option<&MatchedFile> = None;
        for (file, _) in self.hits() {
            if !last.is_some_and(|last| std::ptr::eq(last, file)) {
                paths.push(file.path(py)?);
                last = Some(file);
            }
        }
        Ok(paths)
    }

    /// The node of each match.
    fn nodes<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.hits().map(|(file, hit)| self.result.get().node(py, file, hit.node)).collect()
    }

    /// What a metavariable matched, for each match. Raises KeyError if the pattern has no metavariable of this name.
    fn captures<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let result = self.result.get();
        if !result.query.capture_names().contains(&name) {
            return Err(PyKeyError::new_err(name.to_owned()));
        }
        let mut objects = Vec::with_capacity(self.__len__());
        for (file, hit) in self.hits() {
            let captures = result.captures(file, hit)?;
            let capture = captures.iter().find(|capture| capture.name == name);
            let capture = capture.ok_or_else(|| PyKeyError::new_err(name.to_owned()))?;
            objects.push(result.capture_object(py, file, capture)?);
        }
        Ok(objects)
    }

    /// Replaces the matches in the sources of their files, in memory. An empty template deletes statements.
    ///
    /// Nothing is written. Raises QueryError for an invalid template, and ValueError for matches in a single tree.
    fn rewrite<'py>(&self, py: Python<'py>, template: &str) -> PyResult<Bound<'py, PyRewritten>> {
        rewrite_matches(py, &self.result.get().query, self.hits(), template)
    }

    /// Path, position and text of each match as a table, and the text of each metavariable.
    fn table(&self, py: Python<'_>) -> PyResult<PyTable> {
        tables::matches::table(py, &self.result.get().query, self.hits())
    }

    /// As that of `table()`, so that libraries that know Arrow take matches as they are.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        self.table(py)?.__arrow_c_stream__(py, requested_schema)
    }

    /// The paths of the files that were not searched, because they have no archive.
    #[getter]
    fn unsearched<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.result.get().unsearched)
    }

    fn __repr__(&self) -> String {
        let count = self.__len__();
        let plural = if count == 1 { "" } else { "es" };
        format!("<{count} match{plural} of {}>", self.result.get().query.describe())
    }
}

#[pyclass(module = "lazyast._native", name = "MatchIterator")]
struct PyMatchIterator {
    matches: Py<PyMatches>,
    next: usize,
    length: usize,
}

#[pymethods]
impl PyMatchIterator {
    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__(&mut self, py: Python<'_>) -> Option<PyMatch> {
        (self.next < self.length).then(|| {
            self.next += 1;
            self.matches.get().at(py, self.next - 1)
        })
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.matches)
    }

    fn __length_hint__(&self) -> usize {
        self.length - self.next
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyMatches>()?;
    module.add_class::<PyMatch>()
}
