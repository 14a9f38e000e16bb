//! `lazyast verify`: checks every byte of the cache or of pack files.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use lazyast::store::verify_untrusted;
use lazyast::{Cache, PARSER_VERSION};

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;
use crate::format::{check_readable, counted, other_version, print_problems};

#[derive(Args, Debug)]
pub(crate) struct VerifyCommand {
    /// Pack files to check instead of the cache
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    cache: CacheArguments,
}

impl VerifyCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let mut out = std::io::stdout().lock();
        let checked = if self.files.is_empty() {
            let root = self.cache.directory()?;
            if !root.exists() {
                writeln!(out, "nothing to check: {} does not exist", root.display())?;
                return Ok(());
            }
            let cache = Cache::at(root)?;
            cache.store().map(lazyast::store::Store::verify).unwrap_or_default()
        } else {
            check_readable(&self.files)?;
            self.files.iter().map(|path| verify_untrusted(path.clone(), PARSER_VERSION)).collect()
        };
        let (mut damaged, mut other) = (0, 0);
        for file in &checked {
            damaged += usize::from(file.is_damaged());
            other += usize::from(file.problem_count > 0 && !file.is_damaged());
            print_problems(file)?;
        }
        let intact = checked.iter().map(|file| file.intact).sum();
        writeln!(
            out,
            "checked {}: {}, {}",
            counted(checked.len(), "pack", "packs"),
            counted(intact, "intact archive", "intact archives"),
            counted(damaged, "damaged pack", "damaged packs"),
        )?;
        if damaged == 0 {
            return match other {
                0 => Ok(()),
                _ => Err(other_version(other, "checked")),
            };
        }
        let verb = if damaged == 1 { "is" } else { "are" };
        let packs = counted(checked.len(), "pack", "packs");
        let failed = CommandError::new(format!("{damaged} of {packs} {verb} damaged"));
        Err(if self.files.is_empty() {
            failed.hint("damaged archives are never used; their sources are parsed again when needed. `lazyast clean` deletes the cache")
        } else {
            failed
        })
    }
}
