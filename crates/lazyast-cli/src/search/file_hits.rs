//! A file with hits, and its text.

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::Path;

use lazyast::{Hit, Tree};

use super::queries::SearchedQueries;

/// A file with hits.
pub(super) struct FileHits<'f> {
    pub(super) source: HitSource<'f>,
    /// The path as it is printed.
    pub(super) path: &'f Path,
    pub(super) tree: &'f Tree<'f>,
    pub(super) hits: Vec<Hit>,
    pub(super) queries: &'f SearchedQueries,
}

/// Where the text of a source is.
#[derive(Clone, Copy)]
pub(super) enum HitSource<'f> {
    File(&'f Path),
    /// Standard input, which was read.
    Bytes(&'f [u8]),
}

thread_local! {
    /// A buffer for sources, reused for every file: allocating new pages for each takes longer than reading.
    static SOURCE_BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl FileHits<'_> {
    /// Reads the source and calls `print` with its text.
    pub(super) fn with_text(&self, print: impl FnOnce(&str) -> Result<(), String>) -> Result<(), String> {
        let path = match self.source {
            HitSource::Bytes(bytes) => return print(&decode(bytes)?),
            HitSource::File(path) => path,
        };
        SOURCE_BUFFER.with_borrow_mut(|source| {
            lazyast::read_source(path, source).map_err(|error| error.to_string())?;
            // Opening the project checked a moment ago that the source is unchanged. Hashing it again would take
            // longer than the search, so only the length is compared.
            if source.len() != self.tree.header().source_len as usize {
                return Err("changed while it was searched".to_owned());
            }
            print(&decode(source)?)
        })
    }
}

fn decode(source: &[u8]) -> Result<Cow<'_, str>, String> {
    lazyast::text(source).map_err(|unsupported| unsupported.to_string())
}
