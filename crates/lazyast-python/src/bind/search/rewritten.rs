//! `Rewritten`: what `Matches.rewrite` returns.

use std::path::Path;

use lazyast::query::Hit;
use lazyast::rewrite::{RewrittenSource, compile, rewrite_hits};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use super::file::{MatchedFile, ModuleId};
use crate::errors::QueryError;

/// What replacing matches makes of their files.
#[pyclass(module = "lazyast", frozen, name = "Rewritten", get_all)]
pub(crate) struct PyRewritten {
    /// The new source of each file that changes, by its path, as the bytes to write.
    sources: Py<PyDict>,
    /// Why files cannot be rewritten, by path.
    failed: Py<PyDict>,
    /// The path and the line of each match that stays as it is, and why.
    skipped: Py<PyList>,
}

#[pymethods]
impl PyRewritten {
    fn __repr__(&self, py: Python<'_>) -> String {
        let (sources, failed) = (self.sources.bind(py).len(), self.failed.bind(py).len());
        format!("<Rewritten: {sources} files, {failed} failed, {} matches stay>", self.skipped.bind(py).len())
    }
}

/// Replaces matches in the sources of their files.
pub(super) fn rewrite_matches<'py, 'f>(
    py: Python<'py>,
    query: &lazyast::Query,
    hits: impl Iterator<Item = (&'f MatchedFile, Hit)>,
    template: &str,
) -> PyResult<Bound<'py, PyRewritten>> {
    let rewrite = compile(query, template).map_err(|error| QueryError::new_err(error.to_string()))?;
    let (sources, failed, skipped) = (PyDict::new(py), PyDict::new(py), PyList::empty(py));
    let mut files: Vec<(&MatchedFile, Vec<Hit>)> = Vec::new();
    for (file, hit) in hits {
        match files.iter_mut().rev().find(|(known, _)| std::ptr::eq(*known, file)) {
            Some((_, hits)) => hits.push(hit),
            None => files.push((file, vec![hit])),
        }
    }
    for (file, mut hits) in files {
        let Some(ModuleId { path, .. }) = &file.module_id else {
            return Err(PyValueError::new_err("the matches are those of a tree: use lazyast.rewrite"));
        };
        hits.sort_unstable();
        hits.dedup();
        let key = file.path(py)?;
        match rewrite_file(&rewrite, file, path, &hits) {
            Ok(new) => {
                for hit in &new.skipped {
                    skipped.append((&key, hit.line, hit.reason.to_string()))?;
                }
                if !new.edits.is_empty() {
                    sources.set_item(key, PyBytes::new(py, &new.source))?;
                }
            }
            Err(reason) => failed.set_item(key, reason)?,
        }
    }
    let rewritten =
        PyRewritten { sources: sources.unbind(), failed: failed.unbind(), skipped: skipped.unbind() };
    Bound::new(py, rewritten)
}

fn rewrite_file(
    rewrite: &lazyast::rewrite::Rewrite,
    file: &MatchedFile,
    path: &Path,
    hits: &[Hit],
) -> Result<RewrittenSource, String> {
    let old = file.read_source(path)?;
    rewrite_hits(rewrite, &old, file.tree(), hits).map_err(|error| error.to_string())
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyRewritten>()
}
