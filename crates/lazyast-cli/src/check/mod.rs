//! Checking rules: which rules, over which files, and how findings are printed. `lsp` shows the same findings in editors.
//!
//! - `arguments`: the options.
//! - `configuration`: finds and reads rule files.
//! - `counts`: how many findings there are.
//! - `finding`: a finding with all that is printed of it.
//! - `file`: checks one file, on one of many threads.
//! - `fix`: changes files as the fixes of rules say.
//! - `run`: checks all files, prints, and decides how the command ends.
//! - `formats`: one file for each output format.

mod arguments;
mod configuration;
mod counts;
mod file;
mod finding;
mod fix;
mod formats;
mod run;

pub(crate) use arguments::{CheckArguments, ChosenRules};
pub(crate) use configuration::CompiledRules;
pub(crate) use file::{CheckedFile, FileChecker};
pub(crate) use finding::ReportedFinding;
