//! Adaptive prefetch: how much is decoded when a lazy proxy is accessed for the first time.
//!
//! A proxy takes 64 or 72 bytes, and materialising nodes one by one takes longer than decoding a subtree. So a reader
//! that keeps going into expressions gets whole expressions, while a reader of statements alone never pays for them.

use std::cell::Cell;

/// Number of expressions that are materialised one by one before whole subtrees are decoded.
const SINGLE_ACCESSES: u32 = 8;
/// Largest subtree, in nodes, that is decoded at once.
const MAX_SUBTREE: u32 = 512;

/// What one tree's reader has accessed so far.
#[derive(Default)]
pub(crate) struct AdaptivePrefetch {
    /// Accesses to nodes that are not statements, up to one more than [`SINGLE_ACCESSES`].
    accesses: Cell<u32>,
}

impl AdaptivePrefetch {
    /// Records the first access to a node, and says whether to decode the whole subtree of `node_count` nodes.
    ///
    /// To be called for nodes that have no statements below them.
    pub(crate) fn wants_subtree(&self, is_statement: bool, node_count: u32) -> bool {
        if !is_statement && self.accesses.get() <= SINGLE_ACCESSES {
            self.accesses.set(self.accesses.get() + 1);
        }
        self.accesses.get() > SINGLE_ACCESSES && node_count <= MAX_SUBTREE
    }
}
