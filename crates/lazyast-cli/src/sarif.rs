//! The document of SARIF 2.1.0, the format that code scanners exchange.

use std::path::Path;

use serde_json::{Value, json};

use crate::point::Point;

/// The whole document. `unsearched` are the files that were not searched, with their reasons.
pub(crate) fn document(
    rules: Vec<Value>,
    results: Vec<Value>,
    unsearched: &[(String, String)],
    is_complete: bool,
) -> Value {
    let notifications = unsearched.iter().map(|(path, reason)| {
        json!({
            "level": "warning",
            "message": { "text": format!("not searched: {reason}") },
            "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(Path::new(path)) } } }],
        })
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "lazyast",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                },
            },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": is_complete,
                "toolExecutionNotifications": notifications.collect::<Vec<_>>(),
            }],
            "results": results,
        }],
    })
}

/// The location of a range with its text.
pub(crate) fn location(path: &Path, start: Point, end: Point, text: &str) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": artifact(path),
            "region": {
                "startLine": start.line,
                "startColumn": start.character,
                "endLine": end.line,
                "endColumn": end.character,
                "snippet": { "text": text },
            },
        },
    })
}

/// A file.
pub(crate) fn artifact(path: &Path) -> Value {
    json!({ "uri": uri(path) })
}

/// The path as a reference to a URI: relative paths stay relative.
fn uri(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    let mut uri = String::new();
    if path.is_absolute() {
        uri += if text.starts_with('/') { "file://" } else { "file:///" };
    }
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte))
            }
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::uri;

    #[test]
    fn paths_become_references() {
        assert_eq!(uri(Path::new("src/a b:ü.py")), "src/a%20b%3A%C3%BC.py");
        if cfg!(unix) {
            assert_eq!(uri(Path::new("/src/a.py")), "file:///src/a.py");
        }
    }
}
