//! Scopes and bindings of a Python source, and what its names stand for, computed from the columns of its archive.
//!
//! ```
//! # use lazyast_format::{Archive, layout::Buffer};
//! # fn archive(source: &str) -> Archive<Buffer> {
//! #     let mut parser = lazyast_parse::Parser::new();
//! #     let bytes = parser.parse(source.as_bytes(), &[0; 32]).expect("the source is valid");
//! #     let mut buffer = Buffer::with_capacity(bytes.len());
//! #     buffer.extend_from_slice(bytes);
//! #     Archive::open(buffer, None).expect("the parser makes valid archives")
//! # }
//! use lazyast_scope::Resolution;
//!
//! let archive = archive("from os import path as p\n\ndef f(a):\n    return p.join(a)\n");
//! let tree = archive.tree()?;
//! let resolution = Resolution::of(&tree, 15)?;
//! let attribute = (0..tree.len()).find(|id| tree.kind(*id) == Ok(lazyast_format::Kind::Attribute));
//! let names = resolution.dotted_names(&tree, attribute.expect("the source has an attribute"))?;
//! assert_eq!(names, ["os.path.join"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! CPython's `symtable` decides what is right; the tests compare every scope and symbol of whole standard libraries with
//! it. [`Resolution::of`] makes two passes over the tree and one over its symbols. It is linear, does not recurse, and
//! reads only columns, so that it is made when it is needed and archives store nothing of it.
//!
//! 1. `collect` finds the scopes, what is said about each name in each scope (its [`Facts`]), and every place where a
//!    name occurs.
//! 2. `resolve` decides for each symbol which symbol owns its value.
//! 3. `dotted` says what names and attributes stand for, from the imports that bind them.
//!
//! [`TreeNames`] answers what single names stand for, mostly without a resolution.
//!
//! Scopes differ between versions of Python: since 3.14 annotations have scopes of their own. So a resolution is that
//! of one minor version.
#![forbid(unsafe_code)]

mod builtins;
mod collect;
mod dotted;
mod dotted_name;
mod imports;
mod names;
mod occurrence;
mod resolution;
mod resolve;
mod scope;
mod symbol;
mod symbol_tables;
mod tree_names;

pub use builtins::is_builtin;
pub use dotted::is_spelled;
pub use dotted_name::DottedName;
pub use imports::Import;
pub use occurrence::{NameRole, Occurrence};
pub use resolution::Resolution;
pub use scope::{Scope, ScopeId, ScopeKind};
pub use symbol::{Facts, Owner, Symbol, SymbolId};
pub use symbol_tables::{SymbolScope, SymbolTable, TableSymbol, symbol_tables};
pub use tree_names::{NameCandidates, TreeNames};
