//! Target `pack`: verifies a pack of any bytes, imports it, and opens it as one of the cache's own.

use std::fs;
use std::path::{Path, PathBuf};

use lazyast::PARSER_VERSION;
use lazyast_store::pack_format::{FOOTER_LEN, header};
use lazyast_store::{CacheDirectory, SourceKey, Store, verify_untrusted};
use tempfile::TempDir;

use crate::archive;

const HEADER_LEN: usize = 16;
const ENTRY_LEN: usize = 48;
const VERSION: u32 = 1;
const END_MAGIC: [u8; 8] = *b"\x1aKAPYZAL";

/// Reads the bytes as they are, and again with a header, a footer and checksums that fit.
pub fn pack(data: &[u8]) {
    check(data);
    let mut bytes = data.to_vec();
    if bytes.len() >= HEADER_LEN + FOOTER_LEN {
        correct(&mut bytes);
        check(&bytes);
    }
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

/// Corrects the header, the footer, and the checksums of the index and of the archives.
fn correct(bytes: &mut [u8]) {
    bytes[..HEADER_LEN].copy_from_slice(&header());
    let footer = bytes.len() - FOOTER_LEN;
    // As many entries as the footer claims, if there is room for them.
    let count = (u64_at(bytes, footer + 8) % 16) as usize;
    let count = count.min((footer - HEADER_LEN) / ENTRY_LEN);
    let index = footer - count * ENTRY_LEN;
    for number in 0..count {
        let entry = index + number * ENTRY_LEN;
        let offset = u64_at(bytes, entry + 32) as usize;
        let len = u32::from_le_bytes(bytes[entry + 40..entry + 44].try_into().unwrap()) as usize;
        if let Some(archive) = bytes[..index].get_mut(offset..offset.saturating_add(len)) {
            archive::correct(archive);
        }
    }
    let checksum = xxhash_rust::xxh3::xxh3_64(&bytes[index..footer]);
    bytes[footer..footer + 8].copy_from_slice(&(index as u64).to_le_bytes());
    bytes[footer + 8..footer + 16].copy_from_slice(&(count as u64).to_le_bytes());
    bytes[footer + 16..footer + 24].copy_from_slice(&checksum.to_le_bytes());
    bytes[footer + 24..footer + 28].copy_from_slice(&VERSION.to_le_bytes());
    bytes[footer + 28..footer + 32].fill(0);
    bytes[footer + 32..].copy_from_slice(&END_MAGIC);
}

/// The keys of a pack's entries, as far as they are there.
fn keys(bytes: &[u8]) -> Vec<SourceKey> {
    let Some(footer) = bytes.len().checked_sub(FOOTER_LEN) else { return Vec::new() };
    let count = (u64_at(bytes, footer + 8) as usize).min(footer / ENTRY_LEN).min(64);
    let entries = bytes[footer - count * ENTRY_LEN..footer].chunks_exact(ENTRY_LEN);
    entries.map(|entry| entry[..32].try_into().unwrap()).collect()
}

fn check(bytes: &[u8]) {
    let directory = TemporaryCache::new();
    let keys = keys(bytes);
    let untrusted = directory.path().join("untrusted.pack");
    fs::write(&untrusted, bytes).unwrap();
    let report = verify_untrusted(untrusted.clone(), PARSER_VERSION);
    let is_intact = report.problem_count == 0;

    let store = directory.store("imported");
    let imported = store.import(&untrusted).unwrap();
    assert_eq!(imported.pack.problem_count == 0, is_intact, "import and verify disagree");
    assert!(is_intact || imported.new == 0, "archives of a damaged pack are imported");
    assert_eq!(use_archives(&store, &keys), if is_intact { keys.len() } else { 0 });

    // A pack that something else has put among the cache's own.
    let placed = directory.store("placed");
    fs::write(placed.directory().packs().join("0123456789abcdef.pack"), bytes).unwrap();
    let placed = directory.store("placed");
    let found = use_archives(&placed, &keys);
    assert!(!is_intact || found == keys.len());
    let _ = placed.verify();
    let _ = (placed.stats(), placed.write_identifier_indexes());
}

/// Gets each archive and reads it. Returns how many there are.
fn use_archives(store: &Store, keys: &[SourceKey]) -> usize {
    let archives = keys.iter().filter_map(|key| store.get(key));
    archives.map(|found| archive::check(found.as_ref())).count()
}

/// A directory that is deleted afterwards, in memory where the system has a place for that.
struct TemporaryCache(TempDir);

impl TemporaryCache {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        Self(if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn store(&self, name: &str) -> Store {
        let root: PathBuf = self.path().join(name);
        Store::open(CacheDirectory::prepare(root, PARSER_VERSION).unwrap(), PARSER_VERSION)
    }
}
