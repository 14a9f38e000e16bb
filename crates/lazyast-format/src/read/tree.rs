//! [`Archive`] and [`Tree`]: opening, and the columns by row.

use core::fmt;

use memchr::memmem::Finder;

use super::{Damage, Node, NodeId};
use crate::encoding::{NameInAnyContext, Payload, Record};
use crate::generated::tables::{Field, Kind};
use crate::header::{HEADER_LEN, Header, HeaderError};
use crate::layout::{self, ArchivedColumns, LayoutError};
use crate::write::{BLOCK, ESCAPE, PAYLOAD_ESCAPE};

/// The bytes of an archive, whatever holds them: a map, a `Vec`, a Python buffer.
///
/// The bytes must start at an address that is a multiple of eight.
#[derive(Clone, Debug)]
pub struct Archive<B> {
    bytes: B,
}

impl<B: AsRef<[u8]>> Archive<B> {
    /// Checks header and columns, in time that does not depend on the archive's size.
    ///
    /// `parser` is the parser version that the caller accepts; `None` accepts any.
    pub fn open(bytes: B, parser: Option<u32>) -> Result<Self, OpenError> {
        Tree::open(bytes.as_ref(), parser)?;
        Ok(Self { bytes })
    }

    /// The view of the tree. It repeats the cheap checks of `open`, so that no unsafe code is needed
    /// to keep a view and the bytes that it borrows in one place.
    pub fn tree(&self) -> Result<Tree<'_>, OpenError> {
        Tree::open(self.bytes.as_ref(), None)
    }

    /// Checks every byte; see [`verify`](crate::verify).
    pub fn verify(&self) -> Result<(), crate::verify::VerifyError> {
        crate::verify::verify(self.bytes.as_ref())
    }

    /// What holds the bytes.
    pub fn into_bytes(self) -> B {
        self.bytes
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

/// A view of an archive.
#[derive(Clone, Debug)]
pub struct Tree<'a> {
    pub(crate) columns: &'a ArchivedColumns,
    header: Header,
}

impl<'a> Tree<'a> {
    /// As [`Archive::open`], for borrowed bytes.
    pub fn open(bytes: &'a [u8], parser: Option<u32>) -> Result<Self, OpenError> {
        let header = Header::parse(bytes, parser).map_err(OpenError::Header)?;
        let columns = layout::access(&bytes[HEADER_LEN..]).map_err(OpenError::Layout)?;
        let tree = Self { columns, header };
        tree.check_lengths()?;
        Ok(tree)
    }

    /// V06 and V07: the columns' lengths agree with each other, and there is a root.
    fn check_lengths(&self) -> Result<(), OpenError> {
        let columns = self.columns;
        let nodes = self.header.node_count as usize;
        let blocks = |rows: usize| rows.div_ceil(BLOCK);
        let equal = [
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
        for (column, found, expected) in equal {
            if found != expected {
                return Err(OpenError::Lengths { column, found, expected });
            }
        }
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
        for (column, overflow) in overflows {
            if overflow.rows.len() != overflow.values.len() {
                let (found, expected) = (overflow.values.len(), overflow.rows.len());
                return Err(OpenError::Lengths { column, found, expected });
            }
        }
        match columns.kinds.first() {
            Some(0) => Ok(()),
            found => Err(OpenError::Root { found: found.copied() }),
        }
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Number of nodes; at least one.
    pub fn len(&self) -> u32 {
        self.header.node_count
    }

    /// Never: a tree has a root.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Number of lines of the text; all of its line ends are `\n`.
    pub fn line_count(&self) -> u32 {
        self.columns.lines.len() as u32
    }

    /// Node 0, the `Module`.
    pub fn root(&self) -> Node<'_, 'a> {
        Node::new(self, 0)
    }

    /// A node by number.
    pub fn node(&self, id: NodeId) -> Option<Node<'_, 'a>> {
        (id < self.len()).then(|| Node::new(self, id))
    }

    /// The codes of all nodes' kinds, in preorder.
    pub fn kinds(&self) -> &'a [u8] {
        &self.columns.kinds
    }

    /// The codes of all nodes' fields, in preorder.
    pub fn fields(&self) -> &'a [u8] {
        &self.columns.fields
    }

