use std::fs;
use std::path::{Path, PathBuf};

use lazyast_store::pack_format::{FOOTER_LEN, IndexEntry};
use lazyast_store::{PackReport, PackWriter, Store, source_key, verify_untrusted};

use crate::support::{PARSER, archive, filled, numbered, open, pack_file, publish, sources};

fn import(store: &Store, path: &Path) -> (usize, PackReport) {
    let imported = store.import(path).expect("the cache can be written");
    (imported.new, imported.pack)
}

/// An exported pack of all sources.
fn exported(root: &Path) -> PathBuf {
    let path = root.join("trees");
    let mut writer = PackWriter::for_export(root).expect("the directory is writable");
    for source in sources() {
        writer.add(&source_key(&source), &archive(&source)).expect("the directory is writable");
    }
    let bytes = writer.file_len();
    writer.publish_as(path.clone()).expect("the directory is writable");
    assert_eq!(path.metadata().expect("the file exists").len(), bytes);
    path
}

fn has_all(store: &Store) -> bool {
    let is_found = |source: &Vec<u8>| {
        store.get(&source_key(source)).is_some_and(|entry| entry.as_ref() == archive(source))
    };
    sources().iter().all(is_found)
}

#[test]
fn an_exported_pack_is_imported_once() {
    let root = tempfile::tempdir().expect("a directory");
    let path = exported(root.path());
    let store = open(root.path());
    publish(&store, &sources()[..3]);
    let (new, report) = import(&store, &path);
    assert_eq!((new, report.intact, report.problem_count), (sources().len() - 3, sources().len(), 0));
    assert!(has_all(&store) && has_all(&open(root.path())));
    let packs = store.stats().packs;
    assert_eq!(import(&store, &path).0, 0);
    assert_eq!(store.stats().packs, packs, "no empty pack is published");
}

/// An exported pack of everything in a cache, compressed.
fn compressed(root: &Path) -> PathBuf {
    let source_root = tempfile::tempdir().expect("a directory");
    let store = open(source_root.path());
    publish(&store, &sources()[..3]);
    publish(&store, &sources());
    let path = root.join("compressed");
    let mut writer = PackWriter::for_export(root).expect("the directory is writable");
    store.copy_all(&mut writer).expect("the directory is writable");
    assert_eq!(writer.len(), sources().len());
    let bytes = writer.publish_compressed_as(&path).expect("the directory is writable");
    assert_eq!(path.metadata().expect("the file exists").len(), bytes);
    path
}

#[test]
fn a_compressed_pack_is_imported() {
    let root = tempfile::tempdir().expect("a directory");
    let path = compressed(root.path());
    assert!(fs::read(&path).expect("the file exists").starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    let store = open(root.path());
    let (new, report) = import(&store, &path);
    assert_eq!((new, report.intact, report.problem_count), (sources().len(), sources().len(), 0));
    assert!(has_all(&store));
}

#[test]
fn damage_in_a_compressed_pack_is_found_or_means_nothing() {
    let root = tempfile::tempdir().expect("a directory");
    let intact = fs::read(compressed(root.path())).expect("the file exists");
    let path = root.path().join("damaged");
    let imported = |damaged: &[u8], what: &str| {
        fs::write(&path, damaged).expect("the directory is writable");
        let store = open(root.path());
        let (new, report) = import(&store, &path);
        // A frame has bits that mean nothing.
        assert!(report.is_damaged() && new == 0 || has_all(&store), "{what}");
        if new > 0 {
            fs::remove_file(pack_file(&store)).expect("the file exists");
        }
        new
    };
    let mut accepted = 0;
    for at in (0..intact.len()).step_by(intact.len() / 40 + 1) {
        assert_eq!(imported(&intact[..at], &format!("the first {at} bytes")), 0);
        let mut damaged = intact.clone();
        damaged[at] ^= 0x10;
        accepted += usize::from(imported(&damaged, &format!("byte {at} is changed")) > 0);
    }
    assert!(accepted < 8, "{accepted}");
}

/// After any damage, either the imported archives are the exported ones, or nothing is imported.
#[test]
fn a_damaged_file_is_not_imported() {
    let root = tempfile::tempdir().expect("a directory");
    let intact = fs::read(exported(root.path())).expect("the file exists");
    let path = root.path().join("damaged");
    let mut accepted = 0;
    let mut check = |damaged: &[u8], what: &str| {
        fs::write(&path, damaged).expect("the directory is writable");
        let store = open(root.path());
        let (new, report) = import(&store, &path);
        assert_eq!(report.problem_count, verify_untrusted(path.clone(), PARSER).problem_count, "{what}");
        if report.problem_count > 0 {
            assert_eq!((new, store.stats().archives), (0, 0), "{what}");
        } else {
            assert!(has_all(&store), "{what}");
            accepted += 1;
            fs::remove_file(pack_file(&store)).expect("the file exists");
        }
    };
    for at in 0..intact.len() {
        let mut damaged = intact.clone();
        damaged[at] ^= 0x41;
        check(&damaged, &format!("byte {at}"));
        check(&intact[..at], &format!("cut at {at}"));
    }
    // No checksum covers the gaps between archives.
    assert!(accepted < 16 * sources().len() + 16, "{accepted}");
}

/// Writes a pack with any index.
fn crafted(path: &Path, archives: &[u8], archives_end: u64, mut entries: Vec<IndexEntry>) {
    let mut bytes = lazyast_store::pack_format::header().to_vec();
    bytes.extend_from_slice(archives);
    // This sorts the entries.
    bytes.extend_from_slice(&lazyast_store::pack_format::index_and_footer(&mut entries, archives_end));
    fs::write(path, bytes).expect("the directory is writable");
}

#[test]
fn a_forged_index_is_rejected() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let path = root.path().join("crafted");
    let source = numbered(1);
    let one = archive(&source);
    let entry = IndexEntry { key: source_key(&source), offset: 16, len: one.len() as u32, built: 0 };
    let end = 16 + one.len() as u64;
    let problem = |archives: &[u8], end: u64, entries: Vec<IndexEntry>| {
        crafted(&path, archives, end, entries);
        let (new, report) = import(&store, &path);
        assert_eq!(new, 0);
        assert!(report.problem_count > 0);
        report.problems[0].to_string()
    };
    for (offset, len) in [(16, 1 << 30), (u64::MAX - 15, 16)] {
        let message = problem(&one, end, vec![IndexEntry { offset, len, ..entry }]);
        assert!(message.contains("outside of the archives"), "{offset} {len}: {message}");
    }
    for offset in [0, 17] {
        let message = problem(&one, end, vec![IndexEntry { offset, len: 5, ..entry }]);
        assert!(message.contains("no archive can have"), "{offset}: {message}");
    }
    let message = problem(&one, end, vec![IndexEntry { len: 4, ..entry }]);
    assert!(message.contains("expected 96"), "{message}");
    let message = problem(&one, end, vec![IndexEntry { len: entry.len - 1, ..entry }]);
    assert!(message.contains("expected "), "{message}");
    let message = problem(&one, end, vec![IndexEntry { key: [7; 32], ..entry }]);
    assert!(message.contains("source hash"), "{message}");
    let message = problem(&one, end, vec![entry, entry]);
    assert!(message.contains("not sorted"), "{message}");
    let message = problem(&one, end + 16, vec![entry]);
    assert!(message.contains("expected "), "{message}");
    crafted(&path, &one, end, vec![entry; 200]);
    let report = import(&store, &path).1;
    assert_eq!(
        (report.problem_count, report.problems.len()),
        (199, 100),
        "only the first problems are listed"
    );
    crafted(&path, &one, end, vec![entry]);
    assert_eq!(import(&store, &path).0, 1, "the rest of the file is valid");
}

