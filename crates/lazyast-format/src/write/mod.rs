//! The builder: nodes in preorder, children in source order.
//!
//! A [`Builder`] is made once per thread and used for many sources; its buffers are reused.

mod intern;
mod rows;

use crate::encoding::{AliasRecord, BIG_INT, ConstantTag, ImportFromRecord, Payload, Record, Stored};
use crate::generated::tables::{Field, Kind};
use crate::header::{Facts, HEADER_LEN, Header};
use crate::layout::{self, Buffer, Columns, LayoutError, Narrow, Overflow, Runs};
use crate::read::Span;
use intern::Interner;
use rows::Row;

/// Rows between two entries of a base column.
pub(crate) const BLOCK: usize = 64;

/// The byte of a narrow column that stands for an overflow value.
pub(crate) const ESCAPE: u8 = u8::MAX;

/// The payload that stands for an overflow value.
pub(crate) const PAYLOAD_ESCAPE: u16 = u16::MAX;

/// A node that has been entered and not left yet.
#[derive(Debug)]
#[must_use = "a node that is entered must be left"]
pub struct Open(u32);

impl Open {
    /// The number of the node.
    pub fn id(&self) -> u32 {
        self.0
    }
}

/// Builds archives.
#[derive(Debug, Default)]
pub struct Builder {
    rows: Vec<Row>,
    columns: Columns,
    names: Interner,
    strings: Interner,
    last_comment_end: u32,
    /// The open f-string that stands in no other.
    joined: Option<u32>,
    depth: u16,
    deepest: u16,
    buffer: Buffer,
}

impl Builder {
    /// An empty builder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a node that may have children: those that are added until it is left.
    #[inline]
    pub fn enter(&mut self, kind: Kind, field: Field, start: u32, end: u32, payload: Payload) -> Open {
        debug_assert_eq!(payload.layout(), kind.payload_layout(), "payload of {kind:?}");
        let id = self.len();
        let payload = payload.encode();
        let length = end.saturating_sub(start);
        self.rows.push(Row { start, length, size: 0, payload, kind: kind as u8, field: field as u8 });
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        Open(id)
    }

    /// Ends a node: everything since its start is its subtree.
    pub fn leave(&mut self, node: Open) {
        if self.joined == Some(node.0) {
            self.joined = None;
        }
        self.rows[node.0 as usize].size = self.len() - node.0 - 1;
        self.depth -= 1;
    }

    /// A node without children.
    #[inline]
    pub fn leaf(&mut self, kind: Kind, field: Field, start: u32, end: u32, payload: Payload) -> u32 {
        let node = self.enter(kind, field, start, end, payload);
        self.depth -= 1;
        node.0
    }

    /// Number of nodes so far, which is the number of the next one.
    pub fn len(&self) -> u32 {
        self.rows.len() as u32
    }

    /// Whether there is no node yet.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Nodes that are entered and not left.
    pub fn depth(&self) -> u16 {
        self.depth
    }

    /// The number of an identifier.
    pub fn name(&mut self, name: &str) -> u32 {
        self.names.intern(name.as_bytes(), &mut self.columns.names, &mut self.columns.name_bytes)
    }

    /// The number of a string of WTF-8, bytes or digits.
    pub fn string(&mut self, value: &[u8]) -> u32 {
        self.strings.intern(value, &mut self.columns.strings, &mut self.columns.string_bytes)
    }

    /// The payload of a constant whose value is in the strings.
    pub fn string_constant(&mut self, tag: ConstantTag, value: &[u8]) -> Payload {
        Payload::Constant { tag, value: self.string(value) }
    }

    /// The payload of a float or of an imaginary number.
    pub fn float_constant(&mut self, tag: ConstantTag, value: f64) -> Payload {
        self.columns.floats.push(value.to_bits());
        Payload::Constant { tag, value: self.columns.floats.len() as u32 - 1 }
    }

