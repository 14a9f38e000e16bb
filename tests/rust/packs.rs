//! Packs, identifier indexes and file states, valid ones and those that violate one rule of PACK.md each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use lazyast_format::layout::{CHECKSUM, checksum};
use lazyast_store::pack_format::{encode_project_state, identifier_index_bytes};
use lazyast_store::{
    ExportedArchive, ExportedFile, FileFingerprint, FileState, PackWriter, ProjectState, SourceState,
    source_key,
};
use twox_hash::XxHash3_64;

const HEADER_LEN: usize = 16;
const ENTRY_LEN: usize = 48;
const FOOTER_LEN: usize = 40;
/// Where the footer of a pack with a manifest says where the manifest is, counted from the end of the file.
const MANIFEST_ENTRY: usize = 64;

/// The archives of the packs, by their sources' names.
pub const ARCHIVES: [&str; 3] = ["empty", "example", "comments"];

/// How many archives the valid identifier index is for.
pub const INDEXED_ARCHIVES: usize = 301;

/// A file that violates a rule: its name, the valid file that is changed, and the change.
type Invalid = (&'static str, &'static str, fn(&mut Patch));

/// A pack, an identifier index or a file state that is changed.
struct Patch {
    bytes: Vec<u8>,
}

impl Patch {
    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Removes the first byte after the header.
    fn remove_byte(&mut self) {
        self.bytes.remove(HEADER_LEN);
    }

    fn u64(&self, at: usize) -> usize {
        let bytes = self.bytes[at..at + 8].try_into().expect("eight bytes");
        u64::from_le_bytes(bytes) as usize
    }

    fn footer(&self) -> usize {
        self.bytes.len() - FOOTER_LEN
    }

    /// Where an index entry starts.
    fn entry(&self, number: usize) -> usize {
        self.u64(self.footer()) + number * ENTRY_LEN
    }

    /// Where the archive of an entry starts.
    fn archive(&self, number: usize) -> usize {
        self.u64(self.entry(number) + 32)
    }

    /// Corrects the checksum of the index.
    fn correct_index(&mut self) {
        let footer = self.footer();
        let (start, count) = (self.u64(footer), self.u64(footer + 8));
        let checksum = XxHash3_64::oneshot(&self.bytes[start..start + count * ENTRY_LEN]);
        self.put(footer + 16, &checksum.to_le_bytes());
    }

    /// Changes an index entry.
    fn change_entry(&mut self, number: usize, at: usize, bytes: &[u8]) {
        self.put(self.entry(number) + at, bytes);
        self.correct_index();
    }

    /// Changes an archive, and corrects its checksum.
    fn change_archive(&mut self, number: usize, at: usize, bytes: &[u8]) {
        let start = self.archive(number);
        let len = self.entry(number) + 40;
        let len = u32::from_le_bytes(self.bytes[len..len + 4].try_into().expect("four bytes")) as usize;
        self.put(start + at, bytes);
        let checksum = checksum(&self.bytes[start..start + len]);
        self.put(start + CHECKSUM.start, &checksum.to_le_bytes());
    }

    fn manifest(&self) -> std::ops::Range<usize> {
        let entry = self.bytes.len() - MANIFEST_ENTRY;
        self.u64(entry)..self.u64(entry) + self.u64(entry + 8)
    }

    /// Replaces the manifest, and corrects what says where everything is.
    fn change_manifest(&mut self, change: impl FnOnce(&mut Vec<u8>)) {
        let range = self.manifest();
        let mut manifest = self.bytes[range.clone()].to_vec();
        change(&mut manifest);
        self.bytes.splice(range.clone(), manifest.iter().copied());
        let entry = self.bytes.len() - MANIFEST_ENTRY;
        self.put(entry + 8, &(manifest.len() as u64).to_le_bytes());
        self.put(entry + 16, &XxHash3_64::oneshot(&manifest).to_le_bytes());
        self.put(self.footer(), &((range.start + manifest.len()) as u64).to_le_bytes());
    }

