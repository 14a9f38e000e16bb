//! `lazyast clean`: deletes the contents of the cache directory that lazyast has written.

use std::io::Write;

use clap::Args;

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;
use crate::format::human_bytes;

#[derive(Args, Debug)]
pub(crate) struct CleanCommand {
    #[command(flatten)]
    cache: CacheArguments,
}

impl CleanCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let mut out = std::io::stdout().lock();
        let root = self.cache.directory()?;
        if !root.exists() {
            writeln!(out, "nothing to delete: {} does not exist", root.display())?;
            return Ok(());
        }
        let failed =
            |error| CommandError::new(format!("cannot delete the cache in {}: {error}", root.display()));
        let bytes = lazyast::store::clean_cache(&root).map_err(failed)?;
        writeln!(out, "deleted {} from {}", human_bytes(bytes), root.display())?;
        Ok(())
    }
}
