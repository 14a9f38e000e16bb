//! Target `archive`: opens an archive of any bytes, verifies it, calls every accessor, and asks what is built on trees.

use std::io::sink;
use std::sync::OnceLock;

use lazyast::Query;
use lazyast::dump::DumpOptions;
use lazyast::scope::Resolution;
use lazyast_format::layout::{Buffer, CHECKSUM, HEADER_LEN, MAGIC, checksum};
use lazyast_format::read::{NameNeedle, ParentTable, TargetPython};
use lazyast_format::verify::{verify, violations};
use lazyast_format::{Damage, FORMAT_VERSION, SCHEMA_FINGERPRINT, Tree};

/// Opens the bytes as they are, and uses them with a header that fits.
pub fn archive(data: &[u8]) {
    let mut bytes = Buffer::new();
    bytes.extend_from_slice(data);
    if bytes.len() < HEADER_LEN {
        return check(&bytes);
    }
    let _ = Tree::open(&bytes, None);
    correct(&mut bytes);
    check(&bytes);
}

/// Corrects the parts of the header that a reader compares first: magic bytes, versions, length and checksum.
pub(crate) fn correct(archive: &mut [u8]) {
    let Some(body_len) = archive.len().checked_sub(HEADER_LEN) else { return };
    archive[..8].copy_from_slice(&MAGIC);
    archive[8..12].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
    archive[16..24].copy_from_slice(&SCHEMA_FINGERPRINT.to_le_bytes());
    archive[24..28].copy_from_slice(&lazyast::PARSER_VERSION.to_le_bytes());
    archive[36..40].copy_from_slice(&(body_len as u32).to_le_bytes());
    let checksum = checksum(archive);
    archive[CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
}

/// What is valid must be readable; what is not may give errors and wrong values alone.
pub(crate) fn check(archive: &[u8]) {
    let is_valid = verify(archive).is_ok();
    // Messages of violations take longer than all the rest, so most inputs have only one of them.
    if is_one_of(16, archive) {
        assert_eq!(is_valid, violations(archive, 10).is_empty());
    }
    let Ok(tree) = Tree::open(archive, None) else {
        assert!(!is_valid, "verify accepts an archive that open rejects");
        return;
    };
    let python = TargetPython::new(11 + (archive[CHECKSUM.start] % 5), archive[CHECKSUM.end - 1] % 10);
    let errors = use_tree(&tree, python);
    assert!(!is_valid || errors == 0, "{errors} accessors fail on an archive that verify accepts");
    if is_one_of(4, archive) {
        let read = use_whole(&tree, python);
        assert!(!is_valid || matches!(read, Ok(true)), "columns differ from accessors: {read:?}");
    }
    if is_one_of(8, archive) {
        use_as_users_do(&tree, python, is_valid);
    }
}

/// Whether the checksum chooses this archive, as it does for one in `count`.
fn is_one_of(count: u8, archive: &[u8]) -> bool {
    archive.get(CHECKSUM.start).is_some_and(|byte| byte % count == 0)
}

/// Calls every accessor with arguments in range, for one version of Python, and counts the errors. Ignores the results of
/// others.
fn use_tree(tree: &Tree<'_>, python: TargetPython) -> usize {
    let mut errors = tree.rows().filter(Result::is_err).count();
    let (text_len, lines) = (tree.header().text_len, tree.line_count());
    for offset in [0, 1, lines, text_len / 2, text_len, u32::MAX] {
        let _ = (tree.position(offset), tree.rows_starting_at(offset).count());
        let _ = tree.line(offset).map(|line| tree.line_after(line));
    }
    for (start, end) in tree.comments() {
        let _ = start.checked_add(end);
    }
    for number in 0..tree.name_count() {
        match tree.name(number) {
            // Finding all names would take the square of their number.
            Ok(name) if number < 4 => drop(tree.find_name(&NameNeedle::new(name))),
            Ok(_) => {}
            Err(_) => errors += 1,
        }
    }
    for number in 0..tree.len().saturating_add(2) {
        let _ = (tree.string(number), tree.float(number), tree.name(number), tree.kind(number));
        let _ = tree.list(number).map(Iterator::count);
    }
    match ParentTable::of(tree, python) {
        Ok(parents) => {
            let ids = (0..tree.len()).step_by(64);
            errors += ids.filter(|id| parents.path_to(tree, *id).is_err()).count();
        }
        Err(_) => errors += 1,
    }
    for id in 0..tree.len() {
        let end = tree.subtree_end(id);
        assert!(end > id && end <= tree.len(), "a subtree ends at {end}");
        let node = tree.node(id).expect("a number in range is a node");
        errors += usize::from(tree.range(id).is_err()) + usize::from(tree.field(id).is_err());
        errors += node.children().filter(Result::is_err).count();
        // One path is as long as the tree is deep: all of them would take the square of its size.
        errors += usize::from(id % 64 == 0 && tree.path_to(id).is_err());
        let Ok(kind) = node.kind() else {
            errors += 1;
            continue;
        };
        errors += usize::from(tree.payload(id, kind).is_err());
        errors += usize::from(tree.span(id, python).is_err());
        let values = kind.fields().iter().map(|spec| node.field_value(spec, python));
        errors += values.filter(Result::is_err).count();
    }
    errors
}

/// Reads whole columns at once. Returns whether they have what the accessors of single nodes give.
fn use_whole(tree: &Tree<'_>, python: TargetPython) -> Result<bool, Damage> {
    let (mut starts, mut ends, mut subtree_ends) = (Vec::new(), Vec::new(), Vec::new());
    let (mut payloads, mut lines) = (Vec::new(), Vec::new());
    tree.line_starts_into(&mut lines);
    tree.ranges_into(&mut starts, &mut ends)?;
    tree.subtree_ends_into(&mut subtree_ends)?;
    tree.payloads_into(&mut payloads)?;
    let (names, positions) = (tree.names()?, tree.positions(python)?);
    let parents = ParentTable::of(tree, python)?;
    let mut agrees = names.len() == tree.name_count() as usize && lines.len() == tree.line_count() as usize;
    for (name, number) in names.iter().zip(0..) {
        agrees &= tree.name(number)? == *name;
    }
    for (start, number) in lines.iter().zip(1..) {
        agrees &= tree.line_start(number) == Some(*start);
    }
    for (kind, _) in tree.warnings().map(|(_, kind)| kind).zip(0..64) {
        agrees &= kind.is_some();
    }
    for id in 0..tree.len() {
        let at = id as usize;
        agrees &= tree.range(id)? == (starts[at], ends[at]) && tree.subtree_end(id) == subtree_ends[at];
        agrees &= tree.payload_bits(id)? == payloads[at] && tree.span(id, python)? == positions.span(id)?;
        let parent = parents.parent(id);
        agrees &= parent.is_none_or(|parent| parent < id && tree.subtree_end(parent) >= subtree_ends[at]);
        agrees &= parents.step_to(tree, id)?.is_none_or(|step| step.id == id);
        let string = tree.joined_string_at_or_after(id);
        agrees &= string.is_none_or(|(first, end)| first < end && end > id);
    }
    let (first, end) = (tree.len() / 2, tree.len());
    agrees &= tree.rows_in(first, end).count() == (end - first) as usize;
    let _ = tree.producer();
    Ok(agrees)
}

/// Prints the tree, resolves its names, and searches it: a tree that is not valid may only give errors.
fn use_as_users_do(tree: &Tree<'_>, python: TargetPython, is_valid: bool) {
    static QUERIES: OnceLock<Vec<Query>> = OnceLock::new();
    let queries = QUERIES.get_or_init(|| {
        let patterns = ["$F($$$A, $B)", "$X = $V", "$A + $A", "def $F($$$): $$$"].map(lazyast::pattern);
        let selectors =
            ["FunctionDef[name=/^a/] Name", "Call > keyword", ":has(> Constant)"].map(lazyast::selector);
        patterns.into_iter().chain(selectors).map(Result::unwrap).collect()
    });
    let options = DumpOptions { target: python, include_attributes: true, indent: Some(1), show_empty: true };
    // Integers that are too long have no text.
    let _ = options.write(tree, &mut sink());
    let resolution = Resolution::of(tree, python.minor);
    assert!(!is_valid || resolution.is_ok(), "the names of a valid archive cannot be resolved");
    for query in queries {
        let Ok(hits) = query.hits(tree) else { continue };
        for hit in hits.iter().take(20) {
            let captures = query.captures(tree, *hit);
            assert!(!is_valid || captures.is_ok(), "a hit in a valid archive has no captures");
        }
    }
}