    /// Replaces the first occurrence of a text in the manifest by one of the same length.
    fn replace_in_manifest(&mut self, old: &[u8], new: &[u8]) {
        self.change_manifest(|manifest| {
            let at = manifest.windows(old.len()).position(|found| found == old).expect("the manifest has it");
            manifest[at..at + new.len()].copy_from_slice(new);
        });
    }

    /// Corrects the checksum of an identifier index or a file state.
    fn correct_side_file(&mut self) {
        let checksum = XxHash3_64::oneshot(&self.bytes[16..]);
        self.put(8, &checksum.to_le_bytes());
    }
}

/// Every invalid file. The first letters of its name are the rule.
const INVALID: &[Invalid] = &[
    ("P01-one-byte-short.pack", "empty.pack", |patch| patch.remove_byte()),
    ("P02-magic.pack", "three.pack", |patch| patch.put(0, b"l")),
    ("P02-end-magic.pack", "three.pack", |patch| patch.put(patch.bytes.len() - 1, b"l")),
    ("P03-header.pack", "three.pack", |patch| patch.put(8, &[9])),
    ("P03-footer.pack", "three.pack", |patch| patch.put(patch.footer() + 24, &[9])),
    ("P03-two-versions.pack", "three.pack", |patch| patch.put(8, &[2])),
    ("P04-index-in-the-header.pack", "three.pack", |patch| patch.put(patch.footer(), &15_u64.to_le_bytes())),
    ("P05-count.pack", "three.pack", |patch| patch.put(patch.footer() + 8, &4_u64.to_le_bytes())),
    ("P05-overflow.pack", "three.pack", |patch| {
        // 2^60 entries of 48 bytes have the length 0 in 64 bits.
        patch.put(patch.footer() + 8, &(1_u64 << 60 | 3).to_le_bytes());
    }),
    ("P05-one-byte-more.pack", "three.pack", |patch| patch.bytes.insert(HEADER_LEN, 0)),
    ("P05-manifest.pack", "manifest.pack", |patch| patch.remove_byte()),
    ("P06-index.pack", "three.pack", |patch| patch.put(patch.entry(1), &[0])),
    ("P06-checksum.pack", "three.pack", |patch| patch.put(patch.footer() + 16, &[0; 8])),
    ("P07-offset-in-the-header.pack", "three.pack", |patch| patch.change_entry(0, 32, &0_u64.to_le_bytes())),
    ("P07-offset-not-aligned.pack", "three.pack", |patch| {
        let offset = patch.archive(0) as u64 + 8;
        patch.change_entry(0, 32, &offset.to_le_bytes());
    }),
    ("P08-archive-behind-the-archives.pack", "three.pack", |patch| {
        patch.change_entry(0, 40, &u32::MAX.to_le_bytes());
    }),
    ("P08-overflow.pack", "three.pack", |patch| patch.change_entry(0, 32, &(u64::MAX - 15).to_le_bytes())),
    ("P08-archive-in-the-manifest.pack", "manifest.pack", |patch| {
        let len = (patch.manifest().start - patch.archive(1) + 1) as u32;
        patch.change_entry(1, 40, &len.to_le_bytes());
    }),
    ("P09-magic.pack", "three.pack", |patch| patch.change_archive(1, 0, b"l")),
    ("P09-format-version.pack", "three.pack", |patch| patch.change_archive(1, 8, &[9])),
    ("P09-parser-version.pack", "three.pack", |patch| patch.change_archive(1, 24, &[0xff])),
    ("P09-length.pack", "three.pack", |patch| patch.change_entry(1, 40, &97_u32.to_le_bytes())),
    ("P09-shorter-than-a-header.pack", "three.pack", |patch| {
        patch.change_entry(1, 40, &95_u32.to_le_bytes());
    }),
    ("P10-key.pack", "three.pack", |patch| {
        // The last byte, so that the order of keys stays.
        let at = patch.entry(1) + 31;
        let byte = patch.bytes[at] ^ 1;
        patch.change_entry(1, 31, &[byte]);
    }),
    ("P11-archive.pack", "three.pack", |patch| {
        let at = patch.archive(1) + CHECKSUM.start;
        let byte = patch.bytes[at] ^ 1;
        patch.put(at, &[byte]);
    }),
    ("P12-order.pack", "three.pack", |patch| {
        let at = patch.entry(0);
        let (first, second) = (patch.bytes[at..at + ENTRY_LEN].to_vec(), patch.entry(1));
        let other = patch.bytes[second..second + ENTRY_LEN].to_vec();
        patch.put(at, &other);
        patch.change_entry(1, 0, &first);
    }),
    ("P12-key-twice.pack", "three.pack", |patch| {
        let at = patch.entry(0);
        let first = patch.bytes[at..at + ENTRY_LEN].to_vec();
        patch.change_entry(1, 0, &first);
    }),
    ("P13-header.pack", "three.pack", |patch| patch.put(12, &[1])),
    ("P13-footer.pack", "three.pack", |patch| patch.put(patch.footer() + 31, &[1])),
    ("P14-manifest-in-the-header.pack", "manifest.pack", |patch| {
        let (entry, end) = (patch.bytes.len() - MANIFEST_ENTRY, patch.manifest().end);
        // No archive may be behind the manifest, so there are none.
        patch.put(entry, &8_u64.to_le_bytes());
        patch.put(entry + 8, &(end as u64 - 8).to_le_bytes());
        patch.put(entry + 16, &XxHash3_64::oneshot(&patch.bytes[8..end]).to_le_bytes());
        remove_archives(patch);
    }),
    ("P14-manifest-away-from-the-index.pack", "manifest.pack", |patch| {
        let end = patch.manifest().end;
        patch.bytes.insert(end, 0);
        patch.put(patch.footer(), &(end as u64 + 1).to_le_bytes());
    }),
    ("P14-overflow.pack", "manifest.pack", |patch| {
        let entry = patch.bytes.len() - MANIFEST_ENTRY;
        patch.put(entry + 8, &u64::MAX.to_le_bytes());
    }),
    ("P14-checksum.pack", "manifest.pack", |patch| {
        let entry = patch.bytes.len() - MANIFEST_ENTRY;
        patch.put(entry + 16, &[0; 8]);
    }),
    ("P15-cut.pack", "manifest.pack", |patch| {
        patch.change_manifest(|manifest| manifest.truncate(manifest.len() - 1))
    }),
    ("P15-something-behind.pack", "manifest.pack", |patch| {
        patch.change_manifest(|manifest| manifest.push(0))
    }),
    ("P15-flags.pack", "manifest.pack", |patch| patch.change_manifest(|manifest| manifest[4] = 2)),
    ("P15-sources-missing.pack", "manifest.pack", |patch| patch.change_manifest(|manifest| manifest[4] = 1)),
    ("P15-absolute-path.pack", "manifest.pack", |patch| patch.replace_in_manifest(b"a/", b"//")),
    ("P15-parent.pack", "manifest.pack", |patch| patch.replace_in_manifest(b"a-b", b"../")),
    ("P15-backslash.pack", "manifest.pack", |patch| patch.replace_in_manifest(b"a-b", b"a\\b")),
    ("P15-null.pack", "manifest.pack", |patch| patch.replace_in_manifest(b"a-b", b"a\0b")),
    ("P15-path-that-is-not-utf-8.pack", "manifest.pack", |patch| {
        patch.replace_in_manifest(b"a-b", b"a\xffb")
    }),
    ("P15-order.pack", "manifest.pack", |patch| patch.replace_in_manifest(b"a/", b"b/")),
    ("P15-path-twice.pack", "manifest.pack", |patch| patch.replace_in_manifest(b"c.py", b"d.py")),
    ("P15-position.pack", "manifest.pack", |patch| {
        patch.change_manifest(|manifest| {
            // The first file is a path of eight bytes.
            manifest[8 + 4 + 8 + 1] = 3;
        });
    }),
    ("P15-reason-that-is-not-utf-8.pack", "manifest.pack", |patch| {
        patch.replace_in_manifest(b"line 1", b"line \xff");
    }),
    ("P16-minimum-python.pack", "manifest.pack", |patch| {
        patch.change_manifest(|manifest| manifest[8 + 4 + 8] += 1);
    }),
    ("P16-lines.pack", "manifest.pack", |patch| {
        patch.change_manifest(|manifest| manifest[8 + 4 + 8 + 5] += 1);
    }),
    ("P17-source.pack", "sources.pack", |patch| patch.put(patch.manifest().start - 1, b"!")),
    ("P17-source-in-the-header.pack", "sources.pack", |patch| change_source(patch, 0)),
    ("P17-source-in-the-manifest.pack", "sources.pack", |patch| {
        let start = patch.manifest().start;
        change_source(patch, start as u64 + 1);
    }),
    ("P17-offset-behind-everything.pack", "sources.pack", |patch| change_source(patch, u64::MAX)),
    ("N01-magic.names", "identifiers.names", |patch| patch.put(0, b"l")),
    ("N02-checksum.names", "identifiers.names", |patch| patch.put(8, &[0; 8])),
    ("N02-body.names", "identifiers.names", |patch| patch.put(patch.bytes.len() - 1, &[9])),
    ("N03-archives.names", "identifiers.names", |patch| {
        patch.put(16, &300_u32.to_le_bytes());
        patch.correct_side_file();
    }),
    ("N04-hashes.names", "identifiers.names", |patch| {
        patch.put(20, &u32::MAX.to_le_bytes());
        patch.correct_side_file();
    }),
    ("N04-cut.names", "identifiers.names", |patch| {
        // Three hashes take 24 + 12 + 16 bytes with their offsets.
        patch.bytes.truncate(51);
        patch.correct_side_file();
    }),
    ("F01-magic.fresh", "project.fresh", |patch| patch.put(0, b"l")),
    ("F02-checksum.fresh", "project.fresh", |patch| patch.put(8, &[0; 8])),
    ("F02-body.fresh", "project.fresh", |patch| patch.put(patch.bytes.len() - 1, &[9])),
    ("F03-cut.fresh", "project.fresh", |patch| {
        patch.bytes.pop();
        patch.correct_side_file();
    }),
    ("F03-something-behind.fresh", "project.fresh", |patch| {
        patch.bytes.push(0);
        patch.correct_side_file();
    }),
    ("F03-path-that-is-not-utf-8.fresh", "project.fresh", |patch| {
        // The path of the first directory.
        patch.put(40, &[0xff]);
        patch.correct_side_file();
    }),
    ("F03-count.fresh", "project.fresh", |patch| {
        patch.put(24, &u32::MAX.to_le_bytes());
        patch.correct_side_file();
    }),
];

