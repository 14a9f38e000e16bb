//! Functions that CPython calls: an error or a panic in their bodies becomes an exception.

#![allow(unsafe_code)]

use pyo3::exceptions::PySystemError;
use pyo3::prelude::*;

use crate::runtime::interpreter::Interpreter;

/// Runs the body of a function that CPython calls. Returns `failed`, with an exception set, if the body fails.
pub(super) fn callback<T>(
    failed: T,
    body: impl FnOnce(Python<'_>, &'static Interpreter) -> PyResult<T>,
) -> T {
    // SAFETY: CPython calls slots while the thread is attached.
    let py = unsafe { Python::assume_attached() };
    let result =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| body(py, Interpreter::served(py)?)));
    let panicked = || Err(PySystemError::new_err("lazyast: decoding a node has panicked"));
    result.unwrap_or_else(|_| panicked()).unwrap_or_else(|error| {
        error.restore(py);
        failed
    })
}
