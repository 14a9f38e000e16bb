//! `lazyast stats`.

use std::io::Write;

use clap::Args;
use indicatif::HumanCount;
use lazyast::Cache;

use crate::{CacheArguments, Failed, human_bytes};

#[derive(Args, Debug)]
pub(crate) struct Stats {
    #[command(flatten)]
    cache: CacheArguments,
}

impl Stats {
    pub(crate) fn run(self) -> Result<(), Failed> {
        let mut out = std::io::stdout().lock();
        let root = self.cache.directory()?;
        if !root.exists() {
            writeln!(out, "directory  {} (not there yet)", root.display())?;
            return Ok(());
        }
        let cache = Cache::at(root)?;
        let Some(store) = cache.store() else { return Ok(()) };
        let stats = store.stats();
        writeln!(out, "directory  {}", store.directory().packs().display())?;
        writeln!(out, "packs      {}", HumanCount(stats.packs as u64))?;
        writeln!(out, "archives   {}", HumanCount(stats.archives as u64))?;
        writeln!(out, "size       {}", human_bytes(stats.bytes))?;
        if stats.damaged > 0 {
            writeln!(out, "damaged    {} packs (never read; safe to delete)", stats.damaged)?;
        }
        Ok(())
    }
}
