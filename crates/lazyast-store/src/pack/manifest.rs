//! The manifest of an exported pack: which file has which archive, and why a file has none.
//!
//! `format-spec/PACK.md` describes the bytes. The cache's own packs have no manifest.

use std::fmt;

use twox_hash::XxHash3_64;

/// The longest manifest that is read, in bytes.
pub(crate) const MAX_LEN: u64 = 1 << 28;

/// The longest source that is read, in bytes.
pub(crate) const MAX_SOURCE_LEN: u32 = 1 << 29;

/// The flag that says that the pack has the sources.
const HAS_SOURCES: u32 = 1;

/// The manifest of a pack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// The files, in the order of their paths.
    pub(crate) files: Vec<ManifestFile>,
    /// Where the source of each archive is, in the order of the index; empty if the pack has no sources.
    pub(crate) sources: Vec<SourceRange>,
}

/// A file that was exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestFile {
    /// The path, relative to the directory that the exporter chose. Its components are separated by `/`.
    pub path: String,
    /// What became of the file.
    pub content: ManifestContent,
}

/// What became of an exported file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManifestContent {
    /// The file has an archive.
    Archive {
        /// The position of the archive in the index.
        position: u32,
        /// The number of lines of the source.
        lines: u32,
        /// The minor version of the oldest Python that has the source's syntax.
        minimum_python: u8,
    },
    /// The file has no archive.
    Failure {
        /// Why.
        reason: String,
    },
}

/// Where a source is in a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SourceRange {
    pub(crate) offset: u64,
    pub(crate) len: u32,
}

/// Where the footer of a pack says that the manifest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ManifestRange {
    pub(crate) offset: u64,
    pub(crate) len: u64,
    pub(crate) checksum: u64,
}

/// What is wrong with a manifest (rules P14 and P15 of PACK.md).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManifestError {
    /// It does not lie between the archives and the index.
    OutOfBounds,
    /// Its checksum is wrong.
    Checksum {
        /// The checksum of the manifest.
        found: u64,
        /// The checksum in the footer.
        expected: u64,
    },
    /// It ends too early, or something follows it.
    Length,
    /// It has flags that this version does not know.
    Flags {
        /// The flags.
        found: u32,
    },
    /// A path is not relative, not in order, or not UTF-8.
    Path {
        /// The number of the file.
        file: usize,
    },
    /// A file is neither an archive of the pack nor a failure.
    Content {
        /// The number of the file.
        file: usize,
    },
}

impl ManifestError {
    /// The rule of PACK.md.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::OutOfBounds | Self::Checksum { .. } => "P14",
            Self::Length | Self::Flags { .. } | Self::Path { .. } | Self::Content { .. } => "P15",
        }
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfBounds => write!(f, "the manifest is not between the archives and the index"),
            Self::Checksum { found, expected } => {
                write!(f, "the manifest has checksum {found:#018x}, expected {expected:#018x}")
            }
            Self::Length => write!(f, "the manifest does not have the length of its parts"),
            Self::Flags { found } => write!(f, "the manifest has flags {found:#x}, expected 0 or 1"),
            Self::Path { file } => {
                write!(f, "file {file} of the manifest: its path is not relative, or not in order")
            }
            Self::Content { file } => {
                write!(f, "file {file} of the manifest: it has neither an archive of the pack nor a reason")
            }
        }
    }
}

impl std::error::Error for ManifestError {}

/// The bytes of a manifest, or `None` if a text or a count does not fit into 32 bits.
pub(crate) fn encode(manifest: &Manifest) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(64 * manifest.files.len() + 12 * manifest.sources.len() + 8);
    put_number(&mut bytes, manifest.files.len())?;
    let flags = if manifest.sources.is_empty() { 0 } else { HAS_SOURCES };
    bytes.extend_from_slice(&flags.to_le_bytes());
    for file in &manifest.files {
        put_text(&mut bytes, &file.path)?;
        match &file.content {
            ManifestContent::Archive { position, lines, minimum_python } => {
                bytes.push(*minimum_python);
                bytes.extend_from_slice(&position.to_le_bytes());
                bytes.extend_from_slice(&lines.to_le_bytes());
            }
            ManifestContent::Failure { reason } => {
                bytes.push(0);
                put_text(&mut bytes, reason)?;
            }
        }
    }
    for SourceRange { offset, len } in &manifest.sources {
        bytes.extend_from_slice(&offset.to_le_bytes());
        bytes.extend_from_slice(&len.to_le_bytes());
    }
    Some(bytes)
}

fn put_number(bytes: &mut Vec<u8>, number: usize) -> Option<()> {
    bytes.extend_from_slice(&u32::try_from(number).ok()?.to_le_bytes());
    Some(())
}

fn put_text(bytes: &mut Vec<u8>, text: &str) -> Option<()> {
    put_number(bytes, text.len())?;
    bytes.extend_from_slice(text.as_bytes());
    Some(())
}

/// The manifest of a pack with `archive_count` archives, after its checksum and its rules were checked.
pub(crate) fn decode(bytes: &[u8], expected: u64, archive_count: usize) -> Result<Manifest, ManifestError> {
    let found = XxHash3_64::oneshot(bytes);
    if found != expected {
        return Err(ManifestError::Checksum { found, expected });
    }
    let mut input = ManifestInput(bytes);
    let (file_count, flags) = (input.number()?, input.number()?);
    if flags & !HAS_SOURCES != 0 {
        return Err(ManifestError::Flags { found: flags });
    }
    // A checksum can be forged. So memory grows with the bytes that are read, and not with the counts.
    let mut manifest = Manifest::default();
    for file in 0..file_count as usize {
        let path = input.text()?.filter(|path| is_relative(path)).ok_or(ManifestError::Path { file })?;
        let last = manifest.files.last();
        if last.is_some_and(|last| last.path.split('/').ge(path.split('/'))) {
            return Err(ManifestError::Path { file });
        }
        let content = match input.take::<1>()? {
            [0] => input.text()?.map(|reason| ManifestContent::Failure { reason: reason.to_owned() }),
            [minimum_python] => {
                let (position, lines) = (input.number()?, input.number()?);
                let is_in_pack = (position as usize) < archive_count;
                is_in_pack.then_some(ManifestContent::Archive { position, lines, minimum_python })
            }
        };
        let content = content.ok_or(ManifestError::Content { file })?;
        manifest.files.push(ManifestFile { path: path.to_owned(), content });
    }
    if flags == HAS_SOURCES {
        for _ in 0..archive_count {
            manifest
                .sources
                .push(SourceRange { offset: u64::from_le_bytes(input.take()?), len: input.number()? });
        }
    }
    if input.0.is_empty() { Ok(manifest) } else { Err(ManifestError::Length) }
}

/// Whether a path stays inside of the directory that it is joined to.
pub(crate) fn is_relative(path: &str) -> bool {
    !path.contains(['\0', '\\']) && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// The bytes that are still to be decoded.
struct ManifestInput<'a>(&'a [u8]);

impl<'a> ManifestInput<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], ManifestError> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(ManifestError::Length)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn number(&mut self) -> Result<u32, ManifestError> {
        self.take().map(u32::from_le_bytes)
    }

    /// The next text; `None` if it is not UTF-8.
    fn text(&mut self) -> Result<Option<&'a str>, ManifestError> {
        let length = self.number()? as usize;
        let (text, rest) = self.0.split_at_checked(length).ok_or(ManifestError::Length)?;
        self.0 = rest;
        Ok(std::str::from_utf8(text).ok())
    }
}
