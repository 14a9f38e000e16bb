//! The exceptions. A syntax error is none of them, because the interpreter itself raises those; nor is a
//! damaged archive, because it counts as missing.

use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

create_exception!(lazyast, Error, PyException, "Base class of what lazyast itself raises.");
create_exception!(lazyast, UnreadableFile, Error, "A source could not be found or read.");

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("Error", py.get_type::<Error>())?;
    module.add("UnreadableFile", py.get_type::<UnreadableFile>())
}
