//! `lazyast clean`: deletes the contents of the cache directory that lazyast has written.

use std::io::{self, IsTerminal, Write};

use clap::Args;
use lazyast::Cache;

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;
use crate::format::human_bytes;

#[derive(Args, Debug)]
pub(crate) struct CleanCommand {
    /// Only print what would be deleted
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// Do not ask, also on a terminal
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    cache: CacheArguments,
}

impl CleanCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let root = self.cache.directory()?;
        if !root.exists() {
            writeln!(io::stdout(), "nothing to delete: {} does not exist", root.display())?;
            return Ok(());
        }
        if self.dry_run {
            let cache = Cache::at(root.clone())?;
            let size = cache.store().map_or(0, |store| {
                let others: u64 = store.stats_of_others().iter().map(|stats| stats.all_bytes).sum();
                store.stats().all_bytes + others
            });
            writeln!(io::stdout(), "would delete {} from {}", human_bytes(size), root.display())?;
            return Ok(());
        }
        if !self.yes && io::stdin().is_terminal() && io::stderr().is_terminal() {
            write!(io::stderr(), "delete the cache in {}? [y/N] ", root.display())?;
            let mut answer = String::new();
            io::stdin().read_line(&mut answer)?;
            if !matches!(answer.trim(), "y" | "Y" | "yes") {
                return Err(CommandError::new("nothing was deleted"));
            }
        }
        let failed =
            |error| CommandError::new(format!("cannot delete the cache in {}: {error}", root.display()));
        let bytes = lazyast::store::clean_cache(&root).map_err(failed)?;
        writeln!(io::stdout(), "deleted {} from {}", human_bytes(bytes), root.display())?;
        Ok(())
    }
}
