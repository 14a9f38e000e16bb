//! Checking rules: which rules, over which files, and how findings are printed.
//!
//! - `arguments`: the options.
//! - `configuration`: finds and reads rule files.
//! - `finding`: a finding with all that is printed of it.
//! - `file`: checks one file, on one of many threads.
//! - `fix`: changes files as the fixes of rules say.
//! - `run`: checks all files, prints, and decides how the command ends.
//! - `formats`: one file for each output format.

mod arguments;
mod configuration;
mod file;
mod finding;
mod fix;
mod formats;
mod run;

pub(crate) use arguments::CheckArguments;
