//! The exceptions. A syntax error is none of them, because the interpreter itself raises those; nor is a
//! damaged archive, because it counts as missing.

use lazyast::format::Damage;
use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

create_exception!(lazyast, Error, PyException, "Base class of what lazyast itself raises.");
create_exception!(lazyast, UnreadableFile, Error, "A source could not be found or read.");

/// Why a tree could not be built from an archive.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The archive is damaged.
    Damage(Damage),
    /// The interpreter refused: no memory, or an integer with more digits than it is set to take.
    Python(PyErr),
}

impl From<Damage> for Failed {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl From<PyErr> for Failed {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("Error", py.get_type::<Error>())?;
    module.add("UnreadableFile", py.get_type::<UnreadableFile>())
}
