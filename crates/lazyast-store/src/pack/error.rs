//! What can be wrong with a pack: with the file as a whole, or with an archive in it.

use std::fmt;
use std::io;

use lazyast_format::layout::HeaderError;
use lazyast_format::read::OpenError;
use lazyast_format::verify::{Rule, VerifyError};

use crate::pack::format::{MANIFEST_VERSION, PACK_VERSION};
use crate::pack::manifest::ManifestError;

/// Why the bytes of a file are not a pack (rules P01 to P06 of PACK.md).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackFormatError {
    /// The file is shorter than a pack without archives.
    TooShort {
        /// Length of the file.
        found: u64,
        /// Length of a pack without archives.
        expected: u64,
    },
    /// The magic bytes at the start or at the end are missing.
    Magic,
    /// The version of the pack format is not the one that this reader reads.
    Version {
        /// The version in the file.
        found: u32,
    },
    /// Header and footer have different versions.
    Versions {
        /// The version in the header.
        header: u32,
        /// The version in the footer.
        footer: u32,
    },
    /// The index starts inside of the header.
    IndexOffset {
        /// Where the index starts.
        found: u64,
    },
    /// The lengths of the parts do not add up to the length of the file.
    Length {
        /// Length of the file.
        found: u64,
        /// Sum of the parts.
        expected: u64,
    },
    /// The checksum of the index is wrong.
    Checksum {
        /// The checksum of the index.
        found: u64,
        /// The checksum in the footer.
        expected: u64,
    },
}

impl PackFormatError {
    /// The rule of PACK.md.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "P01",
            Self::Magic => "P02",
            Self::Version { .. } | Self::Versions { .. } => "P03",
            Self::IndexOffset { .. } => "P04",
            Self::Length { .. } => "P05",
            Self::Checksum { .. } => "P06",
        }
    }
}

impl fmt::Display for PackFormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => write!(f, "not a complete pack: the magic bytes at its start or end are missing"),
            Self::Version { found } => {
                write!(f, "pack version {found}, expected version {PACK_VERSION} or {MANIFEST_VERSION}")
            }
            Self::Versions { header, footer } => {
                write!(f, "the header has pack version {header} and the footer {footer}")
            }
            Self::IndexOffset { found } => write!(f, "the index starts at {found}, inside of the header"),
            Self::TooShort { found, expected } => {
                write!(f, "the file has {found} bytes, expected at least {expected}")
            }
            Self::Length { found, expected } => {
                write!(f, "the file has {found} bytes, expected {expected}")
            }
            Self::Checksum { found, expected } => {
                write!(f, "the index has checksum {found:#018x}, expected {expected:#018x}")
            }
        }
    }
}

impl std::error::Error for PackFormatError {}

/// Why a file cannot be opened as a pack.
#[derive(Debug)]
#[non_exhaustive]
pub enum PackOpenError {
    /// The file cannot be read.
    Io(io::Error),
    /// The path is a directory, a pipe or a device.
    NotAFile,
    /// The file is compressed with zstd, and cannot be decompressed.
    Compression(io::Error),
    /// The file is too long for an untrusted pack.
    FileTooLong {
        /// Length of the file in bytes.
        found: u64,
        /// The longest file that is read.
        limit: u64,
    },
    /// The file has too many archives for an untrusted pack.
    TooManyArchives {
        /// Number of archives.
        found: u64,
        /// The largest number that is read.
        limit: u64,
    },
    /// The bytes are not those of a pack.
    Format(PackFormatError),
    /// The manifest breaks a rule.
    Manifest(ManifestError),
    /// The pack has no manifest.
    NoManifest,
}

impl PackOpenError {
    /// Whether the file is a pack of another version of the pack format. Otherwise, it is damaged or cannot be read.
    pub fn is_other_version(&self) -> bool {
        matches!(self, Self::Format(PackFormatError::Version { .. }))
    }

    /// The rule of PACK.md, if the bytes break one.
    pub fn rule(&self) -> Option<&'static str> {
        match self {
            Self::Format(error) => Some(error.rule()),
            Self::Manifest(error) => Some(error.rule()),
            _ => None,
        }
    }

    /// Whether the file does not exist.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// Whether no version of lazyast can read the file.
    pub(crate) fn is_permanent(&self) -> bool {
        !matches!(self, Self::Io(_) | Self::Format(PackFormatError::Version { .. }))
    }
}

