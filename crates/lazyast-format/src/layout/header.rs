//! The fixed header in front of an archive's columns: 96 bytes, little-endian.
//!
//! A reader decides from the header alone whether it can read an archive: the format version, the schema
//! fingerprint and the parser version must be the reader's own.

use core::fmt;

use twox_hash::XxHash3_64;

use crate::schema::{FORMAT_VERSION, Revision, SCHEMA_FINGERPRINT};

/// The length of the header in bytes; a multiple of 16, so that the columns after it stay aligned.
pub const HEADER_LEN: usize = 96;

/// The first eight bytes of every archive. The byte 0x1a marks the end of text files on some systems, so that
/// programs that print text stop there.
pub const MAGIC: [u8; 8] = *b"LAZYAST\x1a";

/// Where the header has the checksum.
pub const CHECKSUM: core::ops::Range<usize> = 48..56;

/// Properties of a source that a reader may need before it reads the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct SourceFacts {
    /// The minor version of the first Python 3 whose grammar has all syntax of the source; at least 11.
    pub minimum_python: u8,
    /// Whether the parser of some Python warns about the source (the column `warnings`).
    pub warns: bool,
    /// Whether there is a comment that `ast.parse(..., type_comments=True)` would read.
    pub type_comments: bool,
    /// Whether the source was not UTF-8. Positions then count bytes of the re-encoded text.
    pub reencoded: bool,
}

/// An archive's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Properties of the source.
    pub facts: SourceFacts,
    /// The revision of the schema.
    pub revision: &'static Revision,
    /// The version that the parser gives to itself. Trees of different parsers are not mixed.
    pub parser: u32,
    /// The number of nodes on the longest path from the root to a leaf.
    pub depth: u16,
    /// The length in bytes of the source, as it was read and hashed.
    pub source_len: u32,
    /// The length in bytes of the text: the source in UTF-8, without a byte order mark. Positions are offsets in it.
    pub text_len: u32,
    /// The length of the columns in bytes.
    pub body_len: u32,
    /// The number of nodes.
    pub node_count: u32,
    /// The blake3 hash of the source as it was read.
    pub source_hash: [u8; 32],
    /// See [`checksum`].
    pub checksum: u64,
}

const WARNS: u8 = 1;
const TYPE_COMMENTS: u8 = 2;
const REENCODED: u8 = 4;

impl Header {
    /// Reads the header of an archive.
    ///
    /// `parser` is the parser version that the caller accepts; `None` accepts any.
    pub fn parse(bytes: &[u8], parser: Option<u32>) -> Result<Self, HeaderError> {
        let head: &[u8; HEADER_LEN] =
            bytes.first_chunk().ok_or(HeaderError::Length { found: bytes.len(), expected: HEADER_LEN })?;
        let u32_at = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let u64_at = |at: usize| u64::from(u32_at(at)) | u64::from(u32_at(at + 4)) << 32;
        if head[..8] != MAGIC {
            return Err(HeaderError::Magic);
        }
        let version = u32_at(8);
        if version != FORMAT_VERSION {
            return Err(HeaderError::Version { found: version, expected: FORMAT_VERSION });
        }
        let fingerprint = u64_at(16);
        let Some(revision) = Revision::with_fingerprint(fingerprint) else {
            return Err(HeaderError::Schema { found: fingerprint, expected: SCHEMA_FINGERPRINT });
        };
        let flags = head[13];
        let header = Self {
            facts: SourceFacts {
                minimum_python: head[12],
                warns: flags & WARNS != 0,
                type_comments: flags & TYPE_COMMENTS != 0,
                reencoded: flags & REENCODED != 0,
            },
            revision,
            depth: u16::from_le_bytes([head[14], head[15]]),
            parser: u32_at(24),
            source_len: u32_at(28),
            text_len: u32_at(32),
            body_len: u32_at(36),
            node_count: u32_at(40),
            checksum: u64_at(48),
            source_hash: {
                let mut hash = [0; 32];
                hash.copy_from_slice(&head[64..96]);
                hash
            },
        };
        if let Some(expected) = parser.filter(|expected| *expected != header.parser) {
            return Err(HeaderError::Parser { found: header.parser, expected });
        }
        let expected = HEADER_LEN + header.body_len as usize;
        if bytes.len() != expected {
            return Err(HeaderError::Length { found: bytes.len(), expected });
        }
        Ok(header)
    }

