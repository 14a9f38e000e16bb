//! Paths of documents, from the URIs of the protocol.

use std::path::PathBuf;

use crate::path_bytes::path_of_bytes;

/// The path of a `file:` URI on this machine; `None` for all other URIs.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    // The name of a host may stand before the path.
    let path = decoded(rest.strip_prefix("localhost").unwrap_or(rest))?;
    if !path.starts_with(b"/") {
        return None;
    }
    let is_drive =
        cfg!(windows) && path.get(1).is_some_and(u8::is_ascii_alphabetic) && path.get(2) == Some(&b':');
    path_of_bytes(if is_drive { &path[1..] } else { &path }).ok()
}

/// Whether a document that has never been saved has this URI.
pub(super) fn is_unsaved(uri: &str) -> bool {
    uri.starts_with("untitled:")
}

/// A text without its `%XX`.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        bytes.push((digit()? * 16 + digit()?) as u8);
    }
    Some(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::Path;

    use super::path_of;

    #[test]
    fn paths_are_decoded() {
        for (uri, path) in [
            ("file:///a/b.py", Some("/a/b.py")),
            ("file://localhost/a%20b/%C3%A4%25.py", Some("/a b/ä%.py")),
            ("file://host/a.py", None),
            ("untitled:Untitled-1", None),
            ("file:///a%2", None),
        ] {
            assert_eq!(path_of(uri).as_deref(), path.map(Path::new));
        }
    }
}
