//! [`RowConstants`]: the rows that are constants.

use std::sync::LazyLock;

use lazyast_format::encoding::{ConstantTag, Payload, PayloadLayout};
use lazyast_format::{Kind, NodeId, Tree};

/// The rows whose node is a `Constant` or a `MatchSingleton`.
#[derive(Default)]
pub(crate) struct RowConstants(pub(crate) Vec<RowConstant>);

/// A row, and the constant that its node has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowConstant {
    /// The row, counted from the first of the archive.
    pub(crate) row: usize,
    pub(crate) node: NodeId,
    /// The packed payload. Equal constants of an archive have the same.
    pub(crate) bits: u32,
    pub(crate) tag: ConstantTag,
    pub(crate) value: u32,
}

/// By the code of a kind: whether its nodes have a constant.
static HAS_CONSTANT: LazyLock<[bool; 256]> = LazyLock::new(|| {
    let layout = |code: usize| Kind::ALL.get(code).map(|kind| kind.payload_layout());
    std::array::from_fn(|code| layout(code) == Some(PayloadLayout::Constant))
});

impl RowConstants {
    /// `nodes` are the nodes of the rows, `payloads` those of all nodes. All kinds are known.
    pub(crate) fn load(&mut self, tree: &Tree<'_>, nodes: &[NodeId], payloads: &[u32]) {
        let (kinds, has_constant) = (tree.kinds(), &*HAS_CONSTANT);
        self.0.clear();
        for (row, node) in nodes.iter().copied().enumerate() {
            if has_constant[usize::from(kinds[node as usize])] {
                let bits = payloads[node as usize];
                if let Payload::Constant { tag, value } = Payload::decode(PayloadLayout::Constant, bits) {
                    self.0.push(RowConstant { row, node, bits, tag, value });
                }
            }
        }
    }
}
