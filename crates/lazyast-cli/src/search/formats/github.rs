//! Hits as annotations of GitHub Actions.

use std::path::Path;

use crate::search::located::LocatedHit;
use crate::workflow_command::annotation;

/// Prints one command for each hit.
pub(in crate::search) fn print(path: &Path, hits: &[LocatedHit<'_>], out: &mut Vec<u8>) {
    for hit in hits {
        let first_line = hit.text.lines().next().unwrap_or_default();
        let mut message = format!("{}: {first_line}", hit.query.1.trim());
        if let Some(cell) = hit.cell {
            message = format!("cell {cell}:{}:{}: {message}", hit.start.line, hit.start.character);
        }
        // The lines of a notebook are those of JSON.
        let range = hit.cell.is_none().then_some((hit.start, hit.end));
        let command = annotation("warning", &path.to_string_lossy(), range, "lazyast", &message);
        out.extend_from_slice(command.as_bytes());
    }
}
