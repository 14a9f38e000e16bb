//! `lazyast gc`: deletes unused archives, projects, other versions' caches and temporary files.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use lazyast::Cache;
use lazyast::store::GcPolicy;

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;
use crate::format::{counted, human_bytes, parse_size};

#[derive(Args, Debug)]
pub(crate) struct GcCommand {
    /// Delete everything that was not used in this many days; 0 deletes everything
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    max_age: u16,
    /// Delete the least recently used archives until all archives together are no larger than this: a number of
    /// bytes, or a number with K, M, G or T
    #[arg(long, value_name = "SIZE", default_value = "8G", value_parser = parse_size)]
    max_size: u64,
    /// Only print what would be deleted
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    cache: CacheArguments,
}

impl GcCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let mut out = std::io::stdout().lock();
        let root = self.cache.directory()?;
        if !root.exists() {
            writeln!(out, "nothing to delete: {} does not exist", root.display())?;
            return Ok(());
        }
        let cache = Cache::at(root.clone())?;
        let Some(store) = cache.store() else { return Ok(()) };
        let policy =
            GcPolicy { max_age: Duration::from_hours(24 * u64::from(self.max_age)), max_size: self.max_size };
        let failed =
            |error| CommandError::new(format!("cannot collect garbage in {}: {error}", root.display()));
        let Some(collected) = store.collect_garbage(&policy, self.dry_run).map_err(failed)? else {
            return Err(CommandError::new(format!("{} is locked by another process", root.display()))
                .hint("the other process compacts or collects the cache; try again later"));
        };
        writeln!(
            out,
            "{} {}: {}, {}, {}, {}",
            if self.dry_run { "would free" } else { "freed" },
            human_bytes(collected.bytes),
            counted(collected.archives, "archive", "archives"),
            counted(collected.projects, "project", "projects"),
            counted(collected.versions, "other version", "other versions"),
            counted(collected.leftovers, "temporary file", "temporary files"),
        )?;
        Ok(())
    }
}
