//! The nodes of some kinds: the candidates that every condition starts from.

use lazyast_format::{Field, Kind, KindScanner, KindSet, NodeId, Tree};

/// The nodes of some kinds, ascending.
pub(super) fn of_kinds(tree: &Tree<'_>, kinds: KindSet) -> Vec<NodeId> {
    let mut nodes = KindScanner::new(kinds).all(tree.kinds());
    let fields = tree.fields();
    if kinds.contains(Kind::Constant) && memchr::memchr(Field::Values312 as u8, fields).is_some() {
        // These constants exist in the trees of a few releases of Python alone.
        nodes.retain(|node| fields[*node as usize] != Field::Values312 as u8);
    }
    nodes
}
