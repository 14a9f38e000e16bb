//! A codebase's modules.

use std::path::PathBuf;

use lazyast::format::Archive;
use lazyast::{ArchiveBytes, FailureReason, WarmOptions};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;

use crate::{cache, parse};

/// The sources under some paths: archives, files left to the interpreter, and files that cannot be read.
#[pyclass(frozen, module = "lazyast._native")]
struct Project {
    modules: Vec<(PathBuf, Archive<ArchiveBytes>)>,
    /// `(path, why)`.
    #[pyo3(get)]
    left: Vec<(PathBuf, String)>,
    /// `(path, why)`.
    #[pyo3(get)]
    unreadable: Vec<(PathBuf, String)>,
    /// Sources that were parsed for this object.
    #[pyo3(get)]
    new: usize,
    /// Sources whose archive was there.
    #[pyo3(get)]
    cached: usize,
    /// Lines of the sources with an archive.
    #[pyo3(get)]
    lines: u64,
}

#[pymethods]
impl Project {
    #[new]
    #[pyo3(signature = (paths, cache_dir = None, jobs = None))]
    fn new(
        py: Python<'_>,
        paths: Vec<PathBuf>,
        cache_dir: Option<PathBuf>,
        jobs: Option<usize>,
    ) -> PyResult<Self> {
        let opened = cache_dir.map(|directory| cache::open_or_none(Some(directory)));
        let cache = match &opened {
            Some((cache, None)) => cache,
            Some((cache, Some(problem))) => {
                cache::warn(py, problem)?;
                cache
            }
            None => cache::of_process(py)?,
        };
        let project = py.detach(|| lazyast::Project::open(cache, &paths, WarmOptions { jobs }));
        let (mut left, mut unreadable) = (Vec::new(), Vec::new());
        for failure in project.failures() {
            let list = match failure.reason {
                FailureReason::File(_) => &mut unreadable,
                FailureReason::Refused(_) => &mut left,
            };
            list.push((failure.path.clone(), failure.reason.to_string()));
        }
        let mut modules = Vec::with_capacity(project.modules().len());
        let minor = py.version_info().minor;
        for module in project.modules() {
            let (path, archive) = (module.path().to_owned(), module.archive().clone());
            match archive.tree() {
                Ok(tree) if tree.header().facts.minimum_python > minor => {
                    left.push((path, "newer: the syntax is of a newer Python".to_owned()));
                }
                _ => modules.push((path, archive)),
            }
        }
        let report = project.report();
        if let Some(error) = &report.unwritten {
            cache::warn(py, &format!("what is new cannot be written: {error}"))?;
        }
        Ok(Self { modules, left, unreadable, new: report.new, cached: report.cached, lines: report.lines })
    }

    fn __len__(&self) -> usize {
        self.modules.len()
    }

    /// The path of a source with an archive.
    fn path(&self, index: usize) -> PyResult<PathBuf> {
        self.module(index).map(|(path, _)| path.clone())
    }

    /// The `ast.Module` of a source with an archive, or `None` where the interpreter has to parse.
    fn tree<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (_, archive) = self.module(index)?;
        parse::module(py, archive.clone().into_bytes())
    }
}

impl Project {
    fn module(&self, index: usize) -> PyResult<&(PathBuf, Archive<ArchiveBytes>)> {
        self.modules.get(index).ok_or_else(|| PyIndexError::new_err("module index out of range"))
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Project>()
}
