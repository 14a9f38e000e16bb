//! Values that are looked up once in a process.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// Returns the value of a cell, and computes it first if the cell is empty.
///
/// Unlike `PyOnceLock::get_or_try_init`, this never waits for another thread: `compute` may run Python code, which may
/// need the same cell, in this thread or in another one that waits for this one. `compute` can therefore run more than
/// once; the value that is stored first stays.
#[inline]
pub(crate) fn once<'c, T>(
    py: Python<'_>,
    cell: &'c PyOnceLock<T>,
    compute: impl FnOnce() -> PyResult<T>,
) -> PyResult<&'c T> {
    if let Some(value) = cell.get(py) {
        return Ok(value);
    }
    let value = compute()?;
    Ok(cell.get_or_init(py, || value))
}