    /// Whether a node has a name, in any context. The node is of a kind with the payload layout `NameContext`.
    pub fn has_name(&self, id: NodeId, name: NameInAnyContext) -> bool {
        match self.columns.payloads.get(id as usize).map(|payload| payload.to_native()) {
            Some(PAYLOAD_ESCAPE) => self.payload_bits(id).is_ok_and(|payload| name.matches(payload)),
            Some(payload) => name.matches(u32::from(payload)),
            None => false,
        }
    }

    /// The kind of a node.
    pub fn kind(&self, id: NodeId) -> Result<Kind, Damage> {
        let code = self.columns.kinds.get(id as usize).copied().unwrap_or(u8::MAX);
        kind_of(code).ok_or(Damage { what: "unknown kind", at: id, found: u64::from(code) })
    }

    /// The field of its parent that a node stands in.
    pub fn field(&self, id: NodeId) -> Result<Field, Damage> {
        let code = self.columns.fields.get(id as usize).copied().unwrap_or(u8::MAX);
        field_of(code).ok_or(Damage { what: "unknown field", at: id, found: u64::from(code) })
    }

    /// The number behind the last node of a subtree: more than `id`, at most the number of nodes.
    pub fn subtree_end(&self, id: NodeId) -> NodeId {
        let size = self.columns.sizes.get(id as usize).unwrap_or(0);
        id.saturating_add(1).saturating_add(size).min(self.len())
    }

    /// The way from the root to a node, the root left out: each node with its field, and how many siblings
    /// before it stand in the same field.
    pub fn path_to(&self, id: NodeId) -> Result<Vec<Step>, Damage> {
        let mut path: Vec<Step> = Vec::new();
        let mut above = 0;
        while above != id {
            let missing = Damage { what: "node is in no subtree", at: id, found: u64::from(above) };
            let node = self.node(above).ok_or(missing.clone())?;
            let mut before = [0_u32; Field::ALL.len()];
            let mut found = None;
            for child in node.children() {
                let (field, child) = child?;
                if self.subtree_end(child.id()) > id {
                    found = Some(Step { id: child.id(), field, index: before[field as usize] });
                    break;
                }
                before[field as usize] += 1;
            }
            let step = found.filter(|step| step.id <= id).ok_or(missing)?;
            above = step.id;
            path.push(step);
        }
        Ok(path)
    }

    /// The nodes that start at an offset, in preorder.
    pub fn starting_at(&self, offset: u32) -> impl Iterator<Item = Row> {
        let block = self.columns.start_bases.partition_point(|base| base.to_native() < offset);
        let first = (block.saturating_sub(1) * BLOCK) as NodeId;
        let rows = self.rows_in(first, self.len()).map_while(Result::ok);
        rows.take_while(move |row| row.start <= offset).filter(move |row| row.start == offset)
    }

    /// The payload of a node, which is of the given kind.
    #[inline]
    pub fn payload(&self, id: NodeId, kind: Kind) -> Result<Payload, Damage> {
        Ok(Payload::decode(kind.payload_layout(), self.payload_bits(id)?))
    }

    /// A node's packed payload.
    pub fn payload_bits(&self, id: NodeId) -> Result<u32, Damage> {
        let damage = Damage { what: "payload is missing", at: id, found: 0 };
        match self.columns.payloads.get(id as usize).map(|payload| payload.to_native()) {
            Some(PAYLOAD_ESCAPE) => self.columns.payload_overflow.get(id as usize).ok_or(damage),
            Some(payload) => Ok(u32::from(payload)),
            None => Err(damage),
        }
    }

    /// Start and end of a node in the text, in bytes.
    pub fn range(&self, id: NodeId) -> Result<(u32, u32), Damage> {
        self.start(id)
            .zip(self.columns.lengths.get(id as usize))
            .map(|(start, length)| (start, start.saturating_add(length)))
            .ok_or(Damage { what: "position is missing", at: id, found: 0 })
    }

    fn start(&self, id: NodeId) -> Option<u32> {
        let row = id as usize;
        let block = row / BLOCK;
        let base = self.columns.start_bases.get(block)?.to_native();
        self.columns.starts.fold(base, block * BLOCK + 1, row + 1, |_, start| start)
    }

