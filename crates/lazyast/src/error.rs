//! [`Error`]: any error of the library, for callers that treat all errors alike.

use std::fmt;
use std::io;

use lazyast_format::Damage;
use lazyast_format::read::OpenError;
use lazyast_parse::Unsupported;
use lazyast_query::{ExecutionError, QueryError};
use lazyast_store::CacheDirectoryError;

use crate::dump::DumpError;
use crate::project::{FailureReason, FileError, SearchError};

/// Any error of the library.
///
/// Every function returns an error type of its own, which converts to this type with `?`.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The parser does not support a source.
    Unsupported(Unsupported),
    /// The cache directory cannot be used.
    CacheDirectory(CacheDirectoryError),
    /// A file could not be read.
    File(FileError),
    /// A source has no archive.
    Source(FailureReason),
    /// A query is invalid.
    Query(QueryError),
    /// A query could not be evaluated.
    Execution(ExecutionError),
    /// A module could not be searched.
    Search(SearchError),
    /// A tree could not be printed.
    Dump(DumpError),
    /// An archive cannot be opened.
    Open(OpenError),
    /// An archive is damaged.
    Damage(Damage),
    /// The cache or a pack file could not be written.
    Io(io::Error),
}

macro_rules! error_variants {
    ($($variant:ident($error:ty)),*) => {
        impl fmt::Display for Error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant(error) => error.fmt(f),)*
                }
            }
        }

        impl std::error::Error for Error {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                match self {
                    $(Self::$variant(error) => Some(error),)*
                }
            }
        }

        $(
            impl From<$error> for Error {
                fn from(error: $error) -> Self {
                    Self::$variant(error)
                }
            }
        )*
    };
}

error_variants!(
    Unsupported(Unsupported),
    CacheDirectory(CacheDirectoryError),
    File(FileError),
    Source(FailureReason),
    Query(QueryError),
    Execution(ExecutionError),
    Search(SearchError),
    Dump(DumpError),
    Open(OpenError),
    Damage(Damage),
    Io(io::Error)
);
