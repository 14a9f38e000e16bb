//! [`Builder`]: nodes in preorder, children in source order.
//!
//! The builder collects nodes in blocks, because the size of a subtree is known only when its node is left. The
//! columns are filled at the end. A builder serves one source after the other, so that its buffers are reused.

use super::intern::Interner;
use super::node_columns::{BuiltNode, BuiltNodes};
use crate::encoding::{
    AliasRecord, BIG_INT, ConstantTag, ImportFromRecord, NodeId, Payload, Record, Span, SpanRecord, Stored,
    WarningKind,
};
use crate::layout::{self, Buffer, CHECKSUM, Columns, HEADER_LEN, Header, SerializeError, SourceFacts};
use crate::schema::{Field, Kind, Revision};

/// A node that was entered and is not left yet.
#[derive(Debug)]
#[must_use = "a node that is entered must be left"]
pub struct OpenNode(NodeId);

impl OpenNode {
    /// The number of the node.
    pub fn id(&self) -> NodeId {
        self.0
    }
}

/// Builds archives.
///
/// ```
/// use lazyast_format::encoding::Payload;
/// use lazyast_format::layout::SourceFacts;
/// use lazyast_format::{Archive, Builder, Field, Kind};
///
/// let mut builder = Builder::new();
/// let module = builder.enter(Kind::Module, Field::Root, 0, 5, Payload::None);
/// builder.leaf(Kind::Pass, Field::Body, 0, 4, Payload::None);
/// builder.leave(module);
/// builder.lines(&[5]);
/// let facts = SourceFacts { minimum_python: 11, ..SourceFacts::default() };
/// let source_hash = [0; 32];
/// let archive = builder.finish(facts, 1, (&source_hash, 5), 5)?;
/// assert_eq!(Archive::open(archive, Some(1))?.tree()?.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Builder {
    nodes: BuiltNodes,
    columns: Columns,
    names: Interner,
    strings: Interner,
    last_comment_end: u32,
    /// The open f-string that stands in no other.
    open_joined_string: Option<NodeId>,
    depth: u16,
    /// The deepest node that has a parent.
    max_depth: u16,
    buffer: Buffer,
}

impl Builder {
    /// An empty builder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes room for the names and strings of a text of this length. The builder must be empty.
    pub fn reserve(&mut self, text_len: usize) {
        // Most texts have fewer.
        self.names.reserve(text_len / 64);
        self.strings.reserve(text_len / 128);
    }

    /// Starts a node. The nodes that are added until it is left are its descendants.
    // Inlined, so that the payload is packed where its layout is known.
    #[inline(always)]
    pub fn enter(&mut self, kind: Kind, field: Field, start: u32, end: u32, payload: Payload) -> OpenNode {
        debug_assert_eq!(payload.layout(), kind.payload_layout(), "payload of {kind:?}");
        let id = self.push(kind, field, start, end, payload.encode());
        self.depth += 1;
        OpenNode(id)
    }

    /// Ends a node.
    #[inline]
    pub fn leave(&mut self, node: OpenNode) {
        if self.open_joined_string == Some(node.0) {
            self.open_joined_string = None;
        }
        let size = self.len() - node.0 - 1;
        if self.depth >= self.max_depth && size > 0 {
            self.max_depth = self.depth + 1;
        }
        self.nodes.set_size(node.0, size);
        self.depth -= 1;
    }

    /// Adds a node without children and returns its number.
    #[inline(always)]
    pub fn leaf(&mut self, kind: Kind, field: Field, start: u32, end: u32, payload: Payload) -> NodeId {
        debug_assert_eq!(payload.layout(), kind.payload_layout(), "payload of {kind:?}");
        self.push(kind, field, start, end, payload.encode())
    }

    #[inline(always)]
    fn push(&mut self, kind: Kind, field: Field, start: u32, end: u32, payload_bits: u32) -> NodeId {
        let id = self.len();
        let node = BuiltNode { kind, field, start, length: end.saturating_sub(start), payload_bits };
        if self.nodes.push_fitting(node) { id } else { self.push_any(kind, field, start, end, payload_bits) }
    }

