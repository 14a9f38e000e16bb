//! Text under construction. Line ends inside of string literals are [`HARD_LINE_END`], so that indentation never
//! changes a string.

use crate::layout::Layout;

/// A line end in a string literal. The text of a source has none, because its line ends are `\n`.
pub(crate) const HARD_LINE_END: char = '\r';

/// Appends a part of a text.
pub(crate) fn push_text(out: &mut String, layout: &Layout<'_>, start: usize, end: usize) {
    for (index, piece) in layout.text[start..end].split_inclusive('\n').scan(start, |at, piece| {
        *at += piece.len();
        Some((*at - 1, piece))
    }) {
        match piece.strip_suffix('\n') {
            Some(line) if layout.is_in_string(index) => {
                out.push_str(line);
                out.push(HARD_LINE_END);
            }
            _ => out.push_str(piece),
        }
    }
}

/// Changes the indentation of all lines but the first from one to another.
pub(crate) fn rebase(text: &str, from: &str, to: &str) -> String {
    if from == to || !text.contains('\n') {
        return text.to_owned();
    }
    let mut rebased = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index == 0 {
            rebased.push_str(line);
            continue;
        }
        rebased.push('\n');
        if line.trim().is_empty() && !line.contains(HARD_LINE_END) {
            rebased.push_str(line);
            continue;
        }
        let common = line.bytes().zip(from.bytes()).take_while(|(one, other)| one == other).count();
        rebased.push_str(to);
        rebased.push_str(&line[common..]);
    }
    rebased
}

/// The finished text.
pub(crate) fn finish(text: &str) -> String {
    text.replace(HARD_LINE_END, "\n")
}

/// Appends a text, with a blank before it where it would join the word before.
pub(crate) fn push_word(out: &mut String, text: &str) {
    let joins = |character: char| character.is_alphanumeric() || character == '_';
    let starts_word = text.starts_with(|first: char| joins(first) || first == '"' || first == '\'');
    if starts_word && out.ends_with(joins) {
        out.push(' ');
    }
    out.push_str(text);
}
