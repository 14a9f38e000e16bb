//! [`NameNeedle`]: the search for an identifier.
//!
//! The identifiers of a tree are one text. A substring search in it is as fast as memory is read, which is faster
//! than comparing identifier by identifier.

use memchr::memmem::Finder;

use super::tree::Tree;

/// An identifier that is searched for in many trees.
#[derive(Clone, Debug)]
pub struct NameNeedle(Finder<'static>);

impl NameNeedle {
    /// An identifier by its text.
    pub fn new(text: &str) -> Self {
        Self(Finder::new(text).into_owned())
    }

    /// The text.
    pub fn text(&self) -> &str {
        core::str::from_utf8(self.0.needle()).unwrap_or_default()
    }
}

impl PartialEq for NameNeedle {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Tree<'_> {
    /// The number of an identifier, if the tree has it.
    pub fn find_name(&self, name: &NameNeedle) -> Option<u32> {
        let (names, bytes) = (self.columns.names(), self.columns.name_bytes);
        let length = name.0.needle().len();
        let mut from = 0;
        // An occurrence counts if it starts and ends where an identifier does. Others stand inside of an identifier
        // or across the end of one. Occurrences may overlap.
        while let Some(start) = name.0.find(bytes.get(from..)?).map(|distance| from + distance) {
            let (number, name_start, _) = names.containing(start as u32)?;
            if name_start as usize == start && names.lengths.get(number as usize)? as usize == length {
                return Some(number);
            }
            from = start + 1;
        }
        None
    }
}
