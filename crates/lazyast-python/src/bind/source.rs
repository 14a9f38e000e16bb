//! Sources: what is known of those of trees in use, and reading them.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::bind::options;
use crate::errors::UnreadableFile;
use crate::nodes::registry::{self, TreeSource};

/// A source, and for each cell the line at which it begins and the cell's number.
type SourceAndCells<'py> = (Bound<'py, PyBytes>, Vec<(u32, u32)>);

/// The code in the cells of a notebook as one source.
#[pyfunction]
fn notebook(py: Python<'_>, path: PathBuf) -> PyResult<SourceAndCells<'_>> {
    let mut source = Vec::new();
    let (_, cells) = lazyast::read_source_and_cells(&path, &mut source)
        .map_err(|error| UnreadableFile::new_err(format!("{}: {error}", path.display())))?;
    let starts = cells.map(|cells| cells.starts().to_vec()).unwrap_or_default();
    Ok((PyBytes::new(py, &source), starts))
}

/// Sources with their lengths in bytes, and paths that cannot be inspected with the reasons.
type FoundSources = (Vec<(PathBuf, u64)>, Vec<(PathBuf, String)>);

/// The sources that a project of the paths would have.
#[pyfunction]
fn find_sources(py: Python<'_>, paths: Vec<PathBuf>) -> PyResult<FoundSources> {
    let selection = options::selection(None)?;
    Ok(py.detach(|| {
        let (found, errors) = lazyast::find_sources(&paths, &selection);
        let mut failed: Vec<_> = errors.into_iter().map(|(path, error)| (path, error.to_string())).collect();
        let mut sources = Vec::with_capacity(found.len());
        for path in found {
            match path.metadata() {
                Ok(metadata) => sources.push((path, metadata.len())),
                Err(error) => failed.push((path, error.to_string())),
            }
        }
        (sources, failed)
    }))
}

/// The name of the format of archives, which the parser's version is a part of.
#[pyfunction]
fn format_key() -> String {
    lazyast::store::version_name(lazyast::PARSER_VERSION)
}

/// Sets what is known of the source of a tree in use.
#[pyfunction]
fn set_source(root: &Bound<'_, PyAny>, source: &Bound<'_, PyAny>) {
    registry::set_source(root, TreeSource::Object(source.clone().unbind()));
}

/// What is known of the source of a tree in use.
#[pyfunction]
fn source_of<'py>(root: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    registry::source_of(root)
}

/// The source of a tree that comes from a file, if the file has not changed since.
#[pyfunction]
fn source_of_file<'py>(root: &Bound<'py, PyAny>, path: PathBuf) -> PyResult<Bound<'py, PyBytes>> {
    let unreadable = |reason: &str| UnreadableFile::new_err(format!("{}: {reason}", path.display()));
    let mut source = Vec::new();
    lazyast::read_source(&path, &mut source).map_err(|error| unreadable(&error.to_string()))?;
    let key = registry::context_of(root).map(|context| context.tree().header().source_hash);
    if key.is_some_and(|key| key != lazyast::store::source_key(&source)) {
        return Err(unreadable("changed since its tree was made"));
    }
    Ok(PyBytes::new(root.py(), &source))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(notebook, module)?)?;
    module.add_function(wrap_pyfunction!(find_sources, module)?)?;
    module.add_function(wrap_pyfunction!(format_key, module)?)?;
    module.add_function(wrap_pyfunction!(set_source, module)?)?;
    module.add_function(wrap_pyfunction!(source_of, module)?)?;
    module.add_function(wrap_pyfunction!(source_of_file, module)?)
}