/// Makes a pack with a manifest one without archives, whose parts stay where they are.
fn remove_archives(patch: &mut Patch) {
    let (start, footer) = (patch.u64(patch.footer()), patch.footer());
    patch.bytes.drain(start..footer - (MANIFEST_ENTRY - FOOTER_LEN));
    patch.put(patch.footer() + 8, &0_u64.to_le_bytes());
    patch.correct_index();
}

/// Changes where the empty source is. Its hash is right wherever it is.
fn change_source(patch: &mut Patch, offset: u64) {
    patch.change_manifest(|manifest| {
        let first = manifest.len() - 12 * ARCHIVES.len();
        let is_empty = |at: &usize| manifest[at + 8..at + 12] == [0; 4];
        let at = (first..manifest.len()).step_by(12).find(is_empty).expect("a source is empty");
        manifest[at..at + 8].copy_from_slice(&offset.to_le_bytes());
    });
}

/// Every file by its name in the directories `valid` and `invalid`. The sources are those of the valid archives.
pub fn all(sources: &BTreeMap<&str, (Vec<u8>, Vec<u8>)>) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut valid = valid_packs(sources)?;
    valid.insert("identifiers.names", identifiers());
    valid.insert("project.fresh", project_state()?);
    let mut files = BTreeMap::new();
    for (name, base, change) in INVALID {
        let bytes = valid.get(base).with_context(|| format!("there is no {base}"))?;
        let mut patch = Patch { bytes: bytes.clone() };
        change(&mut patch);
        files.insert(Path::new("invalid").join(name), patch.bytes);
    }
    files.extend(valid.into_iter().map(|(name, bytes)| (Path::new("valid").join(name), bytes)));
    Ok(files)
}

