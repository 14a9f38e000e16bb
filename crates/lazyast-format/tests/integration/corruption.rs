use lazyast_format::layout::Buffer;
use lazyast_format::read::TargetPython;
use lazyast_format::verify::{verify, violations};
use lazyast_format::{Header, Tree};

use crate::archives;

const HEADER_LEN: usize = lazyast_format::layout::HEADER_LEN;

/// Uses everything that a tree offers, and goes on after errors. Walks are bounded by the number of nodes.
fn use_everything(archive: &[u8]) -> usize {
    let Ok(tree) = Tree::open(archive, None) else { return 0 };
    let mut seen = tree.rows().filter(Result::is_ok).count();
    seen += tree.comments().count();
    let lines = tree.line_count();
    for offset in [0, 1, lines, tree.header().text_len, u32::MAX] {
        seen += usize::from(tree.position(offset).is_ok());
    }
    for number in 0..tree.name_count().saturating_add(2) {
        seen += usize::from(tree.name(number).is_ok());
    }
    for id in 0..tree.len().saturating_add(2) {
        seen += use_node(&tree, id);
        seen += usize::from(tree.string(id).is_ok()) + usize::from(tree.float(id).is_ok());
        seen += tree.list(id).map_or(0, |list| list.len());
    }
    seen
}

fn use_node(tree: &Tree<'_>, id: u32) -> usize {
    let targets = [TargetPython::new(11, 7), TargetPython::new(12, 1), TargetPython::new(15, 0)];
    let mut seen = usize::from(tree.range(id).is_ok()) + usize::from(tree.field(id).is_ok());
    for target in targets {
        seen += usize::from(tree.span(id, target).is_ok());
    }
    let Some(node) = tree.node(id) else { return seen };
    assert!(tree.subtree_end(id) > id && tree.subtree_end(id) <= tree.len());
    for spec in node.kind().map(|kind| kind.fields()).unwrap_or_default() {
        for target in targets {
            seen += usize::from(node.field_value(spec, target).is_ok());
        }
    }
    seen + node.children().filter(Result::is_ok).count()
}

/// Makes the checksum right again, so that damage behind it is looked at.
fn mend_checksum(archive: &mut Buffer) {
    if let Ok(header) = Header::parse(archive, None) {
        let checksum = header.checksum_of(&archive[HEADER_LEN..]);
        archive[48..56].copy_from_slice(&checksum.to_le_bytes());
    }
}

fn check_damaged(archive: &mut Buffer, what: &str) {
    assert!(verify(archive).is_err(), "{what} is not noticed");
    use_everything(archive);
    let checksum: [u8; 8] = archive[48..56].try_into().unwrap();
    mend_checksum(archive);
    // Behind a right checksum there may be nothing wrong: another name is a name.
    let _found = violations(archive, 100);
    archive[48..56].copy_from_slice(&checksum);
}

#[test]
fn every_flipped_byte_is_noticed() {
    for (name, mut archive) in archives("valid") {
        if !["empty", "example", "form_feed", "latin_1"].contains(&name.as_str()) {
            continue;
        }
        assert!(use_everything(&archive) > 0);
        for at in 0..archive.len() {
            let byte = archive[at];
            for other in [byte ^ 1, byte ^ 0x80, 0, 1, 254, 255, byte.wrapping_add(1), byte.wrapping_sub(1)] {
                if other != byte {
                    archive[at] = other;
                    check_damaged(&mut archive, &format!("{name}: byte {at} changed from {byte} to {other}"));
                }
            }
            archive[at] = byte;
        }
    }
}

/// A small generator of numbers (SplitMix64); the seed is fixed so that failures repeat.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((value ^ value >> 31) % limit as u64) as usize
    }
}

#[test]
fn random_flips_in_every_archive() {
    let mut random = Random(1);
    for (name, archive) in archives("valid") {
        for round in 0..60 {
            let mut damaged = archive.clone();
            for _ in 0..1 + round % 4 {
                // The root, where the vectors' places are, gets its share.
                let from = if round % 3 == 0 { damaged.len() - 320 } else { 0 };
                let at = from + random.below(damaged.len() - from);
                damaged[at] ^= 1 << random.below(8);
            }
            if damaged[..] != archive[..] {
                check_damaged(&mut damaged, &format!("{name}, round {round}"));
            }
        }
    }
}

#[test]
fn cut_archives_are_refused() {
    for (name, archive) in archives("valid") {
        for length in 0..archive.len().min(600) {
            let mut cut = Buffer::new();
            cut.extend_from_slice(&archive[..length]);
            assert!(Tree::open(&cut, None).is_err(), "{name} cut to {length}");
            assert!(verify(&cut).is_err(), "{name} cut to {length}");
        }
    }
}
