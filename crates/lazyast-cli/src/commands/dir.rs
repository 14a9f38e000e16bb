//! `lazyast dir`: prints the cache directory, whether it exists or not.

use std::io::Write;

use clap::Args;

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;

#[derive(Args, Debug)]
pub(crate) struct DirCommand {
    #[command(flatten)]
    cache: CacheArguments,
}

impl DirCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let root = self.cache.directory()?;
        writeln!(std::io::stdout(), "{}", root.display())?;
        Ok(())
    }
}
