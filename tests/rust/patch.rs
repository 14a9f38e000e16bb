//! Changes single values of an archive.

use lazyast_format::layout::{CHECKSUM, checksum};
use lazyast_format::{Field, Header, Kind};

use crate::anatomy::{HEADER, Region, regions};

/// A byte of the column `fields` is this times the code of the payload's number of bytes, plus the code of the field.
const PAYLOAD_UNIT: u8 = 64;

/// The number of bytes of a payload, by code.
const PAYLOAD_WIDTHS: [usize; 4] = [0, 1, 2, 4];

/// How many bits of an entry of `overflow_rows` are the row.
const ROW_BITS: u32 = 28;

/// The codes of narrow columns in `overflow_rows`.
#[derive(Clone, Copy, Debug)]
pub enum Narrow {
    /// `starts`.
    Starts,
    /// `lengths`.
    Lengths,
    /// `sizes`.
    Sizes,
    /// `lines`.
    Lines,
    /// `names`.
    Names,
    /// `strings`.
    Strings,
    /// `comment_gaps`.
    CommentGaps,
    /// `comment_lengths`.
    CommentLengths,
}

/// An archive that is changed. A name that does not exist panics, because patches are written for one archive.
#[derive(Debug)]
pub struct Patch {
    /// The bytes with the changes so far.
    pub bytes: Vec<u8>,
    regions: Vec<Region>,
}

