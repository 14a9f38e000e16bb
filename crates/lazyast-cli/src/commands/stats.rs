//! `lazyast stats`.

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
        let root = self.cache.directory().map_err(|error| Failed::new(error.to_string()))?;
        let cache = Cache::at(root).map_err(|error| Failed::new(error.to_string()))?;
        let Some(store) = cache.store() else { return Ok(()) };
        let stats = store.stats();
        println!("directory  {}", store.directory().packs().display());
        println!("packs      {}", HumanCount(stats.packs as u64));
        println!("archives   {}", HumanCount(stats.archives as u64));
        println!("size       {}", human_bytes(stats.bytes));
        if stats.damaged > 0 {
            println!("damaged    {} packs (never read; safe to delete)", stats.damaged);
        }
        Ok(())
    }
}
