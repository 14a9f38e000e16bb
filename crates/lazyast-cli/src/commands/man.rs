//! `lazyast man`: prints a page of the manual.

use std::io::{self, Write};

use clap::{Args, Command};

use crate::error::CommandError;

#[derive(Args, Debug)]
pub(crate) struct ManCommand {
    /// The command that the page is about, such as find [default: lazyast itself]
    command: Option<String>,
}

impl ManCommand {
    /// Prints a page about the command line.
    pub(crate) fn run(self, mut all: Command) -> Result<(), CommandError> {
        all.build();
        let command = match &self.command {
            None => all,
            Some(name) => {
                let found = all.find_subcommand(name).cloned();
                let unknown = || CommandError::new(format!("there is no command {name}"));
                found.ok_or_else(unknown)?.display_name(format!("lazyast-{name}"))
            }
        };
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        io::stdout().write_all(&page)?;
        Ok(())
    }
}
