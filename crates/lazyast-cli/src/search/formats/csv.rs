//! Hits as comma-separated values (RFC 4180).

use std::path::Path;

use crate::search::located::LocatedHit;

/// The first line. Lines and columns count from 1, and columns count bytes. `cell` is empty but for notebooks.
pub(in crate::search) const HEADER: &str = "path,line,column,end_line,end_column,kind,query,text,cell\r\n";

/// Prints one record for each hit.
pub(in crate::search) fn print(path: &Path, hits: &[LocatedHit<'_>], out: &mut Vec<u8>) {
    for hit in hits {
        let numbers =
            [hit.start.line, hit.start.byte, hit.end.line, hit.end.byte].map(|number| number.to_string());
        let path = path.to_string_lossy();
        let [line, column, end_line, end_column] = &numbers;
        let cell = hit.cell.map(|cell| cell.to_string()).unwrap_or_default();
        let fields = [&*path, line, column, end_line, end_column, hit.kind, hit.query.1, hit.text, &cell];
        out.extend_from_slice(fields.map(quoted).join(",").as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

/// A field, in quotes if it needs them.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
