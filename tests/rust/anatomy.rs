//! Locates the vectors of an archive as FORMAT.md says, without the library.

/// The length of the header.
pub const HEADER: usize = 96;

/// One vector of an archive.
#[derive(Clone, Debug)]
pub struct Region {
    /// The column.
    pub name: &'static str,
    /// The offset of the vector's entry in the root, counted from the archive's start.
    pub record: usize,
    /// The offset of the first element.
    pub offset: usize,
    /// The number of elements.
    pub count: usize,
    /// The size of an element in bytes.
    pub width: usize,
}

impl Region {
    /// The offset after the last element.
    pub fn end(&self) -> usize {
        self.offset + self.count * self.width
    }
}

/// The name and the type of every column.
pub fn columns() -> Vec<(&'static str, &'static str)> {
    let schema = include_str!("../../format-spec/schema");
    let section = schema.split("\ncolumns\n").nth(1).unwrap_or_default();
    section.lines().filter_map(|line| line.trim().split_once(' ')).collect()
}

/// The length of an entry of the root.
const ENTRY: usize = 8;

/// The vectors of an archive in the order of their entries. Panics if the bytes are not an archive.
pub fn regions(bytes: &[u8]) -> Vec<Region> {
    let columns = columns();
    let mut record = bytes.len() - columns.len() * ENTRY;
    let mut regions = Vec::new();
    for (name, ty) in columns {
        let width = match ty {
            "u64" => 8,
            "u32" => 4,
            _ => 1,
        };
        let pointer = i32::from_le_bytes(word(bytes, record));
        let count = u32::from_le_bytes(word(bytes, record + 4)) as usize;
        let offset = record.checked_add_signed(pointer as isize).unwrap_or_default();
        regions.push(Region { name, record, offset, count, width });
        record += ENTRY;
    }
    regions
}

fn word(bytes: &[u8], at: usize) -> [u8; 4] {
    [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]
}
