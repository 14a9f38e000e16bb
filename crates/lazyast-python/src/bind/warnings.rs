//! Warnings of the interpreter's parser about a source whose tree comes from an archive.
//!
//! The interpreter warns about escapes in strings. Category, wording, line and number of these warnings differ between
//! its versions, but they depend on the string alone. So the interpreter is given a short text that has just these
//! strings, on their lines, and warns about them by itself.

use std::cmp::Reverse;

use lazyast::format::encoding::WarningKind;
use lazyast::{Kind, Tree};

/// Whether a short text can make the interpreter warn as the source does.
///
/// A number before a keyword (`1if x`) is no expression of its own.
pub(super) fn can_be_replayed(tree: &Tree<'_>) -> bool {
    tree.warnings()
        .all(|(_, kind)| matches!(kind, Some(WarningKind::InvalidEscape | WarningKind::OctalEscape)))
}

/// A text about which the interpreter warns as about the source. `None` if the archive is damaged.
///
/// It has the outermost string around each warning, with all strings that are joined to it. A string that contains
/// others, an f-string, is taken as a whole, because the order of its warnings differs between versions.
pub(super) fn text_that_warns(tree: &Tree<'_>, text: &str) -> Option<String> {
    let warnings: Vec<u32> = tree.warnings().map(|(offset, _)| offset).collect();
    let warns = |start: u32, end: u32| {
        let next = warnings.partition_point(|offset| *offset < start);
        warnings.get(next).is_some_and(|offset| *offset < end)
    };
    let mut strings = Vec::new();
    for row in tree.rows() {
        let row = row.ok()?;
        let is_string = matches!(row.kind, Kind::Constant | Kind::JoinedStr | Kind::TemplateStr);
        if is_string && warns(row.start, row.end) {
            strings.push((row.start, row.end));
        }
    }
    strings.sort_unstable_by_key(|(start, end)| (*start, Reverse(*end)));
    let mut replayed = String::new();
    let mut copied = 0;
    for (start, end) in strings {
        if start < copied {
            continue;
        }
        let between = text.get(copied as usize..start as usize)?;
        match between.matches('\n').count() {
            0 if replayed.is_empty() => {}
            0 => replayed.push(';'),
            line_ends => replayed.extend(std::iter::repeat_n('\n', line_ends)),
        }
        replayed.push('(');
        replayed.push_str(text.get(start as usize..end as usize)?);
        replayed.push(')');
        copied = end;
    }
    Some(replayed)
}
