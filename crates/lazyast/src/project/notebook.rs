//! Notebooks: the Python code of their cells as one text, and where each cell begins in it.
//!
//! The cells are joined because a notebook is one program: names of one cell are used in others. Everything else in this
//! crate takes the text for the content of a source; a cache key is that of the text.

use serde::Deserialize;

use super::magics;

/// Which lines of a notebook's code come from which cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CellIndex {
    /// The line at which each cell begins, from 1, and its number. In the order of lines.
    starts: Vec<(u32, u32)>,
}

impl CellIndex {
    /// The number of the cell that a line comes from, and the line's number in the cell. Both count from 1. All cells of
    /// the notebook count, not only those with code.
    pub fn locate(&self, line: u32) -> (u32, u32) {
        let after = self.starts.partition_point(|(start, _)| *start <= line);
        match after.checked_sub(1).and_then(|index| self.starts.get(index)) {
            Some((start, cell)) => (*cell, line - start + 1),
            None => (1, line),
        }
    }

    /// The line at which each cell with code begins, and its number.
    pub fn starts(&self) -> &[(u32, u32)] {
        &self.starts
    }
}

#[derive(Deserialize)]
struct RawNotebook {
    #[serde(default)]
    metadata: RawMetadata,
    cells: Vec<RawCell>,
}

#[derive(Default, Deserialize)]
struct RawMetadata {
    language_info: Option<RawLanguage>,
}

#[derive(Deserialize)]
struct RawLanguage {
    name: String,
}

#[derive(Deserialize)]
struct RawCell {
    cell_type: String,
    source: RawSource,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawSource {
    Text(String),
    Lines(Vec<String>),
}

/// The Python code of a notebook, given as the bytes of its file. The error says why they are no notebook.
///
/// A notebook in another language has no Python code.
pub(super) fn code(bytes: &[u8]) -> Result<(String, CellIndex), serde_json::Error> {
    let notebook: RawNotebook = serde_json::from_slice(bytes)?;
    let (mut text, mut index) = (String::new(), CellIndex::default());
    let language = notebook.metadata.language_info.map(|language| language.name);
    if language.is_some_and(|name| !name.eq_ignore_ascii_case("python")) {
        return Ok((text, index));
    }
    let mut line = 1;
    for (cell, number) in notebook.cells.into_iter().zip(1..) {
        if cell.cell_type != "code" {
            continue;
        }
        let source = match cell.source {
            RawSource::Text(source) => source,
            RawSource::Lines(lines) => lines.concat(),
        };
        // Line ends must be those that the lines of the tree count.
        let source = source.replace("\r\n", "\n").replace('\r', "\n");
        let start = text.len();
        magics::append_python(&source, &mut text);
        let lines = memchr::memchr_iter(b'\n', &text.as_bytes()[start..]).count() as u32;
        if lines > 0 {
            index.starts.push((line, number));
            line += lines;
        }
    }
    // The text is UTF-8, whatever a comment says. After a byte order mark, other cookies are errors.
    if text.lines().take(2).any(|line| line.contains("coding")) {
        text.insert(0, '\u{feff}');
    }
    Ok((text, index))
}

#[cfg(test)]
mod tests {
    use super::code;

    fn notebook(cells: &str) -> String {
        format!(r#"{{"nbformat": 4, "metadata": {{}}, "cells": [{cells}]}}"#)
    }

    #[test]
    fn cells_are_joined_and_found_again() {
        let cells = r##"{"cell_type": "markdown", "source": ["# title"]},
            {"cell_type": "code", "source": ["import os\n", "x = 1"], "outputs": [{"a": [1]}]},
            {"cell_type": "code", "source": []},
            {"cell_type": "code", "source": "%%html\n<b>"},
            {"cell_type": "code", "source": "y = 2\r\nz = 3\n"}"##;
        let (text, index) = code(notebook(cells).as_bytes()).expect("a notebook");
        assert_eq!(text, "import os\nx = 1\ny = 2\nz = 3\n");
        assert_eq!(index.starts(), [(1, 2), (3, 5)]);
        assert_eq!([1, 2, 3, 4].map(|line| index.locate(line)), [(2, 1), (2, 2), (5, 1), (5, 2)]);
    }

    #[test]
    fn other_languages_have_no_code_and_other_files_are_errors() {
        let other = r#"{"metadata": {"language_info": {"name": "R"}}, "cells": [{"cell_type": "code", "source": "x <- 1"}]}"#;
        assert_eq!(code(other.as_bytes()).expect("a notebook").0, "");
        for bytes in ["", "{}", "[]", "{\"cells\": 1}", "{\"cells\": [{\"cell_type\": \"code\"}]}"] {
            assert!(code(bytes.as_bytes()).is_err(), "{bytes}");
        }
        let deep = format!("{{\"cells\": [], \"metadata\": {}", "[".repeat(100_000));
        assert!(code(deep.as_bytes()).is_err());
    }

    #[test]
    fn a_cookie_does_not_change_the_encoding() {
        let cells = r#"{"cell_type": "code", "source": "coding: latin-1\n"}"#;
        let (text, index) =
            code(notebook(&cells.replace("coding", "# coding")).as_bytes()).expect("a notebook");
        assert_eq!((text.as_str(), index.starts()), ("\u{feff}# coding: latin-1\n", &[(1, 1)][..]));
    }
}
