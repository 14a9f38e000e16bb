//! The command line of lazyast.
//!
//! Each subcommand is one file in `commands`; `find` and `select` share `search`, `check` has
//! the directory of its name, which `lsp` uses as well. The crate holds no logic that a
//! user of the library would miss. `interpreter` runs what is written in Python.
//!
//! Exit codes: 0 for success, 1 for an error, 2 for an invalid command line. `find` and `select` use those of `grep`:
//! 0 for hits, 1 for no hits, 2 for an error. `check` uses those of linters: 0 for no findings, 1 for findings, 2 for an
//! error.
//!
//! ```
//! let code = lazyast_cli::run(["lazyast", "--version"].map(Into::into));
//! assert_eq!(code, 0);
//! ```
#![forbid(unsafe_code)]

mod cache_arguments;
mod changed;
mod check;
mod command_line;
mod commands;
mod configuration;
mod diff;
mod error;
mod file_arguments;
mod format;
mod interpreter;
mod lsp;
mod path_bytes;
mod point;
mod printed_path;
mod progress;
mod project_arguments;
mod python_version;
mod run;
mod sarif;
mod search;
mod standard_input;
mod when;
mod workflow_command;

pub use command_line::run;
