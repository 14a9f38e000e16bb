//! The result of a search, which all its matches share.

use std::path::PathBuf;
use std::sync::OnceLock;

use lazyast::format::NodeId;
use lazyast::format::encoding::Span;
use lazyast::format::read::TargetPython;
use lazyast::query::{Capture, CapturedElement, Hit};
use pyo3::exceptions::PyLookupError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use super::file::MatchedFile;
use super::locate::Locator;
use crate::errors::{corrupt, query_failed};
use crate::runtime::interpreter::Interpreter;

/// The hits of a query, by file.
#[pyclass(module = "lazyast._native", frozen, name = "SearchResult")]
pub(super) struct PySearchResult {
    pub(super) query: lazyast::Query,
    pub(super) files: Vec<MatchedFile>,
    /// How many hits there are before those of each file, and in all.
    starts: Vec<usize>,
    /// Creates a project's `Module` from its index.
    make_module: Option<Py<PyAny>>,
    pub(super) unsearched: Vec<PathBuf>,
    target: TargetPython,
}

#[pymethods]
impl PySearchResult {
    // There is no `__clear__`: every cycle goes through another object, a tree above all, which can be cleared.
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        for file in &self.files {
            for object in [&file.module, &file.root].into_iter().filter_map(OnceLock::get) {
                visit.call(object)?;
            }
            // Nobody holds the lock: the collector runs no code while it visits, and threads take turns.
            for object in file.detached.try_lock().iter().flat_map(|detached| detached.iter()) {
                visit.call(object)?;
            }
        }
        self.make_module.as_ref().map_or(Ok(()), |object| visit.call(object))
    }
}

impl PySearchResult {
    pub(super) fn new(
        py: Python<'_>,
        query: lazyast::Query,
        files: Vec<MatchedFile>,
        make_module: Option<Py<PyAny>>,
        unsearched: Vec<PathBuf>,
    ) -> Self {
        let mut starts = vec![0];
        let mut count = 0;
        for file in &files {
            count += file.hits.len();
            starts.push(count);
        }
        let version = py.version_info();
        let target = TargetPython::new(version.minor, version.patch);
        Self { query, files, starts, make_module, unsearched, target }
    }

    /// The number of hits.
    pub(super) fn len(&self) -> usize {
        self.starts.last().copied().unwrap_or_default()
    }

    /// A hit by its number, with the index of its file.
    pub(super) fn hit(&self, number: usize) -> (usize, Hit) {
        let file = self.starts.partition_point(|start| *start <= number) - 1;
        (file, self.files[file].hits[number - self.starts[file]])
    }

    /// The `Module` of a file; `None` if a single tree was searched.
    pub(super) fn module<'py>(
        &self,
        py: Python<'py>,
        file: &MatchedFile,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (Some(id), Some(make)) = (&file.module_id, &self.make_module) else { return Ok(None) };
        if file.module.get().is_none() {
            let module = make.bind(py).call1((id.index,))?;
            let _ = file.module.set(module.unbind());
        }
        Ok(file.module.get().map(|module| module.bind(py).clone()))
    }

    fn root<'py>(&self, py: Python<'py>, file: &MatchedFile) -> PyResult<Bound<'py, PyAny>> {
        if file.root.get().is_none()
            && let Some(module) = self.module(py, file)?
        {
            let _ = file.root.set(module.getattr("tree")?.unbind());
        }
        let missing = || PyLookupError::new_err("the tree does not exist any more");
        file.root.get().map(|root| root.bind(py).clone()).ok_or_else(missing)
    }

    /// The node with a number.
    pub(super) fn node<'py>(
        &self,
        py: Python<'py>,
        file: &MatchedFile,
        id: NodeId,
    ) -> PyResult<Bound<'py, PyAny>> {
        let root = self.root(py, file)?;
        let interpreter = Interpreter::get(py)?;
        Locator { interpreter, target: self.target, file }.node(&root, id)
    }

    /// The position of a hit: from the start of its first node, or of the first decorator that matched, to the end of
    /// its last node.
    pub(super) fn span(&self, file: &MatchedFile, hit: Hit) -> PyResult<Span> {
        let tree = file.tree();
        let span = |node: NodeId| match tree.span(node, self.target)? {
            Some(span) => Ok(span),
            None => {
                let (start, end) = tree.range(node)?;
                Ok(Span { start: tree.position(start)?, end: tree.position(end)? })
            }
        };
        let mut first = span(hit.node).map_err(|damage| corrupt(&damage))?;
        if hit.decorator.is_some() {
            let start = hit.range(tree, file.text().ok()).and_then(|(start, _)| tree.position(start));
            first.start = start.map_err(|damage| corrupt(&damage))?;
        }
        if hit.last == hit.node {
            return Ok(first);
        }
        let last = span(hit.last).map_err(|damage| corrupt(&damage))?;
        Ok(Span { start: first.start, end: last.end })
    }

    /// The captures of a hit.
    pub(super) fn captures<'a>(&self, file: &'a MatchedFile, hit: Hit) -> PyResult<Vec<Capture<'a>>> {
        self.query.captures(file.tree(), hit).map_err(|error| query_failed(&error, "the tree"))
    }

    /// A capture as a Python object: a node, a `str`, or a list of these.
    pub(super) fn capture_object<'py>(
        &self,
        py: Python<'py>,
        file: &MatchedFile,
        capture: &Capture<'_>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let object = |element: &CapturedElement<'_>| match element {
            CapturedElement::Node(node) => self.node(py, file, *node),
            CapturedElement::Name(name, _) => Ok(PyString::new(py, name).into_any()),
        };
        match &capture.elements[..] {
            [one] if !capture.is_sequence => object(one),
            elements => {
                let objects = elements.iter().map(object).collect::<PyResult<Vec<_>>>()?;
                Ok(PyList::new(py, objects)?.into_any())
            }
        }
    }
}
