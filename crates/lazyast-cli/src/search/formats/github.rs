//! Hits as annotations of GitHub Actions: commands of workflows on standard output.

use std::path::Path;

use crate::search::located::LocatedHit;

/// Prints one command for each hit.
pub(in crate::search) fn print(path: &Path, hits: &[LocatedHit<'_>], out: &mut Vec<u8>) {
    for hit in hits {
        let file = escaped_property(&path.to_string_lossy());
        let (start, end) = (hit.start, hit.end);
        let mut command = format!("::warning file={file},line={},endLine={}", start.line, end.line);
        // Columns only count for annotations of one line.
        if start.line == end.line {
            command += &format!(",col={},endColumn={}", start.character, end.character);
        }
        let first_line = hit.text.lines().next().unwrap_or_default();
        let message = escaped(&format!("{}: {first_line}", hit.query.1.trim()));
        out.extend_from_slice(format!("{command},title=lazyast::{message}\n").as_bytes());
    }
}

/// The text of a message, in which line ends are escaped.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, in which its separators are escaped, too.
fn escaped_property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}
