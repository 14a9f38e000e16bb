//! The worked example of FORMAT.md: a source and the annotated hex dump of its archive.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use lazyast_format::{Field, Kind};

use crate::anatomy::{HEADER, Region, regions};

/// Replaces the example between `<!-- example -->` and `<!-- end -->` in the document.
pub fn update(document: &str, source: &str, archive: &[u8]) -> Result<String> {
    const OPEN: &str = "<!-- example -->";
    const CLOSE: &str = "<!-- end -->";
    let start = document.find(OPEN).context("FORMAT.md has no marker for the example")? + OPEN.len();
    let length = document[start..].find(CLOSE).context("the marker of the example has no end")?;
    let (before, after) = (&document[..start], &document[start + length..]);
    let dump = dump(archive);
    Ok(format!("{before}\n```python\n{source}```\n\n```text\n{dump}```\n{after}"))
}

/// The header's fields: offset, length, meaning.
const HEADER_FIELDS: [(usize, usize, &str); 15] = [
    (0, 8, "magic"),
    (8, 4, "format version"),
    (12, 1, "minimum Python"),
    (13, 1, "flags"),
    (14, 2, "depth"),
    (16, 8, "schema fingerprint"),
    (24, 4, "parser version"),
    (28, 4, "length of the source"),
    (32, 4, "length of the text"),
    (36, 4, "length of the body"),
    (40, 4, "number of nodes"),
    (44, 4, "reserved"),
    (48, 8, "checksum"),
    (56, 8, "reserved"),
    (64, 32, "blake3 of the source"),
];

/// Every byte of an archive in order, with its meaning.
pub fn dump(archive: &[u8]) -> String {
    let mut out = String::new();
    for (at, length, what) in HEADER_FIELDS {
        let value = if length <= 4 { number(archive, at, length).to_string() } else { String::new() };
        rows(&mut out, archive, at, length, what, &value);
    }
    let regions = regions(archive);
    let mut at = HEADER;
    for region in regions.iter().filter(|region| region.count > 0) {
        padding(&mut out, archive, &mut at, region.offset);
        let length = region.count * region.width;
        rows(&mut out, archive, at, length, region.name, &meaning(archive, region));
        at += length;
    }
    let root = regions.first().map_or(at, |region| region.record);
    padding(&mut out, archive, &mut at, root);
    for region in &regions {
        let value = format!("at {:#05x}, {} rows", region.offset, region.count);
        rows(&mut out, archive, region.record, 8, &format!("root: {}", region.name), &value);
    }
    out
}

fn padding(out: &mut String, archive: &[u8], at: &mut usize, to: usize) {
    if *at < to {
        rows(out, archive, *at, to - *at, "padding", "");
        *at = to;
    }
}

/// Up to eight bytes on a line. The first line says what they mean.
fn rows(out: &mut String, archive: &[u8], at: usize, length: usize, what: &str, value: &str) {
    for (row, bytes) in archive[at..at + length].chunks(8).enumerate() {
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut line = format!("{:04x}  {:<23}", at + row * 8, hex.join(" "));
        if row == 0 {
            // Writing to a string cannot fail.
            let _ = write!(line, "  {what}");
            if !value.is_empty() {
                let _ = write!(line, ": {value}");
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

fn number(archive: &[u8], at: usize, length: usize) -> u64 {
    archive[at..at + length].iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// The values of a vector: codes as names, and bytes of text as text.
fn meaning(archive: &[u8], region: &Region) -> String {
    let bytes = &archive[region.offset..region.end()];
    let kind = |code: u64| Kind::ALL.get(code as usize).map(|kind| kind.name());
    let field = |byte: u64| Field::ALL.get(byte as usize % 64).map(|field| format!("{field:?}"));
    if region.name.ends_with("_bytes") || region.name == "producer" {
        return format!("{:?}", String::from_utf8_lossy(bytes));
    }
    let values = (0..region.count).map(|row| {
        let value = number(archive, region.offset + row * region.width, region.width);
        match region.name {
            "kinds" => kind(value).unwrap_or("?").to_owned(),
            // The field, and how many bytes the payload has.
            "fields" => format!("{}+{}", field(value).unwrap_or_default(), [0, 1, 2, 4][value as usize / 64]),
            _ => value.to_string(),
        }
    });
    values.collect::<Vec<_>>().join(" ")
}
