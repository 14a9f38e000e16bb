//! `lazyast sql`: runs a statement over the tables of a codebase.
//!
//! DuckDB executes it, in a Python interpreter that has both packages.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::error::CommandError;
use crate::interpreter;

#[derive(Args, Debug)]
pub(crate) struct SqlCommand {
    /// A SELECT over the tables nodes, files, definitions, calls, imports, constants and comments
    #[arg(value_name = "STATEMENT")]
    statement: OsString,
    /// Directories and files [default: the current directory]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How rows are printed
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = ["table", "csv", "json"])]
    format: String,
    /// Write the rows to a file instead: .parquet, .csv or .json
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// The interpreter, which has the packages lazyast and duckdb [default: as for demo]
    #[arg(long, value_name = "FILE")]
    python: Option<OsString>,
}

impl SqlCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let mut arguments = vec![OsString::from("--format"), self.format.into()];
        if let Some(to) = self.to {
            arguments.extend(["--to".into(), to.into_os_string()]);
        }
        arguments.extend(["--".into(), self.statement]);
        arguments.extend(self.paths.into_iter().map(PathBuf::into_os_string));
        interpreter::run_main(self.python.as_deref(), "lazyast._sql", &arguments)
    }
}
