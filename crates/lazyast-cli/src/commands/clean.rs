//! `lazyast clean`.

use std::io::Write;

use clap::Args;

use crate::{CacheArguments, Failed, human_bytes};

#[derive(Args, Debug)]
pub(crate) struct Clean {
    #[command(flatten)]
    cache: CacheArguments,
}

impl Clean {
    pub(crate) fn run(self) -> Result<(), Failed> {
        let mut out = std::io::stdout().lock();
        let root = self.cache.directory()?;
        if !root.exists() {
            writeln!(out, "nothing to delete: {} is not there", root.display())?;
            return Ok(());
        }
        let failed = |error| Failed::new(format!("{} cannot be deleted from: {error}", root.display()));
        let bytes = lazyast::versions::clean(&root).map_err(failed)?;
        writeln!(out, "deleted {} from {}", human_bytes(bytes), root.display())?;
        Ok(())
    }
}
