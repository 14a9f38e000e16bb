//! `lazyast demo`: needs a running interpreter to compare with, so the Python package has it.

use std::path::PathBuf;
use std::process::Command;

use clap::Args;

use crate::Failed;

#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// The interpreter to compare with; it must have the package lazyast
    #[arg(long, default_value = "python3", value_name = "FILE")]
    python: PathBuf,
}

impl Demo {
    pub(crate) fn run(self) -> Result<(), Failed> {
        let python = self.python.display();
        let status = Command::new(&self.python)
            .args(["-m", "lazyast", "demo"])
            .status()
            .map_err(|error| Failed::new(format!("{python} cannot be started: {error}")))?;
        if status.success() {
            return Ok(());
        }
        Err(Failed::new(format!("{python} -m lazyast demo did not succeed: {status}"))
            .hint("the interpreter needs the Python package lazyast; --python names another one"))
    }
}
