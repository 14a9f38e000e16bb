//! The table of the matches of a query.

use lazyast::Hit;
use lazyast::table::{MatchLabels, MatchTable, MatchedHits, SourceLabel, TargetPython};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;

use super::table::PyTable;
use crate::bind::search::file::MatchedFile;
use crate::errors::query_failed;

/// The table of some hits, in order, each with its file. Texts are null where the source is not known or has changed.
pub(crate) fn table<'m>(
    py: Python<'_>,
    query: &lazyast::Query,
    hits: impl Iterator<Item = (&'m MatchedFile, Hit)>,
) -> PyResult<PyTable> {
    let version = py.version_info();
    let mut table =
        MatchTable::new(query, MatchLabels::Paths, TargetPython::new(version.minor, version.patch));
    let mut hits = hits.peekable();
    while let Some((file, first)) = hits.next() {
        let mut of_file = vec![first];
        while let Some((_, hit)) = hits.next_if(|(next, _)| std::ptr::eq(*next, file)) {
            of_file.push(hit);
        }
        let path = file.lossy_path();
        let text = file.text().ok();
        let file = MatchedHits {
            label: path.as_deref().map(SourceLabel::Path),
            tree: file.tree(),
            text,
            hits: &of_file,
        };
        let pushed = table.push(&file);
        pushed.map_err(|error| query_failed(&error, path.as_deref().unwrap_or("the tree")))?;
    }
    let batch = table.finish_batch().map_err(|error| PyOverflowError::new_err(error.to_string()))?;
    Ok(PyTable::in_memory(query.describe().to_string(), table.schema().clone(), vec![batch]))
}
