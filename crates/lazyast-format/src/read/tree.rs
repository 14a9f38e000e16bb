//! [`Tree`]: opening, and the columns of nodes by number.

use super::damage::Damage;
use super::open_error::OpenError;
use crate::encoding::{BLOCK, NameInAnyContext, NodeId, PAYLOAD_ESCAPE, Payload};
use crate::layout::{ColumnsView, HEADER_LEN, Header, LayoutError, LittleEndian as _, Root};
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
        let columns = columns(bytes, &header).map_err(OpenError::Layout)?;
        let tree = Self { columns, header };
        tree.check_lengths()?;
        tree.check_root()?;
        Ok(tree)
    }

    /// V06: the lengths of columns that belong together agree.
    fn check_lengths(&self) -> Result<(), OpenError> {
        let columns = &self.columns;
        let nodes = self.header.node_count as usize;
        let blocks = |rows: usize| rows.div_ceil(BLOCK);
        let pairs = [
            ("kinds", columns.kinds.len(), nodes),
            ("fields", columns.fields.len(), nodes),
            ("starts", columns.starts.bytes.len(), nodes),
            ("lengths", columns.lengths.bytes.len(), nodes),
            ("sizes", columns.sizes.bytes.len(), nodes),
            ("payloads", columns.payloads.len(), nodes),
            ("start_bases", columns.start_bases.len(), blocks(nodes)),
            ("lines.bases", columns.lines.bases.len(), blocks(columns.lines.len())),
            ("names.bases", columns.names.bases.len(), blocks(columns.names.len())),
            ("strings.bases", columns.strings.bases.len(), blocks(columns.strings.len())),
            ("comment_lengths", columns.comment_lengths.bytes.len(), columns.comment_gaps.bytes.len()),
        ];
        let overflows = [
            ("starts", &columns.starts.overflow),
            ("lengths", &columns.lengths.overflow),
            ("sizes", &columns.sizes.overflow),
            ("payloads", &columns.payload_overflow),
            ("lines", &columns.lines.lengths.overflow),
            ("names", &columns.names.lengths.overflow),
            ("strings", &columns.strings.lengths.overflow),
            ("comment_gaps", &columns.comment_gaps.overflow),
            ("comment_lengths", &columns.comment_lengths.overflow),
        ];
        let overflows = overflows.map(|(column, table)| (column, table.values.len(), table.rows.len()));
        match pairs.into_iter().chain(overflows).find(|(_, found, expected)| found != expected) {
            Some((column, found, expected)) => Err(OpenError::Lengths { column, found, expected }),
            None => Ok(()),
        }
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

    /// The codes of all nodes' fields, in preorder.
    pub fn fields(&self) -> &'a [u8] {
        self.columns.fields
    }

    /// The kind of a node.
    pub fn kind(&self, id: NodeId) -> Result<Kind, Damage> {
        let code = self.columns.kinds.get(id as usize).copied().unwrap_or(u8::MAX);
        kind_of(code).ok_or_else(|| unknown_kind(code, id))
    }

    /// The field of its parent that a node stands in.
    pub fn field(&self, id: NodeId) -> Result<Field, Damage> {
        let code = self.columns.fields.get(id as usize).copied().unwrap_or(u8::MAX);
        field_of(code).ok_or_else(|| unknown_field(code, id))
    }

    /// The number after the last node of a subtree. It is above `id`, and at most the number of nodes.
    pub fn subtree_end(&self, id: NodeId) -> NodeId {
        let size = self.columns.sizes.get(id as usize).unwrap_or(0);
        id.saturating_add(1).saturating_add(size).min(self.len())
    }

    /// The start and the end of a node in the text, in bytes.
    pub fn range(&self, id: NodeId) -> Result<(u32, u32), Damage> {
        self.start(id)
            .zip(self.columns.lengths.get(id as usize))
            .map(|(start, length)| (start, start.saturating_add(length)))
            .ok_or_else(|| Damage::new("position is missing", id))
    }

    pub(super) fn start(&self, id: NodeId) -> Option<u32> {
        let row = id as usize;
        let block = row / BLOCK;
        let base = self.columns.start_bases.get(block)?.to_native();
        self.columns.starts.running_sum(base, block * BLOCK + 1, row + 1, |_, start| start)
    }

    /// The payload of a node, whose kind the caller knows.
    #[inline]
    pub fn payload(&self, id: NodeId, kind: Kind) -> Result<Payload, Damage> {
        Ok(Payload::decode(kind.payload_layout(), self.payload_bits(id)?))
    }

    /// The packed payload of a node.
    pub fn payload_bits(&self, id: NodeId) -> Result<u32, Damage> {
        let bits = match self.columns.payloads.get(id as usize).map(|payload| payload.to_native()) {
            Some(PAYLOAD_ESCAPE) => self.columns.payload_overflow.get(id as usize),
            bits => bits.map(u32::from),
        };
        bits.ok_or_else(|| Damage::new("payload is missing", id))
    }

    /// Whether a node has a name, in any context. The payload layout of the node's kind is `NameContext`.
    pub fn has_name(&self, id: NodeId, name: NameInAnyContext) -> bool {
        match self.columns.payloads.get(id as usize).map(|payload| payload.to_native()) {
            Some(PAYLOAD_ESCAPE) => self.payload_bits(id).is_ok_and(|bits| name.matches(bits)),
            Some(bits) => name.matches(u32::from(bits)),
            None => false,
        }
    }
}

/// V05: locates the columns.
fn columns<'a>(bytes: &'a [u8], header: &Header) -> Result<ColumnsView<'a>, LayoutError> {
    let mut root = Root::new(bytes, HEADER_LEN, header.revision.root_len)?;
    ColumnsView::read(&mut root)
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
