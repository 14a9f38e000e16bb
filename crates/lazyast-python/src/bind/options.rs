//! Options that Python passes as strings.

use std::path::{Path, PathBuf};

use lazyast::store::Configuration;
use lazyast::{ChangeDetection, FileSelection, FileType, InvalidGlob, Shard};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The arguments that select files, as Python passes them.
#[derive(FromPyObject)]
pub(super) struct SelectionArguments {
    #[pyo3(item)]
    hidden: bool,
    #[pyo3(item)]
    no_ignore: bool,
    #[pyo3(item)]
    glob: Vec<String>,
    #[pyo3(item)]
    exclude: Vec<String>,
    #[pyo3(item)]
    types: Vec<String>,
}

/// The selection of files that arguments and the configuration make.
pub(super) fn selection(arguments: Option<SelectionArguments>) -> PyResult<FileSelection> {
    let configuration = Configuration::read(Path::new("."));
    let invalid = |error: InvalidGlob| PyValueError::new_err(error.to_string());
    let mut selection = FileSelection::new();
    let Some(arguments) = arguments else {
        return selection.with_configuration(&configuration).map_err(invalid);
    };
    let types: Vec<FileType> = arguments.types.iter().map(|name| file_type(name)).collect::<PyResult<_>>()?;
    selection = selection
        .with_hidden(arguments.hidden)
        .without_ignore_files(arguments.no_ignore)
        .with_types(&types)
        .with_configuration(&configuration)
        .map_err(invalid)?;
    if !arguments.glob.is_empty() {
        selection = selection.with_globs(Path::new("."), &arguments.glob).map_err(invalid)?;
    }
    if !arguments.exclude.is_empty() {
        selection = selection.with_excluded(Path::new("."), &arguments.exclude).map_err(invalid)?;
    }
    Ok(selection)
}

fn file_type(name: &str) -> PyResult<FileType> {
    FileType::of_extension(name).ok_or_else(|| {
        let known: Vec<&str> = FileType::ALL.iter().map(|kind| kind.extension()).collect();
        PyValueError::new_err(format!("types must be of {}, not {name:?}", known.join(", ")))
    })
}

/// The argument `shard`: a number, the number of shards, and the directory that paths are relative to.
pub(super) fn shard((number, count, root): (u32, u32, PathBuf)) -> PyResult<Shard> {
    let shard = Shard::new(number, count).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(shard.relative_to(root))
}

/// The argument `verify`: how changed sources are detected.
pub(super) fn change_detection(verify: Option<&str>) -> PyResult<ChangeDetection> {
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