    /// An identifier by number.
    pub fn name(&self, number: u32) -> Result<&'a str, Damage> {
        let bytes =
            self.columns.names.slice(&self.columns.name_bytes, number, "name is outside of the table")?;
        core::str::from_utf8(bytes).map_err(|error| Damage {
            what: "name is not UTF-8",
            at: number,
            found: error.valid_up_to() as u64,
        })
    }

    /// The number of an identifier, if the tree has it.
    pub fn find_name(&self, name: &Name) -> Option<u32> {
        let (names, bytes) = (&self.columns.names, self.columns.name_bytes.as_slice());
        let length = name.0.needle().len();
        let mut from = 0;
        // Where the text of all identifiers has this one at the place of one of them. It may also be where one
        // identifier ends and the next begins, and then overlap with itself.
        while let Some(place) = name.0.find(bytes.get(from..)?).map(|place| from + place) {
            let (number, start, _) = names.find(place as u32)?;
            if start as usize == place && names.lengths.get(number as usize)? as usize == length {
                return Some(number);
            }
            from = place + 1;
        }
        None
    }

    /// Whether the bytes occur in a string, or where one string ends and the next begins.
    pub fn may_have_string(&self, bytes: &Finder<'_>) -> bool {
        bytes.find(&self.columns.string_bytes).is_some()
    }

    /// Number of identifiers.
    pub fn name_count(&self) -> u32 {
        self.columns.names.len() as u32
    }

    /// The bytes of a string by number: WTF-8 for text.
    pub fn string(&self, number: u32) -> Result<&'a [u8], Damage> {
        self.columns.strings.slice(&self.columns.string_bytes, number, "string is outside of the table")
    }

    /// A float by number.
    pub fn float(&self, number: u32) -> Result<f64, Damage> {
        let damage = Damage {
            what: "float is outside of the table",
            at: number,
            found: self.columns.floats.len() as u64,
        };
        self.columns.floats.get(number as usize).map(|bits| f64::from_bits(bits.to_native())).ok_or(damage)
    }

    /// `N` words of the extras.
    pub(crate) fn extra<const N: usize>(&self, place: u32) -> Result<[u32; N], Damage> {
        let damage = Damage {
            what: "extra record is outside of the table",
            at: place,
            found: self.columns.extras.len() as u64,
        };
        let words = self
            .columns
            .extras
            .get(place as usize..)
            .and_then(|rest| rest.first_chunk::<N>())
            .ok_or(damage)?;
        Ok(words.map(|word| word.to_native()))
    }

    /// The record at an offset of the extras.
    pub fn record<R: Record>(&self, offset: u32) -> Result<R, Damage> {
        self.extra::<2>(offset).map(R::from_words)
    }

    /// A counted list of the extras.
    pub fn extra_list(&self, place: u32) -> Result<impl ExactSizeIterator<Item = u32> + use<'a>, Damage> {
        let [count] = self.extra::<1>(place)?;
        let damage =
            Damage { what: "extra list is outside of the table", at: place, found: u64::from(count) };
        let first = place as usize + 1;
        let words =
            self.columns.extras.get(first..).and_then(|rest| rest.get(..count as usize)).ok_or(damage)?;
        Ok(words.iter().map(|word| word.to_native()))
    }

    /// Start and end of each comment, in source order.
    pub fn comments(&self) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        let columns = self.columns;
        let mut end = 0_u32;
        (0..columns.comment_gaps.bytes.len()).map_while(move |row| {
            let start = end.checked_add(columns.comment_gaps.get(row)?)?;
            end = start.checked_add(columns.comment_lengths.get(row)?)?;
            Some((start, end))
        })
    }

    /// All nodes in preorder, decoded one after the other: the fast way to see everything.
    pub fn rows(&self) -> Rows<'_, 'a> {
        Rows { tree: self, next: 0, end: self.len(), start: 0, starts: 0, lengths: 0, sizes: 0, payloads: 0 }
    }

    /// The nodes from `first` to before `end`, as [`rows`](Self::rows) gives them.
    pub fn rows_in(&self, first: NodeId, end: NodeId) -> Rows<'_, 'a> {
        let columns = self.columns;
        let row = first as usize;
        Rows {
            tree: self,
            next: first,
            end: end.min(self.len()),
            start: first.checked_sub(1).and_then(|before| self.start(before)).unwrap_or(0),
            starts: columns.starts.overflow.from(row),
            lengths: columns.lengths.overflow.from(row),
            sizes: columns.sizes.overflow.from(row),
            payloads: columns.payload_overflow.from(row),
        }
    }
}

