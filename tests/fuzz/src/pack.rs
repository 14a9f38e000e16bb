//! Target `pack`: verifies a pack of any bytes, imports it, and opens it as one of an underlay's own.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use lazyast::PARSER_VERSION;
use lazyast_store::pack_format::{FOOTER_LEN, header, header_with_manifest};
use lazyast_store::{
    CacheDirectory, ExportedPack, ManifestContent, SourceKey, Store, Underlay, source_key, verify_untrusted,
};
use tempfile::TempDir;

use crate::archive;

const HEADER_LEN: usize = 16;
const ENTRY_LEN: usize = 48;
const MANIFEST_ENTRY_LEN: usize = 24;
const END_MAGIC: [u8; 8] = *b"\x1aKAPYZAL";

/// Reads the bytes with a header, a footer and checksums that fit, or as they are where a reserved bit is set.
pub fn pack(data: &[u8]) {
    let mut bytes = data.to_vec();
    if bytes.len() >= HEADER_LEN + FOOTER_LEN && bytes[12] & 1 == 0 {
        correct(&mut bytes);
    }
    thread_local! {
        static CACHE: RefCell<TemporaryCache> = RefCell::new(TemporaryCache::new());
    }
    CACHE.with_borrow_mut(|cache| cache.check(&bytes));
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

fn put_u64(bytes: &mut [u8], at: usize, value: usize) {
    bytes[at..at + 8].copy_from_slice(&(value as u64).to_le_bytes());
}

/// Whether the bytes claim to have a manifest, and where their index ends.
fn index_end(bytes: &[u8]) -> (bool, usize) {
    let has_manifest = bytes[8] & 2 != 0 && bytes.len() >= HEADER_LEN + FOOTER_LEN + MANIFEST_ENTRY_LEN;
    let after = if has_manifest { FOOTER_LEN + MANIFEST_ENTRY_LEN } else { FOOTER_LEN };
    (has_manifest, bytes.len() - after)
}

/// Corrects the header, the footer, and the checksums of the manifest, the index and the archives.
fn correct(bytes: &mut [u8]) {
    let (has_manifest, end) = index_end(bytes);
    let header = if has_manifest { header_with_manifest() } else { header() };
    bytes[..HEADER_LEN].copy_from_slice(&header);
    let footer = bytes.len() - FOOTER_LEN;
    // As many entries as the footer claims, if there is room for them.
    let count = (u64_at(bytes, footer + 8) % 16) as usize;
    let count = count.min((end - HEADER_LEN) / ENTRY_LEN);
    let index = end - count * ENTRY_LEN;
    for number in 0..count {
        let entry = index + number * ENTRY_LEN;
        let offset = u64_at(bytes, entry + 32) as usize;
        let len = u32::from_le_bytes(bytes[entry + 40..entry + 44].try_into().unwrap()) as usize;
        if let Some(archive) = bytes[..index].get_mut(offset..offset.saturating_add(len)) {
            archive::correct(archive);
        }
    }
    if has_manifest {
        // It ends where the index starts, whatever its length is.
        let len = (u64_at(bytes, end + 8) % 1024).min((index - HEADER_LEN) as u64) as usize;
        let checksum = twox_hash::XxHash3_64::oneshot(&bytes[index - len..index]);
        put_u64(bytes, end, index - len);
        put_u64(bytes, end + 8, len);
        put_u64(bytes, end + 16, checksum as usize);
    }
    let checksum = twox_hash::XxHash3_64::oneshot(&bytes[index..end]);
    put_u64(bytes, footer, index);
    put_u64(bytes, footer + 8, count);
    put_u64(bytes, footer + 16, checksum as usize);
    bytes[footer + 24..footer + 28].copy_from_slice(&header[8..12]);
    bytes[footer + 28..footer + 32].fill(0);
    bytes[footer + 32..].copy_from_slice(&END_MAGIC);
}

/// The keys of a pack's entries, as far as they are there.
fn keys(bytes: &[u8]) -> Vec<SourceKey> {
    let Some(footer) = bytes.len().checked_sub(FOOTER_LEN).filter(|footer| *footer >= HEADER_LEN) else {
        return Vec::new();
    };
    let (_, end) = index_end(bytes);
    let count = (u64_at(bytes, footer + 8) as usize).min(end / ENTRY_LEN).min(64);
    let entries = bytes[end - count * ENTRY_LEN..end].chunks_exact(ENTRY_LEN);
    entries.map(|entry| entry[..32].try_into().unwrap()).collect()
}

/// Uses everything that a manifest names. What is valid can be read.
fn use_manifest(path: &Path, is_intact: bool) {
    let Ok(pack) = ExportedPack::open(path.to_owned()) else { return };
    for file in pack.files() {
        let is_plain = |part: &str| !["", ".", ".."].contains(&part);
        assert!(file.path.split('/').all(is_plain), "{:?}", file.path);
        let ManifestContent::Archive { position, .. } = file.content else { continue };
        let location = pack.location(position).expect("positions are checked");
        let archive = location.open(PARSER_VERSION);
        assert!(!is_intact || archive.is_some());
        let source = location.source();
        assert!(!is_intact || source.is_some() == pack.has_sources());
        assert!(source.is_none_or(|source| source_key(&source) == *location.key()));
    }
}

/// Gets each archive and reads it. Returns how many there are.
fn use_archives<A: AsRef<[u8]>>(get: impl Fn(&SourceKey) -> Option<A>, keys: &[SourceKey]) -> usize {
    let archives = keys.iter().filter_map(get);
    archives.map(|found| archive::check(found.as_ref())).count()
}

/// Cache directories that all inputs of a thread share, in memory where the system has a place for that.
struct TemporaryCache {
    /// Where packs are imported.
    store: Store,
    /// A cache that is opened as an underlay.
    underlay: PathBuf,
    /// The only pack of the underlay, which is every input once.
    pack: PathBuf,
    directory: TempDir,
}

impl TemporaryCache {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let directory =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let underlay = directory.path().join("underlay");
        let packs = CacheDirectory::prepare(underlay.clone(), PARSER_VERSION).unwrap().packs().to_owned();
        let pack = packs.join("0123456789abcdef.pack");
        Self { store: open(&directory), underlay, pack, directory }
    }

    fn check(&mut self, bytes: &[u8]) {
        let keys = keys(bytes);
        fs::write(&self.pack, bytes).unwrap();
        let report = verify_untrusted(self.pack.clone(), PARSER_VERSION);
        let is_intact = report.problem_count == 0;
        use_manifest(&self.pack, is_intact);

        let imported = self.store.import(&self.pack).unwrap();
        assert_eq!(imported.pack.problem_count == 0, is_intact, "import and verify disagree");
        assert!(is_intact || imported.new == 0, "archives of a damaged pack are imported");
        let found = use_archives(|key| self.store.get(key), &keys);
        assert_eq!(found, if is_intact { keys.len() } else { 0 });
        if imported.new > 0 {
            fs::remove_dir_all(self.directory.path().join("imported")).unwrap();
            self.store = open(&self.directory);
        }

        let (underlay, problems) = Underlay::open(std::slice::from_ref(&self.underlay), PARSER_VERSION);
        assert!(problems.is_empty(), "{problems:?}");
        let found = use_archives(|key| underlay.get(key), &keys);
        assert!(!is_intact || found == keys.len());
    }
}

fn open(directory: &TempDir) -> Store {
    let root = directory.path().join("imported");
    Store::open(CacheDirectory::prepare(root, PARSER_VERSION).unwrap(), PARSER_VERSION)
}