    /// The header's bytes.
    pub fn to_bytes(&self) -> [u8; HEADER_LEN] {
        let mut head = [0; HEADER_LEN];
        let mut put = |at: usize, bytes: &[u8]| head[at..at + bytes.len()].copy_from_slice(bytes);
        let SourceFacts { minimum_python, warns, type_comments, reencoded } = self.facts;
        put(0, &MAGIC);
        put(8, &FORMAT_VERSION.to_le_bytes());
        put(12, &[minimum_python]);
        let flags = [(warns, WARNS), (type_comments, TYPE_COMMENTS), (reencoded, REENCODED)];
        put(13, &[flags.iter().map(|(set, flag)| u8::from(*set) * flag).sum()]);
        put(14, &self.depth.to_le_bytes());
        put(16, &self.revision.fingerprint.to_le_bytes());
        put(24, &self.parser.to_le_bytes());
        put(28, &self.source_len.to_le_bytes());
        put(32, &self.text_len.to_le_bytes());
        put(36, &self.body_len.to_le_bytes());
        put(40, &self.node_count.to_le_bytes());
        put(48, &self.checksum.to_le_bytes());
        put(64, &self.source_hash);
        head
    }
}

/// The checksum that belongs into an archive's header: XXH3-64 of the body, seeded with the XXH3-64 of the header's
/// bytes, of which the checksum's own count as zero. Bytes that are shorter than a header give 0.
pub fn checksum(archive: &[u8]) -> u64 {
    let Some((head, body)) = archive.split_first_chunk::<HEADER_LEN>() else { return 0 };
    let mut head = *head;
    head[CHECKSUM].fill(0);
    XxHash3_64::oneshot_with_seed(XxHash3_64::oneshot(&head), body)
}

/// Why bytes are not an archive of this format.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderError {
    /// The first eight bytes are not [`MAGIC`].
    Magic,
    /// The format version is another one.
    Version {
        /// The value in the header.
        found: u32,
        /// The value that this reader supports.
        expected: u32,
    },
    /// The schema is another one.
    Schema {
        /// The value in the header.
        found: u64,
        /// The value that this reader supports.
        expected: u64,
    },
    /// Another version of the parser made the tree.
    Parser {
        /// The value in the header.
        found: u32,
        /// The version that the caller accepts.
        expected: u32,
    },
    /// The archive is truncated, or other bytes follow it.
    Length {
        /// The number of bytes.
        found: usize,
        /// The number of bytes that the header implies.
        expected: usize,
    },
}

impl HeaderError {
    /// Whether the bytes are an archive of another version of the format, the schema or the parser. Otherwise, they are
    /// damaged.
    pub fn is_other_version(&self) -> bool {
        matches!(self, Self::Version { .. } | Self::Schema { .. } | Self::Parser { .. })
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => write!(f, "not a lazyast archive: it does not start with {MAGIC:?}"),
            Self::Version { found, expected } => {
                write!(f, "format version {found}, but this reader supports version {expected}")
            }
            Self::Schema { found, expected } => {
                write!(f, "schema fingerprint {found:#018x}, but this reader supports {expected:#018x}")
            }
            Self::Parser { found, expected } => {
                write!(f, "made by parser version {found}, but version {expected} is expected")
            }
            Self::Length { found, expected } => {
                write!(f, "the archive is {found} bytes long, but {expected} are expected")
            }
        }
    }
}

impl std::error::Error for HeaderError {}
