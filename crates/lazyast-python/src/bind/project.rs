//! A codebase's modules.

use std::path::{Path, PathBuf};

use lazyast::{ChangeDetection, FailureReason, FallbackVerdict, InterpreterId, SearchError, WarmOptions};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;

use super::search::file::{MatchedFile, ModuleId};
use super::search::matches::PyMatches;
use super::search::query::PyQuery;
use super::{parse, process_cache};
use crate::errors::query_failed;

/// The sources under some paths.
#[pyclass(module = "lazyast._native")]
struct Project {
    inner: lazyast::Project,
    /// The sources with a tree, in the order of their paths: places among the project's modules or failures.
    order: Vec<Place>,
    /// The place in that order of each of the project's modules.
    places: Vec<usize>,
    /// Sources that the interpreter has not been asked about: places among the failures.
    #[pyo3(get)]
    undecided: Vec<usize>,
    /// Sources that the interpreter does not parse either: places among the failures.
    #[pyo3(get)]
    refused: Vec<usize>,
    /// `(path, why)`.
    #[pyo3(get)]
    unreadable: Vec<(PathBuf, String)>,
}

/// Where a source with a tree is.
#[derive(Clone, Copy)]
enum Place {
    /// Among the modules, for trees from archives.
    Module(usize),
    /// Among the failures, for trees by the interpreter.
    Left(usize),
}

#[pymethods]
impl Project {
    #[new]
    #[pyo3(signature = (paths, cache_dir = None, jobs = None, verify = None))]
    fn new(
        py: Python<'_>,
        paths: Vec<PathBuf>,
        cache_dir: Option<PathBuf>,
        jobs: Option<usize>,
        verify: Option<&str>,
    ) -> PyResult<Self> {
        let change_detection = verify_of(verify)?;
        let opened = cache_dir.map(|directory| process_cache::open_or_none(Some(directory)));
        let cache = match &opened {
            Some((cache, None)) => {
                process_cache::warn_if_deprecated(py, cache)?;
                cache
            }
            Some((cache, Some(problem))) => {
                process_cache::warn(py, problem)?;
                cache
            }
            None => process_cache::of_process(py)?,
        };
        process_cache::note(cache);
        let inner =
            py.detach(|| lazyast::Project::open(cache, &paths, WarmOptions { jobs, change_detection }));
        if let Some(error) = &inner.report().unwritten {
            process_cache::warn(py, &format!("what is new cannot be written: {error}"))?;
        }
        let (order, places, undecided, refused, unreadable) = Default::default();
        let mut project = Self { inner, order, places, undecided, refused, unreadable };
        project.sort(py)?;
        Ok(project)
    }

    /// Sources that were parsed for this object.
    #[getter]
    fn new_count(&self) -> usize {
        self.inner.report().new
    }

    /// Sources whose archive was there.
    #[getter]
    fn cached(&self) -> usize {
        self.inner.report().cached
    }

    /// Lines of the sources with an archive.
    #[getter]
    fn lines(&self) -> u64 {
        self.inner.report().lines
    }

    fn __len__(&self) -> usize {
        self.order.len()
    }

    /// The path of a source with a tree.
    fn path(&self, index: usize) -> PyResult<&Path> {
        Ok(match self.place(index)? {
            Place::Module(place) => self.inner.modules()[place].path(),
            Place::Left(place) => &self.inner.failures()[place].path,
        })
    }

    /// The path of a source without an archive.
    fn left_path(&self, place: usize) -> PyResult<&Path> {
        let failure = self.inner.failures().get(place);
        Ok(&failure.ok_or_else(|| PyIndexError::new_err("index out of range"))?.path)
    }

    /// Remembers whether the interpreter parses the sources that were undecided.
    fn decide(&mut self, py: Python<'_>, decisions: Vec<(usize, bool)>) -> PyResult<()> {
        let failures = self.inner.failures();
        let verdict = |(place, parses): (usize, bool)| {
            let verdict = if parses { FallbackVerdict::Parses } else { FallbackVerdict::Rejects };
            Some((failures.get(place)?.path.clone(), verdict))
        };
        let verdicts: Vec<_> = decisions.into_iter().filter_map(verdict).collect();
        self.inner.record_fallback_verdicts(interpreter_id(py)?, &verdicts);
        self.sort(py)
    }

