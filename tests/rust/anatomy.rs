//! Locates the vectors of an archive as FORMAT.md says, without the library.

/// The length of the header.
pub const HEADER: usize = 96;

/// One vector of an archive.
#[derive(Clone, Debug)]
pub struct Region {
    /// The column and the part of its record, for example `starts.overflow.rows`.
    pub name: String,
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

/// The vectors of each record type, with the width of their elements.
pub const RECORDS: [(&str, &[(&str, usize)]); 7] = [
    ("u8", &[("", 1)]),
    ("u16", &[("", 2)]),
    ("u32", &[("", 4)]),
    ("u64", &[("", 8)]),
    ("overflow", &[(".rows", 4), (".values", 4)]),
    ("narrow", &[(".bytes", 1), (".overflow.rows", 4), (".overflow.values", 4)]),
    (
        "runs",
        &[
            (".lengths.bytes", 1),
            (".lengths.overflow.rows", 4),
            (".lengths.overflow.values", 4),
            (".bases", 4),
        ],
    ),
];

/// The name and the record type of every column.
pub fn columns() -> Vec<(&'static str, &'static str)> {
    let schema = include_str!("../../format-spec/schema");
    let section = schema.split("\ncolumns\n").nth(1).unwrap_or_default();
    section.lines().filter_map(|line| line.trim().split_once(' ')).collect()
}

/// The vectors of all columns in the order of their records, without their offsets.
fn parts() -> Vec<(String, usize)> {
    let mut parts = Vec::new();
    for (column, record) in columns() {
        let known = RECORDS.iter().find(|(name, _)| *name == record);
        for (part, width) in known.map_or(&[][..], |(_, vectors)| *vectors) {
            parts.push((format!("{column}{part}"), *width));
        }
    }
    parts
}

/// The length of the root.
pub fn root_len() -> usize {
    parts().len() * 8
}

/// The vectors of an archive in the order of their records. Panics if the bytes are not an archive.
pub fn regions(bytes: &[u8]) -> Vec<Region> {
    let parts = parts();
    let mut record = bytes.len() - parts.len() * 8;
    let mut regions = Vec::new();
    for (name, width) in parts {
        let pointer = i32::from_le_bytes(word(bytes, record));
        let count = u32::from_le_bytes(word(bytes, record + 4)) as usize;
        let offset = record.checked_add_signed(pointer as isize).unwrap_or_default();
        regions.push(Region { name, record, offset, count, width });
        record += 8;
    }
    regions
}

fn word(bytes: &[u8], at: usize) -> [u8; 4] {
    [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]
}
