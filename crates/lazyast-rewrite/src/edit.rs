//! [`Edit`]: a part of a text and what takes its place.

use lazyast_query::Hit;

/// The replacement of a part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Where the part starts, in bytes of the text.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// The text that takes its place. Line ends are `\n`.
    pub text: String,
    /// The hit that is replaced. Hits inside of its captures may be replaced as well.
    pub hit: Hit,
}

/// A text with edits, which are in order and do not overlap.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edited = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        edited.push_str(&text[at..edit.start as usize]);
        edited.push_str(&edit.text);
        at = edit.end as usize;
    }
    edited.push_str(&text[at..]);
    edited
}