/// An identifier that is looked for in many trees.
#[derive(Clone, Debug)]
pub struct Name(Finder<'static>);

impl Name {
    /// An identifier by its text.
    pub fn new(text: &str) -> Self {
        Self(Finder::new(text).into_owned())
    }

    /// Its text.
    pub fn text(&self) -> &str {
        core::str::from_utf8(self.0.needle()).unwrap_or_default()
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

/// A step of [`Tree::path_to`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The node that it leads to.
    pub id: NodeId,
    /// The field that the node stands in.
    pub field: Field,
    /// How many siblings before it stand in the same field.
    pub index: u32,
}

/// One node's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The node's number.
    pub id: NodeId,
    /// Its kind.
    pub kind: Kind,
    /// The field of its parent that it stands in.
    pub field: Field,
    /// Where it starts in the text.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// The number behind its last descendant.
    pub subtree_end: NodeId,
    /// Its packed payload.
    pub payload_bits: u32,
}

/// See [`Tree::rows`]. Each overflow table is walked along with its column.
#[derive(Debug)]
pub struct Rows<'t, 'a> {
    tree: &'t Tree<'a>,
    next: NodeId,
    end: NodeId,
    start: u32,
    starts: usize,
    lengths: usize,
    sizes: usize,
    payloads: usize,
}

impl Rows<'_, '_> {
    fn decode(&mut self) -> Option<Result<Row, Damage>> {
        let columns = self.tree.columns;
        let id = self.next;
        let row = id as usize;
        if id >= self.end {
            return None;
        }
        let code = *columns.kinds.get(row)?;
        self.next += 1;
        let Some(kind) = kind_of(code) else {
            return Some(Err(Damage { what: "unknown kind", at: id, found: u64::from(code) }));
        };
        let code = columns.fields[row];
        let Some(field) = field_of(code) else {
            return Some(Err(Damage { what: "unknown field", at: id, found: u64::from(code) }));
        };
        let take = |column: &crate::layout::ArchivedNarrow, place: &mut usize| match column.bytes[row] {
            ESCAPE => {
                *place += 1;
                column.overflow.values.get(*place - 1).map(|value| (value.to_native(), true))
            }
            byte => Some((u32::from(byte), false)),
        };
        let mut columns_of_row = || {
            let (value, absolute) = take(&columns.starts, &mut self.starts)?;
            self.start = if absolute { value } else { self.start.saturating_add(value) };
            let (length, _) = take(&columns.lengths, &mut self.lengths)?;
            let (size, _) = take(&columns.sizes, &mut self.sizes)?;
            let payload = match columns.payloads[row].to_native() {
                PAYLOAD_ESCAPE => {
                    self.payloads += 1;
                    columns.payload_overflow.values.get(self.payloads - 1)?.to_native()
                }
                payload => u32::from(payload),
            };
            Some((length, size, payload))
        };
        let Some((length, size, payload)) = columns_of_row() else {
            return Some(Err(Damage { what: "overflow value is missing", at: id, found: 0 }));
        };
        Some(Ok(Row {
            id,
            kind,
            field,
            start: self.start,
            end: self.start.saturating_add(length),
            subtree_end: id.saturating_add(1).saturating_add(size).min(self.tree.len()),
            payload_bits: payload,
        }))
    }
}

impl Iterator for Rows<'_, '_> {
    type Item = Result<Row, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        self.decode()
    }
}

fn kind_of(code: u8) -> Option<Kind> {
    Kind::ALL.get(usize::from(code)).copied()
}

fn field_of(code: u8) -> Option<Field> {
    Field::ALL.get(usize::from(code)).copied()
}

/// Why bytes could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The header is not ours, or not of this version.
    Header(HeaderError),
    /// A column lies outside of the bytes, or the bytes are not aligned.
    Layout(LayoutError),
    /// Two lengths that have to agree do not.
    Lengths {
        /// The column.
        column: &'static str,
        /// Its length.
        found: usize,
        /// What it should be.
        expected: usize,
    },
    /// Node 0 is not a `Module`.
    Root {
        /// The code of its kind; `None` where there is no node.
        found: Option<u8>,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(error) => error.fmt(f),
            Self::Layout(error) => write!(f, "columns outside of the archive: {error}"),
            Self::Lengths { column, found, expected } => {
                write!(f, "column {column} has {found} rows instead of {expected}")
            }
            Self::Root { found: Some(code) } => write!(f, "node 0 is of kind {code} instead of a Module"),
            Self::Root { found: None } => write!(f, "there is no node, not even a Module"),
        }
    }
}

impl std::error::Error for OpenError {}
