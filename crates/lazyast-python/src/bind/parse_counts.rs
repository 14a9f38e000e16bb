//! What this process has done with calls for a tree: how many it served, and why it left the others to the interpreter.
//!
//! A few additions per tree cost nothing beside the tree, so that they are always made; `lazyast run --stats` asks.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;

#[derive(Default)]
struct ParseCounts {
    served: u64,
    hits: u64,
    /// Bytes of the sources that were served.
    bytes: u64,
    /// Time in lazyast, fallbacks included.
    time: Duration,
    /// How often the interpreter had to parse, by reason.
    fallbacks: BTreeMap<String, u64>,
}

// Locked by threads that hold the interpreter's lock and do not release it meanwhile, as a thread that forks does.
static COUNTS: Mutex<ParseCounts> = Mutex::new(ParseCounts {
    served: 0,
    hits: 0,
    bytes: 0,
    time: Duration::ZERO,
    fallbacks: BTreeMap::new(),
});

fn counts() -> MutexGuard<'static, ParseCounts> {
    COUNTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts a source of `len` bytes that was served, from the cache if `is_hit`.
pub(super) fn add_served(len: usize, is_hit: bool) {
    let mut counts = counts();
    counts.served += 1;
    counts.hits += u64::from(is_hit);
    counts.bytes += len as u64;
}

/// Counts time that lazyast took.
pub(super) fn add_time(time: Duration) {
    counts().time += time;
}

/// Counts a call that the interpreter has to serve. Reasons differ in what stands before the colon.
pub(super) fn add_fallback(reason: &str) {
    let class = reason.split(':').next().unwrap_or_default();
    let mut counts = counts();
    match counts.fallbacks.get_mut(class) {
        Some(count) => *count += 1,
        None => drop(counts.fallbacks.insert(class.to_owned(), 1)),
    }
}

/// Begins to count anew, in a forked process.
pub(super) fn reset() {
    *counts() = ParseCounts::default();
}

/// Numbers and what they count: calls served, those of them from the cache, bytes of their sources, nanoseconds that
/// lazyast took, and, for each reason, calls that were left to the interpreter.
#[pyfunction]
fn parse_counts() -> (u64, u64, u64, u64, BTreeMap<String, u64>) {
    let counts = counts();
    let nanoseconds = counts.time.as_nanos().try_into().unwrap_or(u64::MAX);
    (counts.served, counts.hits, counts.bytes, nanoseconds, counts.fallbacks.clone())
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(parse_counts, module)?)
}