    /// The hits of a query. `make_module` makes a module of its number.
    fn search<'py>(
        &self,
        py: Python<'py>,
        query: &Bound<'py, PyQuery>,
        make_module: Py<PyAny>,
    ) -> PyResult<Bound<'py, PyMatches>> {
        let query = query.get().inner();
        let found = py.detach(|| self.inner.search(query, None, |_, _, hits| hits));
        let mut unsearched: Vec<PathBuf> =
            self.inner.failures().iter().map(|left| left.path.clone()).collect();
        let mut files = Vec::with_capacity(found.len());
        for (index, hits) in found {
            let module = &self.inner.modules()[index];
            let archive = module.archive().map_err(SearchError::Archive);
            match hits.and_then(|hits| Ok((hits, archive?))) {
                Ok((hits, archive)) => {
                    let id = ModuleId { path: module.path().to_owned(), index: self.places[index] };
                    files.push(MatchedFile::in_project(archive, id, hits)?);
                }
                Err(SearchError::Run(error)) => {
                    return Err(query_failed(&error, &module.path().display().to_string()));
                }
                Err(_) => unsearched.push(module.path().to_owned()),
            }
        }
        unsearched.sort();
        PyMatches::new(py, query.clone(), files, Some(make_module), unsearched)
    }

    /// The `ast.Module` of a source, or `None` where the interpreter has to parse.
    fn tree<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Place::Module(place) = self.place(index)? else { return Ok(None) };
        match self.inner.modules()[place].archive() {
            Ok(archive) => parse::module(py, archive),
            Err(_) => Ok(None),
        }
    }
}

impl Project {
    fn place(&self, index: usize) -> PyResult<Place> {
        self.order.get(index).copied().ok_or_else(|| PyIndexError::new_err("module index out of range"))
    }

    /// Says which sources have a tree, in the order of their paths, as far as the interpreter was asked.
    fn sort(&mut self, py: Python<'_>) -> PyResult<()> {
        let interpreter = interpreter_id(py)?;
        let (modules, failures) = (self.inner.modules(), self.inner.failures());
        self.undecided.clear();
        self.refused.clear();
        self.unreadable.clear();
        let mut left = Vec::new();
        for (place, failure) in failures.iter().enumerate() {
            match (&failure.reason, self.inner.fallback_verdict(&failure.path, interpreter)) {
                (FailureReason::File(error), _) => {
                    self.unreadable.push((failure.path.clone(), error.to_string()));
                }
                (_, Some(FallbackVerdict::Parses)) => left.push(place),
                (_, Some(FallbackVerdict::Rejects)) => self.refused.push(place),
                (_, None) => self.undecided.push(place),
            }
        }
        let mut left = left.into_iter().peekable();
        self.order.clear();
        self.places.clear();
        for (place, module) in modules.iter().enumerate() {
            while let Some(before) = left.next_if(|place| failures[*place].path.as_path() < module.path()) {
                self.order.push(Place::Left(before));
            }
            self.places.push(self.order.len());
            self.order.push(Place::Module(place));
        }
        self.order.extend(left.map(Place::Left));
        Ok(())
    }
}

/// How to see that sources are what they were.
pub(crate) fn verify_of(verify: Option<&str>) -> PyResult<ChangeDetection> {
    match verify {
        None => Ok(ChangeDetection::default()),
        Some("stat") => Ok(ChangeDetection::Stat),
        Some("content") => Ok(ChangeDetection::Content),
        Some(other) => {
            let message = format!("verify must be 'stat', 'content' or None, not {other:?}");
            Err(PyValueError::new_err(message))
        }
    }
}

/// Tells this interpreter from others, whose parsers may differ.
fn interpreter_id(py: Python<'_>) -> PyResult<InterpreterId> {
    py.import("sys")?.getattr("hexversion")?.extract().map(InterpreterId)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Project>()
}
