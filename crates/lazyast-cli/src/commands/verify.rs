//! `lazyast verify`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use indicatif::HumanCount;
use lazyast::{Cache, PARSER_VERSION, verify_untrusted};

use super::print_problems;
use crate::{CacheArguments, Failed};

#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// Packs to check instead of the cache
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    cache: CacheArguments,
}

impl Verify {
    pub(crate) fn run(self) -> Result<(), Failed> {
        let mut out = std::io::stdout().lock();
        let checked = if self.files.is_empty() {
            let root = self.cache.directory()?;
            if !root.exists() {
                writeln!(out, "nothing to check: {} is not there", root.display())?;
                return Ok(());
            }
            let cache = Cache::at(root)?;
            cache.store().map(lazyast::Store::verify).unwrap_or_default()
        } else {
            self.files.iter().map(|path| verify_untrusted(path.clone(), PARSER_VERSION)).collect()
        };
        let mut damaged = 0;
        for file in &checked {
            damaged += usize::from(file.problem_count > 0);
            print_problems(file)?;
        }
        let whole = checked.iter().map(|file| file.whole as u64).sum();
        writeln!(
            out,
            "{} packs, {} whole archives, {damaged} packs damaged",
            checked.len(),
            HumanCount(whole)
        )?;
        if damaged == 0 {
            return Ok(());
        }
        let failed = Failed::new(format!("{damaged} of {} packs are damaged", checked.len()));
        Err(if self.files.is_empty() {
            failed.hint("what is damaged is never used, and made again when it is needed; `lazyast clean` deletes the cache")
        } else {
            failed
        })
    }
}
