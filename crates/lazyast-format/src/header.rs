//! The fixed header in front of an archive's columns: 96 bytes, little-endian.
//!
//! A reader decides from the header alone whether the bytes are its business: the format's version, the
//! schema's fingerprint and the parser's version all have to be its own.

use core::fmt;

use crate::generated::tables::{FORMAT_VERSION, SCHEMA_FINGERPRINT};

/// The length of the header in bytes; a multiple of 16, so that the columns after it stay aligned.
pub const HEADER_LEN: usize = 96;

/// The first eight bytes of every archive. The 0x1a ends a listing of the file on old terminals.
pub const MAGIC: [u8; 8] = *b"LAZYAST\x1a";

/// Facts about a source that a reader may need before it looks at the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Facts {
    /// The minor version of the first Python 3 whose grammar has all that the source uses; at least 11.
    pub minimum_python: u8,
    /// The parser of some Python warns about the source (the column `warnings`).
    pub warns: bool,
    /// There is a comment that `ast.parse(..., type_comments=True)` would read.
    pub type_comments: bool,
    /// The source was not UTF-8: positions count bytes of the re-encoded text.
    pub reencoded: bool,
}

/// An archive's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the source is like.
    pub facts: Facts,
    /// Number that the parser's crate gives to itself; trees of different parsers are not mixed.
    pub parser: u32,
    /// Nodes on the longest path from the root to a leaf.
    pub depth: u16,
    /// Length of the source in bytes, as it was read and hashed.
    pub source_len: u32,
    /// Length in bytes of the source's text in UTF-8 without a byte order mark: what positions count.
    pub text_len: u32,
    /// Length of the columns in bytes.
    pub body_len: u32,
    /// Number of nodes.
    pub node_count: u32,
    /// The blake3 hash of the source as it was read.
    pub source_hash: [u8; 32],
    /// See [`Header::checksum_of`].
    pub checksum: u64,
}

const WARNS: u8 = 1;
const TYPE_COMMENTS: u8 = 2;
const REENCODED: u8 = 4;

impl Header {
    /// Reads a header and refuses what is not an archive of this format.
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
        if fingerprint != SCHEMA_FINGERPRINT {
            return Err(HeaderError::Schema { found: fingerprint, expected: SCHEMA_FINGERPRINT });
        }
        let flags = head[13];
        let header = Self {
            facts: Facts {
                minimum_python: head[12],
                warns: flags & WARNS != 0,
                type_comments: flags & TYPE_COMMENTS != 0,
                reencoded: flags & REENCODED != 0,
            },
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
        let Facts { minimum_python, warns, type_comments, reencoded } = self.facts;
        put(0, &MAGIC);
        put(8, &FORMAT_VERSION.to_le_bytes());
        put(12, &[minimum_python]);
        let flags = [(warns, WARNS), (type_comments, TYPE_COMMENTS), (reencoded, REENCODED)];
        put(13, &[flags.iter().map(|(set, flag)| u8::from(*set) * flag).sum()]);
        put(14, &self.depth.to_le_bytes());
        put(16, &SCHEMA_FINGERPRINT.to_le_bytes());
        put(24, &self.parser.to_le_bytes());
        put(28, &self.source_len.to_le_bytes());
        put(32, &self.text_len.to_le_bytes());
        put(36, &self.body_len.to_le_bytes());
        put(40, &self.node_count.to_le_bytes());
        put(48, &self.checksum.to_le_bytes());
        put(64, &self.source_hash);
        head
    }

    /// The checksum that the header should carry: XXH3-64 of the body, seeded with the XXH3-64 of the
    /// header whose checksum is zero.
    pub fn checksum_of(&self, body: &[u8]) -> u64 {
        let head = Self { checksum: 0, ..*self }.to_bytes();
        xxhash_rust::xxh3::xxh3_64_with_seed(body, xxhash_rust::xxh3::xxh3_64(&head))
    }
}

/// Why bytes are not an archive of this format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// The first eight bytes are not [`MAGIC`].
    Magic,
    /// Another version of the format.
    Version {
        /// What the bytes say.
        found: u32,
        /// What this reader reads.
        expected: u32,
    },
    /// Another schema.
    Schema {
        /// What the bytes say.
        found: u64,
        /// What this reader reads.
        expected: u64,
    },
    /// Another parser made the tree.
    Parser {
        /// What the bytes say.
        found: u32,
        /// What the caller asked for.
        expected: u32,
    },
    /// The archive is cut off or has something behind it.
    Length {
        /// Bytes that there are.
        found: usize,
        /// Bytes that there should be.
        expected: usize,
    },
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => write!(f, "not a lazyast archive: it does not start with {MAGIC:?}"),
            Self::Version { found, expected } => {
                write!(f, "format version {found}, but this reader reads version {expected}")
            }
            Self::Schema { found, expected } => {
                write!(f, "schema fingerprint {found:#018x}, but this reader has {expected:#018x}")
            }
            Self::Parser { found, expected } => {
                write!(f, "made by parser version {found}, but version {expected} is wanted")
            }
            Self::Length { found, expected } => write!(f, "{found} bytes long instead of {expected}"),
        }
    }
}

impl std::error::Error for HeaderError {}
