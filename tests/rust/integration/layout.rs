use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use lazyast_tests::anatomy::regions;
use lazyast_tests::example::dump;
use lazyast_tests::patch::Patch;
use lazyast_tests::vectors::directory;

fn valid() -> Vec<Vec<u8>> {
    let files = fs::read_dir(directory().join("valid")).unwrap().map(|entry| entry.unwrap().path());
    let archives = files.filter(|path| path.extension().is_some_and(|extension| extension == "lazyast"));
    archives.map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn every_column_overflow_and_base_is_used() {
    let mut longest: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut overflowing, mut divided) = (BTreeSet::new(), BTreeSet::new());
    for archive in valid() {
        let patch = Patch::new(&archive);
        let rows = (0..patch.region("overflow_rows").count).map(|entry| patch.get("overflow_rows", entry));
        overflowing.extend(rows.map(|row| row >> 28));
        let columns = ["kinds", "lines", "names", "strings"].into_iter();
        divided.extend(columns.filter(|column| patch.region(column).count > 2 * 64));
        for region in regions(&archive) {
            let count = longest.entry(region.name).or_default();
            *count = region.count.max(*count);
        }
    }
    for (name, count) in longest {
        assert!(count > 0, "no vector has {name}");
    }
    assert_eq!(overflowing, (0..8).collect());
    assert_eq!(divided, BTreeSet::from(["kinds", "lines", "names", "strings"]));
}

#[test]
fn vectors_fill_the_body_in_order() {
    for archive in valid() {
        let mut end = 96;
        for region in regions(&archive) {
            assert!(region.offset >= end && region.offset - end < 8, "{region:?} starts after {end}");
            assert!(region.offset.is_multiple_of(region.width), "{region:?} is not aligned");
            assert!(
                archive[end..region.offset].iter().all(|byte| *byte == 0),
                "{region:?} is behind padding"
            );
            end = region.end();
        }
        let root = regions(&archive)[0].record;
        assert!(root - end < 4, "something stands before the root");
    }
}

#[test]
fn a_dump_shows_every_byte_once() {
    for archive in valid() {
        let mut bytes = Vec::new();
        for line in dump(&archive).lines() {
            assert_eq!(
                usize::from_str_radix(&line[..4], 16).unwrap() % 0x10000,
                bytes.len() % 0x10000,
                "{line}"
            );
            let hex = line.get(6..29).unwrap_or(&line[6..]);
            bytes.extend(hex.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()));
        }
        assert_eq!(bytes, archive);
    }
}
