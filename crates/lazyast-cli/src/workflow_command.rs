//! Annotations of GitHub Actions: commands of workflows on standard output.

use crate::point::Point;

/// One command, with a line end. `level` is `error`, `warning` or `notice`.
pub(crate) fn annotation(
    level: &str,
    path: &str,
    range: Option<(Point, Point)>,
    title: &str,
    message: &str,
) -> String {
    let file = escaped_property(path);
    let mut command = format!("::{level} file={file}");
    if let Some((start, end)) = range {
        command += &format!(",line={},endLine={}", start.line, end.line);
        // Columns only count for annotations of one line.
        if start.line == end.line {
            command += &format!(",col={},endColumn={}", start.character, end.character);
        }
    }
    format!("{command},title={}::{}\n", escaped_property(title), escaped(message))
}

/// The text of a message, in which line ends are escaped.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, in which its separators are escaped, too.
fn escaped_property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}