    /// The payload of an integer.
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
    pub fn import_from(&mut self, module: Option<u32>, level: u32) -> Payload {
        Payload::ImportFrom(match level {
            0 => Stored::Inline(module),
            level => Stored::Record(self.record(ImportFromRecord { module, level })),
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

    /// The next line, line end included.
    pub fn line(&mut self, length: u32) {
        push_run(&mut self.columns.lines, length);
    }

    /// The next comment: comments come in source order.
    pub fn comment(&mut self, start: u32, end: u32) {
        push(&mut self.columns.comment_gaps, start - self.last_comment_end);
        push(&mut self.columns.comment_lengths, end - start);
        self.last_comment_end = end;
    }

    /// A place that some Python's parser warns about.
    pub fn warning(&mut self, offset: u32, kind: u32) {
        self.columns.warnings.extend_from_slice(&[offset, kind]);
    }

    /// Says that a node is a `JoinedStr` and not a format specification. Only those that stand in no
    /// other are listed: the rest is found from there.
    pub fn joined_string(&mut self, node: &Open) {
        if self.joined.is_none() {
            self.columns.joined_strings.push(node.0);
            self.joined = Some(node.0);
        }
    }

    /// The position that only Python 3.11 gives to a node. Nodes come in ascending order.
    pub fn span_311(&mut self, node: u32, span: Span) {
        let Span { start, end } = span;
        self.columns.spans_311.extend_from_slice(&[node, start.line, start.column, end.line, end.column]);
    }

    /// The archive of what was added; the builder is empty afterwards, also after an error.
    ///
    /// An error means that an archive would be larger than its 32-bit offsets can say.
    pub fn finish(
        &mut self,
        facts: Facts,
        parser: u32,
        source: (&[u8; 32], u32),
        text_len: u32,
    ) -> Result<&[u8], LayoutError> {
        rows::pack(&self.rows, &mut self.columns);
        let mut header = Header {
            facts: Facts { warns: !self.columns.warnings.is_empty(), ..facts },
            parser,
            depth: self.deepest,
            source_len: source.1,
            text_len,
            body_len: 0,
            node_count: self.len(),
            source_hash: *source.0,
            checksum: 0,
        };
        self.buffer.clear();
        self.buffer.extend_from_slice(&[0; HEADER_LEN]);
        let serialized = layout::serialize(&self.columns, core::mem::take(&mut self.buffer));
        self.clear();
        self.buffer = serialized?;
        header.body_len = (self.buffer.len() - HEADER_LEN) as u32;
        header.checksum = header.checksum_of(&self.buffer[HEADER_LEN..]);
        self.buffer[..HEADER_LEN].copy_from_slice(&header.to_bytes());
        Ok(&self.buffer)
    }

    /// Forgets everything that was added and keeps the buffers.
    pub fn clear(&mut self) {
        clear_columns(&mut self.columns);
        self.names.clear();
        self.strings.clear();
        self.rows.clear();
        self.last_comment_end = 0;
        self.joined = None;
        self.depth = 0;
        self.deepest = 0;
    }
}

/// Destructures, so that a new column cannot be forgotten.
fn clear_columns(columns: &mut Columns) {
    let Columns {
        kinds,
        fields,
        starts,
        start_bases,
        lengths,
        sizes,
        payloads,
        payload_overflow,
        extras,
        lines,
        names,
        name_bytes,
        strings,
        string_bytes,
        floats,
        comment_gaps,
        comment_lengths,
        warnings,
        joined_strings,
        spans_311,
    } = columns;
    for bytes in [kinds, fields, name_bytes, string_bytes] {
        bytes.clear();
    }
    for runs in [lines, names, strings] {
        runs.bases.clear();
        runs.lengths.clear();
    }
    for narrow in [starts, lengths, sizes, comment_gaps, comment_lengths] {
        narrow.clear();
    }
    for words in [start_bases, extras, warnings, joined_strings, spans_311] {
        words.clear();
    }
    payloads.clear();
    payload_overflow.clear();
    floats.clear();
}

impl Overflow {
    fn push(&mut self, row: usize, value: u32) {
        self.rows.push(row as u32);
        self.values.push(value);
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.values.clear();
    }
}

impl Narrow {
    fn clear(&mut self) {
        self.bytes.clear();
        self.overflow.clear();
    }
}

fn push(column: &mut Narrow, value: u32) {
    if value < u32::from(ESCAPE) {
        column.bytes.push(value as u8);
    } else {
        escape(column, column.bytes.len(), value);
    }
}

fn escape(column: &mut Narrow, row: usize, value: u32) {
    column.bytes.push(ESCAPE);
    column.overflow.push(row, value);
}

/// Adds a run and, before every 64th, the total so far.
fn push_run(runs: &mut Runs, length: u32) {
    let row = runs.lengths.bytes.len();
    if row.is_multiple_of(BLOCK) {
        let total = match runs.bases.last() {
            None => 0,
            Some(base) => base + block_total(&runs.lengths, row - BLOCK),
        };
        runs.bases.push(total);
    }
    push(&mut runs.lengths, length);
}

/// The sum of the 64 lengths from `first` on.
fn block_total(lengths: &Narrow, first: usize) -> u32 {
    let overflow = &lengths.overflow;
    let from = overflow.rows.partition_point(|row| (*row as usize) < first);
    let escaped: u32 = overflow.values[from..].iter().sum();
    let plain = lengths.bytes[first..first + BLOCK].iter().filter(|byte| **byte != ESCAPE);
    escaped + plain.map(|byte| u32::from(*byte)).sum::<u32>()
}