fn valid_packs(sources: &BTreeMap<&str, (Vec<u8>, Vec<u8>)>) -> Result<BTreeMap<&'static str, Vec<u8>>> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("pack");
    let writer = |has_manifest: bool, names: &[&str]| -> Result<PackWriter> {
        let mut writer = match has_manifest {
            true => PackWriter::for_export_with_manifest(directory.path())?,
            false => PackWriter::for_export(directory.path())?,
        };
        for name in names {
            let (source, archive) = &sources[name];
            writer.add_built_at(&source_key(source), archive, 1)?;
        }
        Ok(writer)
    };
    let mut packs = BTreeMap::new();
    for (name, archives) in [("empty.pack", &[][..]), ("three.pack", &ARCHIVES)] {
        writer(false, archives)?.publish_as(path.clone())?;
        packs.insert(name, std::fs::read(&path)?);
    }
    let failures = files(sources)?.into_iter().filter(|file| file.result.is_err()).collect();
    writer(true, &[])?.publish_with_manifest(path.clone(), failures)?;
    packs.insert("failures.pack", std::fs::read(&path)?);
    for (name, has_sources) in [("manifest.pack", false), ("sources.pack", true)] {
        let mut writer = writer(true, &ARCHIVES)?;
        if has_sources {
            for name in ARCHIVES {
                writer.add_source(&source_key(&sources[name].0), &sources[name].0)?;
            }
        }
        writer.publish_with_manifest(path.clone(), files(sources)?)?;
        packs.insert(name, std::fs::read(&path)?);
    }
    Ok(packs)
}

