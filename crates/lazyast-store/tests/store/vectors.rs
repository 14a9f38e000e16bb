//! The files in `format-spec/vectors/packs`: each invalid one violates the rule in its name, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use lazyast_store::pack_format::{
    FOOTER_LEN, decode_project_state, encode_project_state, identifier_index, identifier_index_bytes,
};
use lazyast_store::{CacheDirectory, ExportedPack, ManifestContent, Store, verify_untrusted};

/// How many archives the identifier index is for.
const INDEXED_ARCHIVES: usize = 301;

/// The files in a directory with an extension, by name.
fn vectors(part: &str, extension: &str) -> Vec<(String, PathBuf)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../format-spec/vectors/packs").join(part);
    let entries = fs::read_dir(directory).expect("the vectors are in the checkout");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("the directory is readable").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    assert!(!paths.is_empty(), "no {extension} in {part}");
    let name = |path: &Path| path.file_name().expect("a file").to_string_lossy().into_owned();
    paths.into_iter().map(|path| (name(&path), path)).collect()
}

/// The parser version of the archives: that of the first one in a pack.
fn parser() -> u32 {
    let (_, path) =
        vectors("valid", "pack").into_iter().find(|(name, _)| name == "three.pack").expect("it exists");
    let bytes = fs::read(path).expect("the file exists");
    u32::from_le_bytes(bytes[16 + 24..16 + 28].try_into().expect("four bytes"))
}

fn store(root: &Path) -> Store {
    let directory = CacheDirectory::prepare(root.join("cache"), parser()).expect("a new directory");
    Store::open(directory, parser())
}

#[test]
fn valid_packs_violate_no_rule() {
    for (name, path) in vectors("valid", "pack") {
        let report = verify_untrusted(path.clone(), parser());
        assert_eq!(report.problem_count, 0, "{name}: {:?}", report.problems);
        let root = tempfile::tempdir().expect("a directory");
        let imported = store(root.path()).import(&path).expect("the cache can be written");
        assert_eq!((imported.new, imported.pack.problem_count), (report.intact, 0), "{name}");
    }
}

#[test]
fn invalid_packs_violate_the_rule_in_their_name_and_no_other() {
    for (name, path) in vectors("invalid", "pack") {
        let report = verify_untrusted(path.clone(), parser());
        let rules = report.problems.iter().map(|problem| problem.rule().unwrap_or_default());
        let rules: BTreeSet<String> = rules.collect();
        assert_eq!(rules, BTreeSet::from([name[..3].to_owned()]), "{name}: {:?}", report.problems);

        // Only a pack of a version that is not known, and such archives, are of another version.
        let is_other = ["P03-header", "P03-footer", "P09-format-version", "P09-parser-version"]
            .iter()
            .any(|other| name.starts_with(other));
        assert_eq!(report.is_damaged(), !is_other, "{name}: {:?}", report.problems);

        let root = tempfile::tempdir().expect("a directory");
        let store = store(root.path());
        let imported = store.import(&path).expect("the cache can be written");
        assert_eq!(imported.new, 0, "{name}");
        assert_eq!(imported.pack.problem_count, report.problem_count, "{name}");
        assert_eq!(store.stats().packs, 0, "{name}");

        // Among the cache's own packs it has the same problems. What the cache gives is intact.
        fs::copy(&path, store.directory().packs().join("0123456789abcdef.pack")).expect("there is room");
        let placed = store.verify().remove(0);
        let rules: BTreeSet<_> = placed.problems.iter().filter_map(|problem| problem.rule()).collect();
        assert_eq!(rules, BTreeSet::from([name[..3].to_owned()]), "{name}: {:?}", placed.problems);
    }
}