    #[cold]
    #[inline(never)]
    fn push_any(&mut self, kind: Kind, field: Field, start: u32, end: u32, payload_bits: u32) -> NodeId {
        let id = self.len();
        let node = BuiltNode { kind, field, start, length: end.saturating_sub(start), payload_bits };
        self.nodes.push(node, &mut self.columns);
        id
    }

    /// The number of nodes so far, which is the number of the next node.
    #[inline]
    pub fn len(&self) -> u32 {
        self.nodes.len()
    }

    /// Whether there is no node yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many nodes are entered and not left.
    #[inline]
    pub fn depth(&self) -> u16 {
        self.depth
    }

    /// Adds an identifier, unless it is there, and returns its number.
    #[inline]
    pub fn name(&mut self, name: &str) -> u32 {
        self.names.intern(name.as_bytes(), &mut self.columns.names, &mut self.columns.name_bytes)
    }

    /// As [`name`](Self::name), for an identifier that stands in a text, which is faster. `None` if the identifier has more
    /// than 16 bytes, is not ASCII, or is at the end of the text.
    #[inline]
    pub fn name_in(&mut self, text: &str, start: u32, end: u32) -> Option<u32> {
        let (start, len) = (start as usize, (end - start) as usize);
        let (runs, bytes) = (&mut self.columns.names, &mut self.columns.name_bytes);
        self.names.intern_in(text.as_bytes(), start, len, runs, bytes)
    }

    /// Adds a string (WTF-8, bytes or digits), unless it is there, and returns its number.
    #[inline]
    pub fn string(&mut self, value: &[u8]) -> u32 {
        self.strings.intern(value, &mut self.columns.strings, &mut self.columns.string_bytes)
    }

    /// As [`string`](Self::string), for a string that stands in a text. `None` as in [`name_in`](Self::name_in).
    #[inline]
    pub fn string_in(&mut self, text: &str, start: u32, end: u32) -> Option<u32> {
        let (start, len) = (start as usize, (end - start) as usize);
        let (runs, bytes) = (&mut self.columns.strings, &mut self.columns.string_bytes);
        self.strings.intern_in(text.as_bytes(), start, len, runs, bytes)
    }

    /// The payload of a constant whose value is a string.
    #[inline]
    pub fn string_constant(&mut self, tag: ConstantTag, value: &[u8]) -> Payload {
        Payload::Constant { tag, value: self.string(value) }
    }

    /// The payload of a float or of an imaginary number.
    #[inline]
    pub fn float_constant(&mut self, tag: ConstantTag, value: f64) -> Payload {
        self.columns.floats.push(value.to_bits());
        Payload::Constant { tag, value: self.columns.floats.len() as u32 - 1 }
    }

    /// The payload of an integer.
    #[inline]
    pub fn int_constant(&mut self, value: u64) -> Payload {
        if value < BIG_INT {
            Payload::Constant { tag: ConstantTag::Int, value: value as u32 }
        } else {
            self.string_constant(ConstantTag::BigInt, value.to_string().as_bytes())
        }
    }

    /// The payload of an alias.
    pub fn alias(&mut self, name: u32, asname: Option<u32>) -> Payload {
        Payload::Alias(match asname {
            None => Stored::Inline(name),
            Some(asname) => Stored::Record(self.record(AliasRecord { name, asname })),
        })
    }

    /// The payload of an `ImportFrom`.
    pub fn import_from(&mut self, module: Option<u32>, level: u32, is_lazy: bool) -> Payload {
        Payload::ImportFrom(match (level, is_lazy) {
            (0, false) => Stored::Inline(module),
            _ => Stored::Record(self.record(ImportFromRecord { module, level, is_lazy })),
        })
    }

    /// The payload of a comparison, from the codes of its operators.
    pub fn operators(&mut self, operators: &[u32]) -> Payload {
        Payload::Operators(match operators {
            [operator] => Stored::Inline(*operator),
            operators => Stored::Record(self.list(operators)),
        })
    }

