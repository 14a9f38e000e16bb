//! Options that Python passes as strings.

use lazyast::ChangeDetection;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

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