impl Patch {
    /// Starts with a valid archive.
    pub fn new(bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec(), regions: regions(bytes) }
    }

    /// The archive with a correct checksum, if header and length are still readable.
    pub fn finish(mut self) -> Vec<u8> {
        if Header::parse(&self.bytes, None).is_ok() {
            let checksum = checksum(&self.bytes);
            self.bytes[CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
        }
        self.bytes
    }

    /// A vector by name.
    pub fn region(&self, name: &str) -> Region {
        let found = self.regions.iter().find(|region| region.name == name);
        found.unwrap_or_else(|| panic!("no vector is called {name}")).clone()
    }

    /// A value of a vector.
    pub fn get(&self, name: &str, row: usize) -> u64 {
        let Region { offset, count, width, .. } = self.region(name);
        assert!(row < count, "{name} has {count} rows, not {row}");
        let at = offset + row * width;
        self.bytes[at..at + width].iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
    }

    /// Changes a value of a vector.
    pub fn set(&mut self, name: &str, row: usize, value: u64) {
        let Region { offset, count, width, .. } = self.region(name);
        assert!(row < count, "{name} has {count} rows, not {row}");
        let at = offset + row * width;
        self.bytes[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
    }

    /// Adds to a value of a vector.
    pub fn add(&mut self, name: &str, row: usize, step: i64) {
        self.set(name, row, self.get(name, row).wrapping_add_signed(step));
    }

    /// Changes the length of a vector in the root.
    pub fn resize(&mut self, name: &str, step: i32) {
        let Region { record, offset, count, width, .. } = self.region(name);
        // What is no longer an element is padding.
        let removed = (step.min(0).unsigned_abs() as usize).min(count) * width;
        let end = offset + count * width;
        self.bytes[end - removed..end].fill(0);
        let count = (count as u32).wrapping_add_signed(step);
        self.bytes[record + 4..record + 8].copy_from_slice(&count.to_le_bytes());
    }

    /// Changes the offset of a vector in the root.
    pub fn repoint(&mut self, name: &str, step: i32) {
        self.repoint_entry(self.region(name).record, step);
    }

    /// Adds to the offset in an entry of the root.
    fn repoint_entry(&mut self, record: usize, step: i32) {
        let pointer = self.bytes[record..record + 4].try_into().map(i32::from_le_bytes);
        let pointer = pointer.expect("an entry has four bytes for the offset").wrapping_add(step);
        self.bytes[record..record + 4].copy_from_slice(&pointer.to_le_bytes());
    }

    /// Moves the root away from the columns, over zeros.
    pub fn move_root(&mut self, by: i32) {
        let root = self.regions[0].record;
        for Region { record, .. } in self.regions.clone() {
            self.repoint_entry(record, -by);
        }
        self.bytes.splice(root..root, vec![0; by as usize]);
        let body_len = (self.bytes.len() - HEADER) as u32;
        self.bytes[36..40].copy_from_slice(&body_len.to_le_bytes());
    }

    /// The last row of a vector.
    pub fn last(&self, name: &str) -> usize {
        self.region(name).count - 1
    }

    /// The first node of a kind from `from` on.
    pub fn node(&self, kind: Kind, from: usize) -> usize {
        let Region { offset, count, .. } = self.region("kinds");
        let kinds = &self.bytes[offset..offset + count];
        let found = (from..count).find(|row| kinds[*row] == kind as u8);
        found.unwrap_or_else(|| panic!("no {kind:?} from node {from} on"))
    }

    /// The first node in a field from `from` on.
    pub fn child(&self, field: Field, from: usize) -> usize {
        let Region { offset, count, .. } = self.region("fields");
        let fields = &self.bytes[offset..offset + count];
        let found = (from..count).find(|row| fields[*row] % PAYLOAD_UNIT == field as u8);
        found.unwrap_or_else(|| panic!("no node in {field:?} from node {from} on"))
    }

    /// The children of a node that has fewer than 255 descendants.
    pub fn children(&self, node: usize) -> Vec<usize> {
        let next = |row: usize| row + 1 + self.get("sizes", row) as usize;
        let (mut children, mut child) = (Vec::new(), node + 1);
        while child < next(node) {
            children.push(child);
            child = next(child);
        }
        children
    }

    /// Changes a byte in the first occurrence of a text in the bytes of strings.
    pub fn replace_in_strings(&mut self, text: &[u8], at: usize, byte: u8) {
        let strings = self.region("string_bytes");
        let found =
            self.bytes[strings.offset..strings.end()].windows(text.len()).position(|part| part == text);
        let found = found.unwrap_or_else(|| panic!("{text:?} is in no string"));
        self.set("string_bytes", found + at, u64::from(byte));
    }

    /// The field of a node.
    pub fn field(&self, node: usize) -> u64 {
        self.get("fields", node) % u64::from(PAYLOAD_UNIT)
    }

    /// Changes the field of a node, or gives it the code of none.
    pub fn set_field(&mut self, node: usize, code: usize) {
        self.set("fields", node, self.get("fields", node) - self.field(node) + code as u64);
    }

    /// Where the payload of a node begins, and how many bytes it has.
    fn payload_place(&self, node: usize) -> (usize, usize) {
        let width = |row| PAYLOAD_WIDTHS[self.get("fields", row) as usize / usize::from(PAYLOAD_UNIT)];
        ((0..node).map(width).sum(), width(node))
    }

    /// The payload of a node.
    pub fn payload(&self, node: usize) -> u64 {
        let (offset, width) = self.payload_place(node);
        (offset..offset + width).rev().fold(0, |value, at| value << 8 | self.get("payloads", at))
    }

    /// Changes the payload of a node.
    pub fn set_payload(&mut self, node: usize, value: u64) {
        let code = [0, 0xff, 0xffff].iter().filter(|largest| value > **largest).count();
        self.set_payload_with(node, value, code);
    }

    /// Changes the payload of a node, which gets as many bytes as a code says.
    pub fn set_payload_with(&mut self, node: usize, value: u64, code: usize) {
        let (offset, old) = self.payload_place(node);
        let new = PAYLOAD_WIDTHS[code];
        self.splice("payloads", offset..offset + old, &value.to_le_bytes()[..new]);
        self.set("fields", node, self.field(node) + code as u64 * u64::from(PAYLOAD_UNIT));
        for block in node / 64 + 1..=self.last("kinds") / 64 {
            let base = self.base("payloads", block);
            self.add("bases", base, new as i64 - old as i64);
        }
    }

    /// The index of the base of a block, from 1 on, of a column.
    pub fn base(&self, column: &str, block: usize) -> usize {
        let sections = ["starts", "payloads", "lines", "names", "strings"];
        let rows = |section: &&str| self.region(if *section == "payloads" { "kinds" } else { section }).count;
        let before = sections.iter().take_while(|section| **section != column);
        before.map(|section| rows(section).saturating_sub(1) / 64).sum::<usize>() + block - 1
    }

    /// Replaces elements of a vector of bytes, and moves what follows.
    pub fn splice(&mut self, name: &str, range: std::ops::Range<usize>, with: &[u8]) {
        let (mut bytes, mut places) = (self.bytes[..HEADER].to_vec(), Vec::new());
        for region in &self.regions {
            let mut vector = self.bytes[region.offset..region.end()].to_vec();
            if region.name == name {
                vector.splice(range.clone(), with.iter().copied());
            }
            bytes.resize(bytes.len().next_multiple_of(region.width), 0);
            places.push((bytes.len(), vector.len() / region.width));
            bytes.extend(vector);
        }
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        for (offset, count) in places {
            let pointer = offset as i32 - bytes.len() as i32;
            bytes.extend(pointer.to_le_bytes());
            bytes.extend((count as u32).to_le_bytes());
        }
        let body_len = (bytes.len() - HEADER) as u32;
        bytes[36..40].copy_from_slice(&body_len.to_le_bytes());
        *self = Self::new(&bytes);
    }

    /// The entries of the overflow table that belong to a narrow column.
    pub fn overflow(&self, column: Narrow) -> Vec<usize> {
        let is_in = |entry: &usize| self.get("overflow_rows", *entry) >> ROW_BITS == column as u64;
        (0..self.region("overflow_rows").count).filter(is_in).collect()
    }

    /// The row of an entry of the overflow table.
    pub fn overflow_row(&self, entry: usize) -> usize {
        self.get("overflow_rows", entry) as usize % (1 << ROW_BITS)
    }

    /// The entry of a narrow column whose value is `value`.
    pub fn overflow_of(&self, column: Narrow, value: u64) -> usize {
        let found = self.overflow(column).into_iter().find(|row| self.get("overflow_values", *row) == value);
        found.unwrap_or_else(|| panic!("{value} is no value of {column:?}"))
    }
}