/// What the cache serves of an invalid pack: the archives that no broken rule concerns.
#[test]
fn a_broken_rule_concerns_what_it_is_about() {
    for (name, path) in vectors("invalid", "pack") {
        let root = tempfile::tempdir().expect("a directory");
        let empty = store(root.path());
        fs::copy(&path, empty.directory().packs().join("0123456789abcdef.pack")).expect("there is room");
        let placed = store(root.path());
        let (_, valid) = &vectors("valid", "pack")[4];
        let valid = fs::read(valid).expect("the file exists");
        let footer = valid.len() - FOOTER_LEN;
        let index = u64::from_le_bytes(valid[footer..footer + 8].try_into().expect("eight bytes")) as usize;
        let keys = valid[index..footer].chunks_exact(48).map(|entry| entry[..32].try_into().expect("a key"));
        let found = keys.filter(|key| placed.get(key).is_some()).count();
        let expected = match &name[..3] {
            "P01" | "P02" | "P03" | "P04" | "P05" | "P06" => 0,
            "P07" | "P08" | "P09" | "P10" | "P11" => 2,
            // A binary search can miss entries that are out of order.
            "P12" => found.clamp(1, 2),
            "P14" if name.starts_with("P14-manifest-in-the-header") => 0,
            _ => 3,
        };
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn manifests_say_what_was_exported() {
    for (name, has_sources) in [("manifest.pack", false), ("sources.pack", true)] {
        let (_, path) =
            vectors("valid", "pack").into_iter().find(|(found, _)| found == name).expect("it exists");
        let pack = ExportedPack::open(path).expect("the pack is intact");
        assert_eq!((pack.archive_count(), pack.has_sources()), (3, has_sources));
        let paths: Vec<&str> = pack.files().iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["a/one.py", "a-b/two.py", "broken.py", "c.py", "d.py"]);
        for file in pack.files() {
            match &file.content {
                ManifestContent::Archive { position, .. } => {
                    let location = pack.location(*position).expect("the position was checked");
                    let archive = location.open(parser()).expect("the archive is intact");
                    assert_eq!(archive.as_ref().len() as u64, location.archive_len());
                    let source = location.source();
                    let key = source.as_deref().map(lazyast_store::source_key);
                    assert_eq!(key.as_ref(), has_sources.then(|| location.key()), "{name}: {}", file.path);
                }
                ManifestContent::Failure { reason } => assert_eq!(reason, "invalid syntax at line 1"),
            }
        }
    }
    for (name, path) in vectors("invalid", "pack") {
        let is_open = ExportedPack::open(path).is_ok();
        assert_eq!(
            is_open,
            ["P16", "P17", "P08-archive-in"].iter().any(|other| name.starts_with(other)),
            "{name}"
        );
    }
    let (_, path) =
        vectors("valid", "pack").into_iter().find(|(name, _)| name == "three.pack").expect("it exists");
    let message = ExportedPack::open(path).expect_err("it has no manifest").to_string();
    assert_eq!(message, "the pack has no manifest");
    let message = ExportedPack::open(PathBuf::from("/dev/null")).expect_err("it is a device").to_string();
    assert_eq!(message, "not a regular file");
}

#[test]
fn identifier_indexes_are_the_vectors() {
    let (_, path) = vectors("valid", "names").remove(0);
    let bytes = fs::read(path).expect("the file exists");
    let occurrences = [(0, "a"), (0, "b"), (1, "b"), (300, "a"), (299, "c"), (300, "b")];
    assert_eq!(identifier_index_bytes(INDEXED_ARCHIVES, occurrences), bytes);
    let index = identifier_index(bytes, INDEXED_ARCHIVES).expect("the bytes are intact");
    for (identifier, expected) in [("a", &[0, 300][..]), ("b", &[0, 1, 300]), ("c", &[299]), ("d", &[])] {
        let archives = index.archives_with(identifier);
        let found: Vec<usize> = (0..INDEXED_ARCHIVES).filter(|archive| archives.contains(*archive)).collect();
        assert_eq!(found, expected, "{identifier}");
    }
    for missing in ["d", "e", "f", "g", "h", "i", "j", "k", "l", "m"] {
        let archives = index.archives_with(missing);
        assert!((0..INDEXED_ARCHIVES).all(|archive| !archives.contains(archive)), "{missing}");
    }
    for (name, path) in vectors("invalid", "names") {
        let bytes = fs::read(path).expect("the file exists");
        assert!(identifier_index(bytes, INDEXED_ARCHIVES).is_none(), "{name}");
    }
}

/// A checksum can be forged.
#[test]
fn numbers_in_identifier_indexes_end() {
    let mut bytes = identifier_index_bytes(1, [(0, "a")]);
    // One hash and the start of its list are before the end of the list, which is the last number.
    bytes[32..36].copy_from_slice(&13_u32.to_le_bytes());
    bytes.extend_from_slice(&[0xff; 12]);
    let checksum = twox_hash::XxHash3_64::oneshot(&bytes[16..]);
    bytes[8..16].copy_from_slice(&checksum.to_le_bytes());
    let index = identifier_index(bytes, 1).expect("only the list is wrong");
    assert!(index.archives_with("a").contains(0), "numbers before it count");
}

#[test]
fn file_states_are_the_vectors() {
    let (_, path) = vectors("valid", "fresh").remove(0);
    let bytes = fs::read(path).expect("the file exists");
    let state = decode_project_state(&bytes).expect("the bytes are intact");
    assert_eq!((state.directories.len(), state.ignore_files.len(), state.files.len()), (1, 2, 2));
    assert_eq!(encode_project_state(&state), Some(bytes));
    for (name, path) in vectors("invalid", "fresh") {
        let bytes = fs::read(path).expect("the file exists");
        assert!(decode_project_state(&bytes).is_none(), "{name}");
    }
}
