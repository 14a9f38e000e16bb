//! Edits between two texts, line by line.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::positions::PositionUnit;
use super::protocol::{TextEdit, TextPosition, TextRange};

/// The edits that make the new text of the old one. Both have the line end `\n`; in the edits stands `line_end`.
pub(super) fn edits_between(old: &str, new: &str, unit: PositionUnit, line_end: &str) -> Vec<TextEdit> {
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let position = |index: usize| match old_lines.last() {
        // The last line has no end, so that there is no line after it.
        Some(last) if index == old_lines.len() && !last.ends_with('\n') => {
            TextPosition { line: index as u32 - 1, character: unit.length(last) }
        }
        _ => TextPosition { line: index as u32, character: 0 },
    };
    let operations = capture_diff_slices(Algorithm::Myers, &old_lines, &new_lines);
    let changes = operations.iter().filter(|operation| !matches!(operation, DiffOp::Equal { .. }));
    let edits = changes.map(|change| {
        let (old_range, new_range) = (change.old_range(), change.new_range());
        let range = TextRange { start: position(old_range.start), end: position(old_range.end) };
        TextEdit { range, new_text: new_lines[new_range].concat().replace('\n', line_end) }
    });
    edits.collect()
}

#[cfg(test)]
mod tests {
    use super::{PositionUnit, edits_between};

    #[test]
    fn lines_are_replaced() {
        for (old, new, expected) in [
            ("a\nb\nc\n", "a\nB\nc\n", "1:0-2:0 B\r\n"),
            ("a\nb\nc\n", "a\nc\n", "1:0-2:0 "),
            ("a\nb\n", "a\nx\nb\n", "1:0-1:0 x\r\n"),
            ("a\n😀", "a\nb", "1:0-1:2 b"),
            ("a", "", "0:0-0:1 "),
            ("", "a", "0:0-0:0 a"),
        ] {
            let edits = edits_between(old, new, PositionUnit::Utf16, "\r\n");
            let [edit] = &edits[..] else { panic!("{old:?}: {edits:?}") };
            let (start, end) = (edit.range.start, edit.range.end);
            let shown = format!(
                "{}:{}-{}:{} {}",
                start.line, start.character, end.line, end.character, edit.new_text
            );
            assert_eq!(shown, expected);
        }
    }
}
