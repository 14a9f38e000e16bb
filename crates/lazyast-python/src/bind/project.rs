//! `Project`: the modules of a codebase.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lazyast::store::PackOpenError;
use lazyast::{ExecutionError, FailureReason, FallbackVerdict, InterpreterId, SearchError, WarmOptions};
use pyo3::exceptions::{PyIndexError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::parse::{self, ServedTree};
use super::search::file::{MatchedFile, ModuleId};
use super::search::matches::PyMatches;
use super::search::query::PyQuery;
use super::tables::table::PyTable;
use super::{options, process_cache};
use crate::errors::{CorruptPack, query_failed};
use crate::nodes::registry::{self, TreeSource};

/// The sources under some paths.
///
/// The Rust project has *modules*, which have an archive, and *failures*, which have none. Failures that the
/// interpreter parses are modules for Python, so the modules of this class are those of both kinds, by path.
#[pyclass(module = "lazyast._native", name = "Project")]
struct PyProject {
    inner: Arc<lazyast::Project>,
    /// Whether the modules come from a pack, so that their paths are no files.
    #[pyo3(get)]
    is_exported: bool,
    /// The modules in the order of their paths.
    modules: Vec<ModuleSource>,
    /// By index of the Rust project's module: its index in `modules`.
    module_indices: Vec<usize>,
    /// Indices of the failures that the interpreter has not tried to parse.
    #[pyo3(get)]
    undecided: Vec<usize>,
    /// Indices of the failures that the interpreter rejects.
    #[pyo3(get)]
    rejected: Vec<usize>,
    /// `(path, reason)` of the files that cannot be read.
    #[pyo3(get)]
    unreadable: Vec<(PathBuf, String)>,
}

/// Where the tree of a module comes from.
#[derive(Clone, Copy)]
enum ModuleSource {
    /// From an archive. The index is that of the Rust project's module.
    Archive(usize),
    /// From the interpreter. The index is that of the failure.
    Fallback(usize),
}

#[pymethods]
impl PyProject {
    #[new]
    #[pyo3(signature = (paths, cache_dir = None, jobs = None, verify = None, selection = None))]
    fn new(
        py: Python<'_>,
        paths: Vec<PathBuf>,
        cache_dir: Option<PathBuf>,
        jobs: Option<usize>,
        verify: Option<&str>,
        selection: Option<options::SelectionArguments>,
    ) -> PyResult<Self> {
        let change_detection = options::change_detection(verify)?;
        let options = WarmOptions { jobs, change_detection, selection: options::selection(selection)? };
        let opened = cache_dir.map(|directory| process_cache::open_or_disable(Some(directory)));
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
        process_cache::finish_at_exit(cache);
        let mut inner = py.detach(|| lazyast::Project::open(cache, &paths, options));
        inner.require_python(py.version_info().minor);
        let inner = Arc::new(inner);
        if let Some(error) = &inner.report().unwritten {
            process_cache::warn(py, &format!("new archives cannot be written: {error}"))?;
        }
        let (modules, module_indices, undecided, rejected, unreadable) = Default::default();
        let is_exported = false;
        let mut project =
            Self { inner, is_exported, modules, module_indices, undecided, rejected, unreadable };
        project.classify(py)?;
        Ok(project)
    }

    /// The sources in a pack with a manifest.
    #[staticmethod]
    fn from_pack(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let opened = py.detach(|| lazyast::Project::from_pack(&path));
        let mut inner = opened.map_err(|error| match error {
            PackOpenError::Io(error) => error.into(),
            error => CorruptPack::new_err(format!("{}: {error}", path.display())),
        })?;
        inner.require_python(py.version_info().minor);
        let (modules, module_indices, undecided, rejected, unreadable) = Default::default();
        let inner = Arc::new(inner);
        let is_exported = true;
        let mut project =
            Self { inner, is_exported, modules, module_indices, undecided, rejected, unreadable };
        project.classify(py)?;
        Ok(project)
    }

    /// Sources that were parsed for this object.
    #[getter]
    fn new_count(&self) -> usize {
        self.inner.report().new
    }

    /// Sources whose archive was in the cache.
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
        self.modules.len()
    }

    /// The path of a module.
    fn path(&self, index: usize) -> PyResult<&Path> {
        Ok(match self.module(index)? {
            ModuleSource::Archive(index) => self.inner.modules()[index].path(),
            ModuleSource::Fallback(index) => &self.inner.failures()[index].path,
        })
    }

    /// Whether a module has an archive; otherwise the interpreter parses it.
    fn has_archive(&self, index: usize) -> PyResult<bool> {
        Ok(matches!(self.module(index)?, ModuleSource::Archive(_)))
    }

    /// The path of a failure.
    fn failure_path(&self, index: usize) -> PyResult<&Path> {
        let failure = self.inner.failures().get(index);
        Ok(&failure.ok_or_else(|| PyIndexError::new_err("failure index out of range"))?.path)
    }

    /// Records whether the interpreter parses the failures with these indices.
    fn decide(&mut self, py: Python<'_>, decisions: Vec<(usize, bool)>) -> PyResult<()> {
        let failures = self.inner.failures();
        let verdict = |(index, parses): (usize, bool)| {
            let verdict = if parses { FallbackVerdict::Parses } else { FallbackVerdict::Rejects };
            Some((failures.get(index)?.path.clone(), verdict))
        };
        let verdicts: Vec<_> = decisions.into_iter().filter_map(verdict).collect();
        // Verdicts are recorded when a project is opened, before there are tables of it.
        let project = Arc::get_mut(&mut self.inner)
            .ok_or_else(|| PyRuntimeError::new_err("tables of the project are in use"))?;
        project.record_fallback_verdicts(interpreter_id(py)?, &verdicts);
        self.classify(py)
    }

    /// The matches of a query. `make_module` creates a Python `Module` from its index.
    fn search<'py>(
        &self,
        py: Python<'py>,
        query: &Bound<'py, PyQuery>,
        make_module: Py<PyAny>,
    ) -> PyResult<Bound<'py, PyMatches>> {
        let query = query.get().inner();
        let found = py.detach(|| self.inner.search(query, None, |_, _, hits| hits));
        let mut unsearched: Vec<PathBuf> =
            self.inner.failures().iter().map(|failure| failure.path.clone()).collect();
        let mut files = Vec::with_capacity(found.len());
        for (index, hits) in found {
            let module = &self.inner.modules()[index];
            let archive = module.archive().map_err(SearchError::Archive);
            match hits.and_then(|hits| Ok((hits, archive?))) {
                Ok((hits, archive)) => {
                    let id = ModuleId { path: module.path().to_owned(), index: self.module_indices[index] };
                    let text = if self.is_exported { module.text() } else { None };
                    files.push(MatchedFile::in_project(archive, id, text, hits)?);
                }
                // Some nodes of the file were not compared; its other matches count.
                Err(SearchError::Run(ExecutionError::TooManySteps { .. })) => {
                    unsearched.push(module.path().to_owned());
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

    /// A relation over all modules, or those of some files.
    #[pyo3(signature = (relation, columns = None, kinds = None, names = None, files = None, jobs = None))]
    #[expect(clippy::too_many_arguments, reason = "they are the parameters of a Python method")]
    fn table(
        &self,
        py: Python<'_>,
        relation: &str,
        columns: Option<Vec<String>>,
        kinds: Option<Vec<String>>,
        names: Option<Vec<String>>,
        files: Option<Vec<PathBuf>>,
        jobs: Option<usize>,
    ) -> PyResult<PyTable> {
        PyTable::of_project(py, Arc::clone(&self.inner), relation, columns, kinds, names, files, jobs)
    }

    /// The source of a module in the pack, if it has sources.
    fn source<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let ModuleSource::Archive(index) = self.module(index)? else { return Ok(None) };
        let source = py.detach(|| self.inner.modules()[index].source());
        Ok(source.map(|source| PyBytes::new(py, &source)))
    }

    /// The `ast.Module` of a module, and the text that makes the interpreter give its warnings, if it has any; or `None` if the
    /// interpreter has to parse it.
    fn tree<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Option<ServedTree<'py>>> {
        let ModuleSource::Archive(index) = self.module(index)? else { return Ok(None) };
        match self.inner.modules()[index].archive() {
            Ok(archive) => {
                let served = parse::module(py, archive, || self.inner.modules()[index].text())?;
                if let Some((module, _)) = &served
                    && !self.is_exported
                {
                    let path = self.inner.modules()[index].path().to_owned();
                    registry::set_source(module, TreeSource::File(path));
                }
                Ok(served)
            }
            Err(_) => Ok(None),
        }
    }
}

