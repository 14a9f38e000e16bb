//! `lazyast dir`: prints the cache directory, whether it exists or not, or what the keys of caches of it should have.

use std::io::Write;

use clap::Args;

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;

#[derive(Args, Debug)]
pub(crate) struct DirCommand {
    /// Print a name of the cache's format, for the key under which a CI system keeps the cache
    #[arg(long)]
    key: bool,
    #[command(flatten)]
    cache: CacheArguments,
}

impl DirCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        if self.key {
            writeln!(std::io::stdout(), "{}", lazyast::store::version_name(lazyast::PARSER_VERSION))?;
            return Ok(());
        }
        let root = self.cache.directory()?;
        writeln!(std::io::stdout(), "{}", root.display())?;
        Ok(())
    }
}
