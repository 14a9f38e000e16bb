//! [`Tree`]: opening, and the columns of nodes by number.

use super::columns::base;
use super::damage::Damage;
use super::open_error::OpenError;
use crate::encoding::{BLOCK, NameInAnyContext, NodeId, Payload, PayloadWidth};
use crate::layout::{ColumnsView, HEADER_LEN, Header, LayoutError, Root, Vectors};
use crate::schema::{Field, Kind};

/// A view of an archive.
#[derive(Clone, Debug)]
pub struct Tree<'a> {
    pub(crate) columns: ColumnsView<'a>,
    header: Header,
}

impl<'a> Tree<'a> {
    /// As [`Archive::open`](crate::Archive::open), for borrowed bytes.
    pub fn open(bytes: &'a [u8], parser: Option<u32>) -> Result<Self, OpenError> {
        let header = Header::parse(bytes, parser).map_err(OpenError::Header)?;
        let vectors = vectors(bytes, &header).map_err(OpenError::Layout)?;
        let columns = columns(vectors, &header)?;
        let tree = Self { columns, header };
        tree.check_root()?;
        Ok(tree)
    }

    /// V07: node 0 is a `Module`.
    fn check_root(&self) -> Result<(), OpenError> {
        match self.columns.kinds.first() {
            Some(code) if *code == Kind::Module as u8 => Ok(()),
            found => Err(OpenError::Root { found: found.copied() }),
        }
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The number of nodes, which is at least one.
    #[expect(clippy::len_without_is_empty, reason = "a tree has a root")]
    pub fn len(&self) -> u32 {
        self.header.node_count
    }

    /// The codes of all nodes' kinds, in preorder.
    pub fn kinds(&self) -> &'a [u8] {
        self.columns.kinds
    }

    /// The kind of a node.
    pub fn kind(&self, id: NodeId) -> Result<Kind, Damage> {
        let code = self.columns.kinds.get(id as usize).copied().unwrap_or(u8::MAX);
        kind_of(code).ok_or_else(|| unknown_kind(code, id))
    }

    /// The number after the last node of a subtree. It is above `id`, and at most the number of nodes.
    pub fn subtree_end(&self, id: NodeId) -> NodeId {
        let size = self.columns.sizes().get(id as usize).unwrap_or(0);
        id.saturating_add(1).saturating_add(size).min(self.len())
    }

    /// The start and the end of a node in the text, in bytes.
    pub fn range(&self, id: NodeId) -> Result<(u32, u32), Damage> {
        self.start(id)
            .zip(self.columns.lengths().get(id as usize))
            .map(|(start, length)| (start, start.saturating_add(length)))
            .ok_or_else(|| Damage::new("position is missing", id))
    }

    pub(super) fn start(&self, id: NodeId) -> Option<u32> {
        let row = id as usize;
        let block = row / BLOCK;
        let base = base(self.columns.start_bases, block)?;
        self.columns.starts().running_sum(base, block * BLOCK, row + 1, |_, start| start)
    }

    /// The payload of a node, whose kind the caller knows.
    #[inline]
    pub fn payload(&self, id: NodeId, kind: Kind) -> Result<Payload, Damage> {
        Ok(Payload::decode(kind.payload_layout(), self.payload_bits(id)?))
    }

    /// The packed payload of a node.
    pub fn payload_bits(&self, id: NodeId) -> Result<u32, Damage> {
        self.columns.payloads().get(id as usize).ok_or_else(|| Damage::new("payload is missing", id))
    }

    /// Whether a node has a packed payload. Most that differ have different numbers of bytes, which is cheaper to see.
    #[inline]
    pub fn has_payload_bits(&self, id: NodeId, bits: u32) -> bool {
        let width = PayloadWidth::of(bits);
        self.payload_width(id) == Some(width) && self.columns.payloads().at(id as usize, width) == Some(bits)
    }

    /// Whether two nodes have the same packed payload.
    #[inline]
    pub fn have_equal_payloads(&self, one: NodeId, other: NodeId) -> bool {
        self.payload_width(one) == self.payload_width(other)
            && self.payload_bits(one) == self.payload_bits(other)
    }

    #[inline]
    pub(super) fn payload_width(&self, id: NodeId) -> Option<PayloadWidth> {
        self.columns.fields.get(id as usize).map(|byte| PayloadWidth::in_byte(*byte))
    }

    /// Whether a node has a name, in any context. The payload layout of the node's kind is `NameContext`.
    #[inline]
    pub fn has_name(&self, id: NodeId, name: NameInAnyContext) -> bool {
        match self.payload_width(id) {
            Some(width) if name.may_have_width(width) => {
                matches!(self.columns.payloads().at(id as usize, width), Some(bits) if name.matches(bits))
            }
            _ => false,
        }
    }
}

/// V05: locates the columns.
fn vectors<'a>(bytes: &'a [u8], header: &Header) -> Result<Vectors<'a>, LayoutError> {
    let mut root = Root::new(bytes, HEADER_LEN, header.revision.root_len)?;
    Vectors::read(&mut root)
}

/// V06: the lengths of columns that belong together agree.
fn columns<'a>(vectors: Vectors<'a>, header: &Header) -> Result<ColumnsView<'a>, OpenError> {
    let nodes = header.node_count as usize;
    let pairs = [
        ("kinds", vectors.kinds.len(), nodes),
        ("fields", vectors.fields.len(), nodes),
        ("starts", vectors.starts.len(), nodes),
        ("lengths", vectors.lengths.len(), nodes),
        ("sizes", vectors.sizes.len(), nodes),
        ("overflow_values", vectors.overflow_values.len(), vectors.overflow_rows.len()),
        ("comment_lengths", vectors.comment_lengths.len(), vectors.comment_gaps.len()),
    ];
    if let Some((column, found, expected)) = pairs.into_iter().find(|(_, found, expected)| found != expected)
    {
        return Err(OpenError::Lengths { column, found, expected });
    }
    let found = vectors.bases.len();
    ColumnsView::new(vectors).map_err(|expected| OpenError::Lengths { column: "bases", found, expected })
}

/// The kind with a code.
pub(super) fn kind_of(code: u8) -> Option<Kind> {
    Kind::ALL.get(usize::from(code)).copied()
}

/// The field with a code.
pub(super) fn field_of(code: u8) -> Option<Field> {
    Field::ALL.get(usize::from(code)).copied()
}

#[cold]
pub(super) fn unknown_kind(code: u8, id: NodeId) -> Damage {
    Damage::new("unknown kind", id).found(u32::from(code))
}

#[cold]
pub(super) fn unknown_field(code: u8, id: NodeId) -> Damage {
    Damage::new("unknown field", id).found(u32::from(code))
}