/// The files of manifests. `a/` comes before `a-b`, because paths are compared by their components. Two files have the
/// same archive.
fn files(sources: &BTreeMap<&str, (Vec<u8>, Vec<u8>)>) -> Result<Vec<ExportedFile>> {
    let archive = |name: &str| -> Result<ExportedArchive> {
        let (source, archive) = &sources[name];
        let tree = lazyast_format::Tree::open(archive, None)?;
        let minimum_python = tree.header().facts.minimum_python;
        Ok(ExportedArchive { key: source_key(source), lines: tree.line_count(), minimum_python })
    };
    let file = |path: &str, result| ExportedFile { path: path.to_owned(), result };
    Ok(vec![
        file("a/one.py", Ok(archive("example")?)),
        file("a-b/two.py", Ok(archive("comments")?)),
        file("broken.py", Err("invalid syntax at line 1".to_owned())),
        file("c.py", Ok(archive("empty")?)),
        file("d.py", Ok(archive("empty")?)),
    ])
}

fn identifiers() -> Vec<u8> {
    let occurrences = [(0, "a"), (0, "b"), (1, "b"), (300, "a"), (299, "c"), (300, "b")];
    identifier_index_bytes(INDEXED_ARCHIVES, occurrences)
}

/// A file state with every kind of entry.
fn project_state() -> Result<Vec<u8>> {
    let fingerprint = |size| FileFingerprint { size, modified: -2, changed: 3 << 40, inode: 4 };
    let archive = SourceState::Archive { key: [5; 32], lines: 6, minimum_python: 12 };
    let unsupported = SourceState::Unsupported {
        key: [7; 32],
        reason: "invalid syntax at line 1".to_owned(),
        verdicts: vec![(0x030b_07f0, true), (0x030d_00f0, false)],
    };
    let file = |path: &str, source| FileState { path: path.into(), fingerprint: fingerprint(8), source };
    let state = ProjectState {
        observed_at: 9 << 50,
        directories: vec![("src".into(), fingerprint(10))],
        ignore_files: vec![("src/.gitignore".into(), Some(fingerprint(11))), (".gitignore".into(), None)],
        files: vec![file("src/a.py", archive), file("src/é.py", unsupported)],
    };
    encode_project_state(&state).context("the paths are UTF-8")
}
