use lazyast_format::Tree;
use lazyast_format::layout::{Buffer, CHECKSUM, ROOT_LEN, checksum};
use lazyast_format::read::TargetPython;
use lazyast_format::verify::{verify, violations};

use crate::archives;

/// Calls every function of a tree, and continues after errors. Returns the number of results that are not errors.
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
    let versions = [TargetPython::new(11, 7), TargetPython::new(12, 1), TargetPython::new(15, 0)];
    let mut seen = usize::from(tree.range(id).is_ok()) + usize::from(tree.field(id).is_ok());
    for python in versions {
        seen += usize::from(tree.span(id, python).is_ok());
    }
    let Some(node) = tree.node(id) else { return seen };
    assert!(tree.subtree_end(id) > id && tree.subtree_end(id) <= tree.len());
    for spec in node.kind().map(|kind| kind.fields()).unwrap_or_default() {
        for python in versions {
            seen += usize::from(node.field_value(spec, python).is_ok());
        }
    }
    seen + node.children().filter(Result::is_ok).count()
}

/// Corrects the checksum, so that later rules find the damage.
fn correct_checksum(archive: &mut Buffer) {
    let checksum = checksum(archive);
    archive[CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
}

fn check_damaged(archive: &mut Buffer, what: &str) {
    assert!(verify(archive).is_err(), "{what} is not found");
    use_everything(archive);
    let checksum: [u8; 8] = archive[CHECKSUM].try_into().unwrap();
    correct_checksum(archive);
    // With a correct checksum, a change may be valid: another name is a name.
    let _violations = violations(archive, 100);
    archive[CHECKSUM].copy_from_slice(&checksum);
}

#[test]
fn every_changed_byte_is_found() {
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

/// A small random generator (SplitMix64). The seed is fixed, so that failures can be repeated.
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
fn random_changes_are_found() {
    let mut random = Random(1);
    for (name, archive) in archives("valid") {
        for round in 0..60 {
            let mut damaged = archive.clone();
            for _ in 0..1 + round % 4 {
                // One round in three changes the root, which locates the vectors.
                let from = if round % 3 == 0 { damaged.len() - ROOT_LEN } else { 0 };
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
fn truncated_archives_are_rejected() {
    for (name, archive) in archives("valid") {
        for length in 0..archive.len().min(600) {
            let mut cut = Buffer::new();
            cut.extend_from_slice(&archive[..length]);
            assert!(Tree::open(&cut, None).is_err(), "{name} cut to {length}");
            assert!(verify(&cut).is_err(), "{name} cut to {length}");
        }
    }
}
