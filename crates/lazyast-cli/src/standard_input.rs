//! [`StandardInput`]: a source that comes from standard input.

use std::io::{self, Read};

use lazyast::{Cache, MAX_SOURCE_BYTES, OwnedTree};

use crate::python_version::{SyntaxArguments, newer_syntax};

/// The name of standard input in the output.
pub(crate) const STANDARD_INPUT: &str = "<stdin>";

/// The source that standard input has.
pub(crate) struct StandardInput {
    pub(crate) source: Vec<u8>,
    /// Its tree, or why it has none that the command may use.
    pub(crate) opened: Result<OwnedTree, String>,
}

impl StandardInput {
    /// Reads standard input to its end, and parses it if the cache does not have its tree.
    pub(crate) fn read(cache: &Cache, syntax: &SyntaxArguments) -> io::Result<Self> {
        let mut source = Vec::new();
        // The parser reports an error for sources that are longer than the limit.
        io::stdin().take(MAX_SOURCE_BYTES + 1).read_to_end(&mut source)?;
        let archive = cache.archive(&source).map_err(|reason| reason.to_string());
        let opened = archive.and_then(|archive| OwnedTree::open(archive).map_err(|error| error.to_string()));
        let opened = opened.and_then(|opened| match newer_syntax(opened.tree(), syntax.newest_syntax()) {
            Some(reason) => Err(reason),
            None => Ok(opened),
        });
        Ok(Self { source, opened })
    }
}
