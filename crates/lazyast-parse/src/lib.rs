//! Python source to archive, with CPython's `ast.parse` as the model.
//!
//! ```
//! use lazyast_format::{Kind, Tree};
//! use lazyast_parse::{PARSER_VERSION, Parser, Unsupported};
//!
//! let hash = [0; 32]; // a caller with a cache gives the blake3 hash of the source
//! let mut parser = Parser::new();
//! let archive = parser.parse(b"x = 1\n", &hash).unwrap();
//! let tree = Tree::open(archive, Some(PARSER_VERSION)).unwrap();
//! assert_eq!(tree.root().kind().unwrap(), Kind::Module);
//!
//! let reason = parser.parse(b"x = = 1\n", &hash).unwrap_err();
//! assert!(matches!(reason, Unsupported::Syntax { line: 1, column: 4, .. }));
//! ```
//!
//! What this crate serves is exact, for every supported version of Python at once. Any other source is
//! [`Unsupported`], and the caller falls back to the interpreter. Nothing here knows where archives are
//! kept.
//!
//! A source passes these steps:
//!
//! 1. `decode` makes text of its bytes;
//! 2. `limits` stops what would nest too deep;
//! 3. ruff parses;
//! 4. `minimum_python` finds the oldest Python whose grammar has everything in the source;
//! 5. `token_scan` checks brackets, indentation and identifiers, and collects comments and warnings;
//! 6. `lower` writes the nodes in CPython's shape, and has `strict` check what ruff accepts and CPython
//!    does not.
#![forbid(unsafe_code)]

mod decode;
mod encode;
mod indentation;
mod limits;
mod lower;
mod minimum_python;
mod parser;
mod strict;
mod token_scan;
mod unicode;
mod unsupported;

pub use encode::{replace_in_source, source_of_text};
pub use limits::with_stack_for_all;
pub use parser::{PARSER_VERSION, PRODUCER, Parser, text};
pub use unsupported::Unsupported;
