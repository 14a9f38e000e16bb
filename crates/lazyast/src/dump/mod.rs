//! What CPython's `ast.dump` prints for a tree, character by character, without a Python.
//!
//! The layout follows `dump` in CPython's `Lib/ast.py`; `repr` prints constants as CPython's `repr` does.
//!
//! ```
//! use lazyast::dump::{DumpOptions, TargetPython};
//!
//! let module = lazyast::parse(b"import os\n")?;
//! let options = DumpOptions {
//!     target: TargetPython::new(13, 0),
//!     include_attributes: false,
//!     indent: None,
//!     show_empty: false,
//! };
//! let mut text = Vec::new();
//! options.write(module.tree(), &mut text)?;
//! assert_eq!(text, b"Module(body=[Import(names=[alias(name='os')])])");
//! # Ok::<(), lazyast::Error>(())
//! ```

mod arguments;
mod error;
mod generated;
mod options;
mod repr;
mod write;

pub use error::DumpError;
pub use lazyast_format::read::TargetPython;
pub use options::{DumpOptions, VERSIONS};
