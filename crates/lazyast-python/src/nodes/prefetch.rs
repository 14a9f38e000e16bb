//! Adaptive prefetch: how much is decoded when a lazy proxy is accessed for the first time.
//!
//! A proxy takes 64 or 72 bytes, and materialising nodes one by one takes longer than decoding a subtree. So a reader
//! that keeps going into expressions gets whole expressions, while a reader of statements alone never pays for them. And a
//! reader that has come to a part of all nodes gets the rest, so that the collector hears of the rest once.

use std::cell::Cell;

/// Number of expressions that are materialised one by one before whole subtrees are decoded.
const SINGLE_ACCESSES: u32 = 8;
/// Largest subtree, in nodes, that is decoded at once.
const MAX_SUBTREE: u32 = 512;

/// The part of a tree's nodes after which the rest is materialised: one in so many. What a reader does not come to any more
/// costs up to two times as much as what it has come to, and nodes that are made one by one take twice as long.
const PART_BEFORE_THE_REST: u32 = 4;
/// Nodes before which the rest is never materialised.
const MIN_BEFORE_THE_REST: u32 = 64;

/// What one tree's reader has accessed so far.
#[derive(Default)]
pub(crate) struct AdaptivePrefetch {
    /// Accesses to nodes that are not statements, up to one more than [`SINGLE_ACCESSES`].
    accesses: Cell<u32>,
    /// Nodes that were materialised by accesses. `u32::MAX` after the rest was requested.
    nodes: Cell<u32>,
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

    /// Records that an access has materialised so many nodes, and says whether to materialise the rest of the tree's
    /// `total`. Says so once.
    pub(crate) fn wants_rest(&self, node_count: u32, total: u32) -> bool {
        let before = self.nodes.get();
        if before == u32::MAX {
            return false;
        }
        let now = before.saturating_add(node_count);
        let wants = now >= MIN_BEFORE_THE_REST && now >= total / PART_BEFORE_THE_REST;
        self.nodes.set(if wants { u32::MAX } else { now });
        wants
    }
}
