//! `lazyast demo`: starts an interpreter that runs the demonstration.
//!
//! The demonstration compares trees with those of a running interpreter, so the Python package implements it.

use std::path::PathBuf;
use std::process::Command;

use clap::Args;

use crate::error::CommandError;

#[derive(Args, Debug)]
pub(crate) struct DemoCommand {
    /// The interpreter to compare with. The package lazyast must be installed for it
    #[arg(long, default_value = "python3", value_name = "FILE")]
    python: PathBuf,
}

impl DemoCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let python = self.python.display();
        let status = Command::new(&self.python)
            .args(["-m", "lazyast", "demo"])
            .status()
            .map_err(|error| CommandError::new(format!("cannot start {python}: {error}")))?;
        if status.success() {
            return Ok(());
        }
        Err(CommandError::new(format!("`{python} -m lazyast demo` failed: {status}"))
            .hint("the interpreter needs the Python package lazyast; --python chooses another interpreter"))
    }
}
