//! `lazyast gc`.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use indicatif::HumanCount;
use lazyast::{Cache, GcPolicy};

use crate::{CacheArguments, Failed, human_bytes, size};

#[derive(Args, Debug)]
pub(crate) struct Gc {
    /// Delete what was not used for so many days; 0 deletes everything
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    max_age: u16,
    /// Delete what was used least lately, until the archives take no more than this: bytes, or a number with K,
    /// M, G or T
    #[arg(long, value_name = "SIZE", default_value = "8G", value_parser = size)]
    max_size: u64,
    /// Only say what would be deleted
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    cache: CacheArguments,
}

impl Gc {
    pub(crate) fn run(self) -> Result<(), Failed> {
        let mut out = std::io::stdout().lock();
        let root = self.cache.directory()?;
        if !root.exists() {
            writeln!(out, "nothing to delete: {} is not there", root.display())?;
            return Ok(());
        }
        let cache = Cache::at(root.clone())?;
        let Some(store) = cache.store() else { return Ok(()) };
        let policy =
            GcPolicy { max_age: Duration::from_hours(24 * u64::from(self.max_age)), max_size: self.max_size };
        let failed = |error| Failed::new(format!("{} cannot be collected: {error}", root.display()));
        let Some(found) = store.collect_garbage(&policy, self.dry_run).map_err(failed)? else {
            return Err(Failed::new("other processes put packs together or collect, for seconds now")
                .hint("try again later"));
        };
        let count = |number: usize, one: &str, many: &str| {
            format!("{} {}", HumanCount(number as u64), if number == 1 { one } else { many })
        };
        writeln!(
            out,
            "{} {}: {}, {}, {}, {}",
            if self.dry_run { "would free" } else { "freed" },
            human_bytes(found.bytes),
            count(found.archives, "archive", "archives"),
            count(found.projects, "project", "projects"),
            count(found.versions, "other version", "other versions"),
            count(found.leftovers, "leftover", "leftovers"),
        )?;
        Ok(())
    }
}
