//! The archive format of lazyast: the syntax tree of one Python source as columns that are read in place.
//!
//! An [`Archive`] has two checks. [`Archive::open`] is cheap: a few dozen nanoseconds, whatever the size. It checks that
//! every column lies inside the bytes. Every index that is later read *from* a column is checked where it is used, so
//! that damaged bytes give an error or a wrong answer, never undefined behaviour. [`Archive::verify`] reads every byte,
//! including the checksum, and finds all damage.
//!
//! ```
//! use lazyast_format::encoding::Payload;
//! use lazyast_format::layout::SourceFacts;
//! use lazyast_format::read::{FieldValue, TargetPython};
//! use lazyast_format::schema::expr_context;
//! use lazyast_format::{Archive, Builder, Field, Kind};
//!
//! // The source `spam\n`: nodes in preorder, each with its range in the text.
//! let mut builder = Builder::new();
//! let name = builder.name("spam");
//! let module = builder.enter(Kind::Module, Field::Root, 0, 5, Payload::None);
//! let statement = builder.enter(Kind::Expr, Field::Body, 0, 4, Payload::None);
//! let payload = Payload::NameContext { name, context: expr_context::LOAD };
//! let id = builder.leaf(Kind::Name, Field::Value, 0, 4, payload);
//! builder.leave(statement);
//! builder.leave(module);
//! builder.lines(&[5]);
//! let facts = SourceFacts { minimum_python: 11, ..SourceFacts::default() };
//! let source_hash = [0; 32];
//! let bytes = builder.finish(facts, 1, (&source_hash, 5), 5)?;
//!
//! let archive = Archive::open(bytes, Some(1))?;
//! archive.verify()?;
//! let tree = archive.tree()?;
//! let node = tree.node(id).expect("the tree has three nodes");
//! let field = &Kind::Name.fields()[0];
//! assert_eq!(field.name, "id");
//! assert_eq!(node.field_value(field, TargetPython::new(13, 0))?, FieldValue::Identifier("spam"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `format-spec/FORMAT.md` is the normative description. This crate knows the bytes only: no files, no threads, no
//! parser and no Python.
//!
//! - [`schema`]: which kinds and fields there are.
//! - [`encoding`]: how values become numbers, for example the bits of payloads.
//! - [`layout`]: the header, and the columns as rkyv archives them.
//! - [`mod@write`]: the builder.
//! - [`read`]: views of trees, nodes and the values of fields.
//! - [`verify`]: the validation rules V01, V02, ...
//! - [`KindSet`] and [`KindScanner`]: the nodes of some kinds. The search for them has the only unsafe code of this crate: a
//!   call for processors with AVX2.
#![deny(unsafe_code)]

mod archive;
pub mod encoding;
mod kind_code_search;
mod kind_set;
pub mod layout;
pub mod read;
pub mod schema;
pub mod verify;
pub mod write;

pub use archive::Archive;
pub use encoding::NodeId;
pub use kind_set::{KindScanner, KindSet};
pub use layout::Header;
pub use read::{Damage, Node, Tree};
pub use schema::{FORMAT_VERSION, Field, Kind, SCHEMA_FINGERPRINT, SingletonClass};
pub use write::Builder;
