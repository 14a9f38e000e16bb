//! The exceptions, and how Rust errors become exceptions. Syntax errors are not among them: the interpreter raises those.

use lazyast::ExecutionError;
use lazyast::format::Damage;
use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

create_exception!(lazyast, Error, PyException, "Base class of the exceptions that lazyast raises.");
create_exception!(lazyast, UnreadableFile, Error, "A source cannot be found or read.");

create_exception!(
    lazyast,
    CorruptArchive,
    Error,
    "A node cannot be decoded, because its archive is damaged."
);

create_exception!(
    lazyast,
    QueryError,
    Error,
    "A pattern, selector or rule is invalid, or a query takes too long."
);

create_exception!(lazyast, RewriteError, Error, "A source cannot be rewritten.");

create_exception!(lazyast, UnusableCache, Error, "There is no usable cache directory.");
create_exception!(
    lazyast,
    CorruptPack,
    Error,
    "A file to import is damaged, or was written by another version of lazyast."
);

/// The exception for a damaged archive.
pub(crate) fn corrupt(damage: &Damage) -> PyErr {
    CorruptArchive::new_err(format!(
        "{damage}; the cache has a damaged file: run `lazyast clean`, and parse again"
    ))
}

/// The exception for a query that failed while it ran. `target` is what was searched.
pub(crate) fn query_failed(error: &ExecutionError, target: &str) -> PyErr {
    match error {
        ExecutionError::Damage(damage) => corrupt(damage),
        error => QueryError::new_err(format!("{target}: {error}")),
    }
}

/// Why a node could not be decoded.
pub(crate) enum DecodeError {
    /// The archive is damaged.
    Damage(Damage),
    /// A call of Python's failed.
    Python(PyErr),
}

impl From<Damage> for DecodeError {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl From<PyErr> for DecodeError {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl From<DecodeError> for PyErr {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Damage(damage) => corrupt(&damage),
            DecodeError::Python(error) => error,
        }
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("Error", py.get_type::<Error>())?;
    module.add("QueryError", py.get_type::<QueryError>())?;
    module.add("RewriteError", py.get_type::<RewriteError>())?;
    module.add("CorruptArchive", py.get_type::<CorruptArchive>())?;
    module.add("CorruptPack", py.get_type::<CorruptPack>())?;
    module.add("UnusableCache", py.get_type::<UnusableCache>())?;
    module.add("UnreadableFile", py.get_type::<UnreadableFile>())
}