impl PyProject {
    fn module(&self, index: usize) -> PyResult<ModuleSource> {
        self.modules.get(index).copied().ok_or_else(|| PyIndexError::new_err("module index out of range"))
    }

    /// Divides the failures by what the interpreter says, and sorts those that it parses into the modules.
    fn classify(&mut self, py: Python<'_>) -> PyResult<()> {
        let interpreter = interpreter_id(py)?;
        let (modules, failures) = (self.inner.modules(), self.inner.failures());
        self.undecided.clear();
        self.rejected.clear();
        self.unreadable.clear();
        let mut parsed = Vec::new();
        for (index, failure) in failures.iter().enumerate() {
            match (&failure.reason, self.inner.fallback_verdict(&failure.path, interpreter)) {
                (FailureReason::File(error), _) => {
                    self.unreadable.push((failure.path.clone(), error.to_string()));
                }
                (reason, _) if self.is_exported => {
                    self.unreadable.push((failure.path.clone(), reason.to_string()));
                }
                (FailureReason::NewerSyntax { .. }, _) => self.rejected.push(index),
                (_, Some(FallbackVerdict::Parses)) => parsed.push(index),
                (_, Some(FallbackVerdict::Rejects)) => self.rejected.push(index),
                (_, None) => self.undecided.push(index),
            }
        }
        let mut parsed = parsed.into_iter().peekable();
        self.modules.clear();
        self.module_indices.clear();
        for (index, module) in modules.iter().enumerate() {
            while let Some(earlier) = parsed.next_if(|index| failures[*index].path.as_path() < module.path())
            {
                self.modules.push(ModuleSource::Fallback(earlier));
            }
            self.module_indices.push(self.modules.len());
            self.modules.push(ModuleSource::Archive(index));
        }
        self.modules.extend(parsed.map(ModuleSource::Fallback));
        Ok(())
    }
}

/// Tells this interpreter from others, whose parsers may differ.
fn interpreter_id(py: Python<'_>) -> PyResult<InterpreterId> {
    py.import("sys")?.getattr("hexversion")?.extract().map(InterpreterId)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyProject>()
}
