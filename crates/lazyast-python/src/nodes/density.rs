//! How many of the nodes below a lazy proxy a traversal is interested in.
//!
//! The kinds of a subtree are contiguous bytes in its archive. So this scans them without decoding anything.

use std::borrow::Borrow;

use lazyast::format::{KindScanner, NodeId};

use super::context::TreeContext;

/// If at least one in so many nodes is interesting, the whole subtree is decoded at once.
const DENSE: usize = 8;

/// How many nodes below a proxy are interesting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Density {
    /// None: nothing below has to be decoded.
    Empty,
    /// Some: the nodes that lead to one are decoded, one by one.
    Sparse,
    /// So many that everything is best decoded at once.
    Dense,
}

impl Density {
    /// The density of the scanner's kinds among the nodes below a node.
    #[inline]
    pub(crate) fn below(context: &TreeContext, id: NodeId, scanner: &KindScanner) -> Self {
        let kinds = kinds_below(context, id);
        let Some(first) = scanner.first(kinds) else { return Self::Empty };
        Self::of(scanner.count(&kinds[first..]), kinds.len())
    }

    /// The density among all nodes below several proxies.
    pub(crate) fn of_all<C: Borrow<TreeContext>>(
        proxies: impl Iterator<Item = (C, NodeId)>,
        scanner: &KindScanner,
    ) -> Self {
        let (mut interesting, mut all) = (0, 0);
        for (context, id) in proxies {
            let kinds = kinds_below(context.borrow(), id);
            interesting += scanner.count(kinds);
            all += kinds.len();
        }
        Self::of(interesting, all)
    }

    fn of(interesting: usize, all: usize) -> Self {
        match interesting {
            0 => Self::Empty,
            _ if interesting * DENSE >= all => Self::Dense,
            _ => Self::Sparse,
        }
    }
}

fn kinds_below(context: &TreeContext, id: NodeId) -> &[u8] {
    let tree = context.tree();
    let end = tree.subtree_end(id) as usize;
    tree.kinds().get(id as usize + 1..end).unwrap_or_default()
}