impl fmt::Display for PackOpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::NotAFile => write!(f, "not a regular file"),
            Self::Compression(error) => write!(f, "the file cannot be decompressed: {error}"),
            Self::FileTooLong { found, limit } => {
                write!(f, "the file has {found} bytes, the limit is {limit}")
            }
            Self::TooManyArchives { found, limit } => {
                write!(f, "the pack has {found} archives, the limit is {limit}")
            }
            Self::Format(error) => error.fmt(f),
            Self::Manifest(error) => error.fmt(f),
            Self::NoManifest => write!(f, "the pack has no manifest"),
        }
    }
}

impl std::error::Error for PackOpenError {}

impl From<ManifestError> for PackOpenError {
    fn from(error: ManifestError) -> Self {
        Self::Manifest(error)
    }
}

impl From<io::Error> for PackOpenError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<PackFormatError> for PackOpenError {
    fn from(error: PackFormatError) -> Self {
        Self::Format(error)
    }
}

/// What is wrong with an archive of a pack (rules P07 to P11 of PACK.md, and those of FORMAT.md).
#[derive(Debug)]
#[non_exhaustive]
pub enum PackedArchiveError {
    /// The offset in the index entry is inside of the header, or not aligned.
    Offset,
    /// The index entry points outside of the archives.
    OutOfBounds,
    /// The length in the index entry is wrong.
    Length {
        /// The length in the index entry.
        found: usize,
        /// The length that the archive's header gives.
        expected: usize,
    },
    /// The archive is too long for an untrusted pack.
    TooLong {
        /// Its length in bytes.
        found: usize,
        /// The longest archive that is read.
        limit: usize,
    },
    /// The archive cannot be read from the file.
    Io(io::Error),
    /// The header of the archive is invalid.
    Header(HeaderError),
    /// The archive breaks a rule of FORMAT.md.
    Invalid(VerifyError),
    /// The archive cannot be opened.
    Open(OpenError),
    /// The archive belongs to another source than the index entry says.
    WrongSource,
}

impl PackedArchiveError {
    /// Whether the archive is one of another version of the format, the schema or the parser. Otherwise, it is damaged.
    pub fn is_other_version(&self) -> bool {
        match self {
            Self::Header(error) | Self::Open(OpenError::Header(error)) => error.is_other_version(),
            Self::Invalid(error) => error.is_other_version(),
            _ => false,
        }
    }
}

impl PackedArchiveError {
    /// The rule of PACK.md or FORMAT.md, if the archive breaks one.
    pub fn rule(&self) -> Option<String> {
        let rule = match self {
            Self::Offset => "P07",
            Self::OutOfBounds => "P08",
            Self::Length { .. } | Self::Header(_) | Self::Open(_) => "P09",
            Self::WrongSource => "P10",
            Self::Invalid(error) if error.rule == Rule::Checksum => "P11",
            Self::Invalid(error) if error.rule <= Rule::Root => "P09",
            Self::Invalid(error) => return Some(error.rule.to_string()),
            Self::TooLong { .. } | Self::Io(_) => return None,
        };
        Some(rule.to_owned())
    }
}

impl fmt::Display for PackedArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offset => write!(f, "the index entry gives an offset that no archive can have"),
            Self::OutOfBounds => write!(f, "the index entry points outside of the archives"),
            Self::Length { found, expected } => {
                write!(f, "the index entry gives {found} bytes, expected {expected}")
            }
            Self::TooLong { found, limit } => {
                write!(f, "the archive has {found} bytes, the limit is {limit}")
            }
            Self::Io(error) => error.fmt(f),
            Self::Header(error) => error.fmt(f),
            Self::Invalid(error) => error.fmt(f),
            Self::Open(error) => error.fmt(f),
            Self::WrongSource => {
                write!(f, "the source hash in the archive's header differs from the key in the index")
            }
        }
    }
}

impl std::error::Error for PackedArchiveError {}

impl From<io::Error> for PackedArchiveError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
