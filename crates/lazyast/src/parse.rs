//! Parsing one source without a cache.

use lazyast_parse::Unsupported;

use crate::archive::OwnedTree;
use crate::cache::Cache;

/// Parses a source, given as the bytes of a file, without any cache.
///
/// ```
/// let module = lazyast::parse(b"import os\n")?;
/// assert_eq!(module.tree().len(), 3); // Module, Import, alias
/// # Ok::<(), lazyast::Error>(())
/// ```
pub fn parse(source: &[u8]) -> Result<OwnedTree, Unsupported> {
    let archive = Cache::disabled().archive(source)?;
    Ok(OwnedTree::open(archive).expect("the builder writes archives that can be opened"))
}
