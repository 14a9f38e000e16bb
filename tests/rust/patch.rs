//! Changes single values of an archive.

use lazyast_format::layout::{CHECKSUM, checksum};
use lazyast_format::{Field, Header, Kind};

use crate::anatomy::{HEADER, Region, regions};

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
        let found = (from..count).find(|row| fields[*row] == field as u8);
        found.unwrap_or_else(|| panic!("no node in {field:?} from node {from} on"))
    }

    /// The children of a node that has fewer than 255 descendants.
    pub fn children(&self, node: usize) -> Vec<usize> {
        let next = |row: usize| row + 1 + self.get("sizes.bytes", row) as usize;
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

    /// The row of the overflow table whose value is `value`.
    pub fn overflow(&self, column: &str, value: u64) -> usize {
        let name = format!("{column}.values");
        let found = (0..self.region(&name).count).find(|row| self.get(&name, *row) == value);
        found.unwrap_or_else(|| panic!("{value} is not in {name}"))
    }
}
