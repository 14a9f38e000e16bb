//! `lazyast pack export` and `lazyast pack import`: archives in a file that other machines import.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use indicatif::HumanCount;
use lazyast::{Cache, ChangeDetection, WarmOptions};

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;
use crate::format::{counted, human_bytes, print_failures, print_problems};

#[derive(Args, Debug)]
pub(crate) struct PackCommand {
    #[command(subcommand)]
    command: PackSubcommand,
}

#[derive(Debug, Subcommand)]
enum PackSubcommand {
    /// Write the trees of all Python sources under the paths to one pack file
    Export(PackExportCommand),
    /// Check every byte of pack files and copy their trees to the cache
    Import(PackImportCommand),
}

#[derive(Args, Debug)]
struct PackExportCommand {
    /// The pack file to write. An existing file is replaced
    file: PathBuf,
    /// Directories and files. Ignore files such as .gitignore apply in directories
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Number of threads [default: the number of processors]
    #[arg(long, short, value_name = "N")]
    jobs: Option<usize>,
    /// List every source that has no tree, not only the first ones
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    cache: CacheArguments,
}

#[derive(Args, Debug)]
struct PackImportCommand {
    /// Pack files written by `lazyast pack export`. The author of a pack file controls the trees in it: import
    /// only files from people whose code you would run
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    cache: CacheArguments,
}

impl PackCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        match self.command {
            PackSubcommand::Export(command) => command.run(),
            PackSubcommand::Import(command) => command.run(),
        }
    }
}

impl PackExportCommand {
    fn run(self) -> Result<(), CommandError> {
        let cache = self.cache.open();
        let name = self.file.display();
        let options = WarmOptions { jobs: self.jobs, change_detection: ChangeDetection::default() };
        let exported = lazyast::export(&cache, &self.file, &self.paths, options)
            .map_err(|error| CommandError::new(format!("cannot write {name}: {error}")))?;
        writeln!(
            std::io::stdout(),
            "{name}: {}, {}; {} new, {} failed",
            counted(exported.archives, "archive", "archives"),
            human_bytes(exported.bytes),
            HumanCount(exported.report.new as u64),
            HumanCount(exported.failures.len() as u64),
        )?;
        print_failures(&exported.failures, self.verbose)?;
        cache.finish();
        if exported.archives == 0 {
            return Err(CommandError::new("no source could be exported: every source failed")
                .hint("--verbose lists the reason for every source"));
        }
        Ok(())
    }
}

impl PackImportCommand {
    fn run(self) -> Result<(), CommandError> {
        let mut out = std::io::stdout().lock();
        let cache = Cache::at(self.cache.directory()?)?;
        let Some(store) = cache.store() else { return Ok(()) };
        let mut rejected = 0;
        for file in &self.files {
            let name = file.display();
            let imported = store
                .import(file)
                .map_err(|error| CommandError::new(format!("cannot import {name}: {error}")))?;
            print_problems(&imported.pack)?;
            if imported.pack.problem_count > 0 {
                rejected += 1;
            } else {
                let archives = counted(imported.pack.intact, "archive", "archives");
                writeln!(out, "{name}: {archives}, {} new", HumanCount(imported.new as u64))?;
            }
        }
        if rejected == 0 {
            return Ok(());
        }
        Err(CommandError::new(format!("{rejected} of {} files were not imported", self.files.len()))
            .hint("the files are damaged, or another version of lazyast wrote them"))
    }
}