#[test]
fn a_forged_length_costs_neither_memory_nor_time() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    let path = root.path().join("claims");
    let mut one = archive(&numbered(1));
    // The length of the columns, in the header.
    one[36..40].copy_from_slice(&u32::MAX.to_le_bytes());
    let entry = IndexEntry { key: source_key(&numbered(1)), offset: 16, len: u32::MAX, built: 0 };
    let started = std::time::Instant::now();
    for (end, count) in [(3 << 30, 1), (5_u64 << 30, 1)] {
        let file = fs::File::create(&path).expect("the directory is writable");
        let mut entries = vec![entry; count];
        let tail = lazyast_store::pack_format::index_and_footer(&mut entries, end);
        file.set_len(end + tail.len() as u64).expect("the file is sparse");
        drop(file);
        let mut file = fs::File::options().write(true).open(&path).expect("the file exists");
        use std::io::{Seek, SeekFrom, Write};
        file.write_all(&lazyast_store::pack_format::header()).expect("the directory is writable");
        file.write_all(&one).expect("the directory is writable");
        file.seek(SeekFrom::Start(end)).expect("the file is sparse");
        file.write_all(&tail).expect("the directory is writable");
        let (new, report) = import(&store, &path);
        assert_eq!((new, report.problem_count), (0, 1), "{:?}", report.problems);
        assert_eq!(report.problems[0].to_string().contains("the limit is 4294967296"), end > 4 << 30);
    }
    fs::File::create(&path).and_then(|file| file.set_len(4 << 30)).expect("the file is sparse");
    let message = import(&store, &path).1.problems[0].to_string();
    assert!(message.contains("magic"), "a file of 4 GiB is read: {message}");
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    // The header confirms the length.
    one[36..40].copy_from_slice(&(1_u32 << 30).to_le_bytes());
    let len = (1 << 30) + 96;
    let entry = IndexEntry { len, ..entry };
    let tail = lazyast_store::pack_format::index_and_footer(&mut [entry], 16 + u64::from(len));
    let mut file = fs::File::create(&path).expect("the directory is writable");
    {
        use std::io::{Seek, SeekFrom, Write};
        file.write_all(&lazyast_store::pack_format::header()).expect("the directory is writable");
        file.write_all(&one).expect("the directory is writable");
        file.seek(SeekFrom::Start(16 + u64::from(len))).expect("the file is sparse");
        file.write_all(&tail).expect("the directory is writable");
    }
    let message = import(&store, &path).1.problems[0].to_string();
    assert!(message.contains("the limit is 1073741824"), "{message}");
    let few = open(root.path());
    let mut bytes = fs::read(pack_file(&filled(&root.path().join("other")))).expect("the file exists");
    let at = bytes.len() - FOOTER_LEN + 8;
    bytes[at..at + 8].copy_from_slice(&u64::MAX.to_le_bytes());
    fs::write(&path, bytes).expect("the directory is writable");
    assert_eq!(import(&few, &path).1.problem_count, 1);
}

#[test]
fn devices_and_directories_are_not_read() {
    let root = tempfile::tempdir().expect("a directory");
    let store = open(root.path());
    for path in ["/dev/zero", "/none", "/"].map(Path::new) {
        let report = import(&store, path).1;
        assert_eq!(report.problem_count, 1, "{}", path.display());
        let message = report.problems[0].to_string();
        assert_eq!(message == "not a regular file", path != Path::new("/none"), "{message}");
    }
}
