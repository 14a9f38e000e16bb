//! `lazyast completions`: prints a script that completes commands and options in a shell.

use std::io::{self, Write};

use clap::{Args, Command};
use clap_complete::Shell;

use crate::error::CommandError;

#[derive(Args, Debug)]
pub(crate) struct CompletionsCommand {
    /// The shell
    shell: Shell,
}

impl CompletionsCommand {
    /// Prints the script for the command line.
    pub(crate) fn run(self, mut command_line: Command) -> Result<(), CommandError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command_line, "lazyast", &mut script);
        io::stdout().write_all(&script)?;
        Ok(())
    }
}
