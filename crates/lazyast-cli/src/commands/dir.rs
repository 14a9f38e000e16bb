//! `lazyast dir`.

use std::io::Write;

use clap::Args;

use crate::{CacheArguments, Failed};

#[derive(Args, Debug)]
pub(crate) struct Dir {
    #[command(flatten)]
    cache: CacheArguments,
}

impl Dir {
    pub(crate) fn run(self) -> Result<(), Failed> {
        let root = self.cache.directory()?;
        writeln!(std::io::stdout(), "{}", root.display())?;
        Ok(())
    }
}