    /// Adds a record to the extras and returns its offset.
    pub fn record(&mut self, record: impl Record) -> u32 {
        let offset = self.columns.extras.len() as u32;
        self.columns.extras.extend_from_slice(&record.to_words());
        offset
    }

    /// Adds a counted list to the extras and returns its offset.
    pub fn list(&mut self, elements: &[u32]) -> u32 {
        let offset = self.columns.extras.len() as u32;
        self.columns.extras.push(elements.len() as u32);
        self.columns.extras.extend_from_slice(elements);
        offset
    }

    /// Sets the lines, by where each ends: after its line end, in bytes.
    pub fn lines(&mut self, ends: &[u32]) {
        self.columns.lines.fill(ends);
    }

    /// Adds the next comment. Comments come in source order.
    pub fn comment(&mut self, start: u32, end: u32) {
        self.columns.comment_gaps.push(start - self.last_comment_end);
        self.columns.comment_lengths.push(end - start);
        self.last_comment_end = end;
    }

    /// Adds a warning that some Python's parser gives, in any order.
    pub fn warning(&mut self, offset: u32, kind: WarningKind) {
        self.columns.warnings.extend_from_slice(&[offset, kind as u32]);
    }

    /// Marks a node as an f-string: a `JoinedStr` that is not a format specification.
    ///
    /// Only f-strings that stand in no other are listed, because readers find the others from there.
    pub fn joined_string(&mut self, node: &OpenNode) {
        if self.open_joined_string.is_none() {
            self.columns.joined_strings.push(node.0);
            self.open_joined_string = Some(node.0);
        }
    }

    /// Adds the position that a node has in Python 3.11 only. Nodes come in ascending order.
    pub fn span_311(&mut self, node: NodeId, span: Span) {
        self.columns.spans_311.extend_from_slice(&SpanRecord { node, span }.to_words());
    }

    /// Says which program makes the tree, and its version.
    pub fn producer(&mut self, producer: &str) {
        self.columns.producer.clear();
        self.columns.producer.extend_from_slice(producer.as_bytes());
    }

    /// The archive of what was added. Afterwards the builder is empty, also after an error.
    ///
    /// `source` is the blake3 hash and the length of the source. The only error is an archive that is too large for
    /// 32-bit offsets.
    pub fn finish(
        &mut self,
        facts: SourceFacts,
        parser: u32,
        source: (&[u8; 32], u32),
        text_len: u32,
    ) -> Result<&[u8], SerializeError> {
        self.nodes.fill(&mut self.columns);
        self.columns.warnings.as_chunks_mut::<2>().0.sort_unstable();
        let mut header = Header {
            facts: SourceFacts { warns: !self.columns.warnings.is_empty(), ..facts },
            revision: Revision::CURRENT,
            parser,
            depth: self.max_depth.max(u16::from(!self.is_empty())),
            source_len: source.1,
            text_len,
            body_len: 0,
            node_count: self.len(),
            source_hash: *source.0,
            checksum: 0,
        };
        self.buffer.clear();
        self.buffer.extend_from_slice(&[0; HEADER_LEN]);
        let serialized = layout::serialize(&mut self.columns, core::mem::take(&mut self.buffer));
        self.clear();
        self.buffer = serialized?;
        header.body_len = (self.buffer.len() - HEADER_LEN) as u32;
        self.buffer[..HEADER_LEN].copy_from_slice(&header.to_bytes());
        let checksum = layout::checksum(&self.buffer);
        self.buffer[CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
        Ok(&self.buffer)
    }

    /// Removes everything that was added and keeps the buffers.
    pub fn clear(&mut self) {
        self.columns.clear();
        self.names.clear();
        self.strings.clear();
        self.nodes.clear();
        self.last_comment_end = 0;
        self.open_joined_string = None;
        self.depth = 0;
        self.max_depth = 0;
    }
}
