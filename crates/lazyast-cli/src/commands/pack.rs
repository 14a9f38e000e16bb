//! `lazyast pack export` and `lazyast pack import`.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use indicatif::HumanCount;
use lazyast::{Cache, Verify, WarmOptions};

use super::{print_failures, print_problems};
use crate::{CacheArguments, Failed, human_bytes};

#[derive(Args, Debug)]
pub(crate) struct Pack {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the trees of all Python sources under the paths to one file
    Export(Export),
    /// Put the trees of files into the cache, after every byte of a file was checked
    Import(Import),
}

#[derive(Args, Debug)]
struct Export {
    /// The file; one that is there is replaced
    file: PathBuf,
    /// Directories (ignore files are respected) and files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Threads [default: one for each processor]
    #[arg(long, short, value_name = "N")]
    jobs: Option<usize>,
    /// List every source that has no tree, not just the first ones
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    cache: CacheArguments,
}

#[derive(Args, Debug)]
struct Import {
    /// Files that `lazyast pack export` has written. Whoever makes one decides what the trees are: import none from
    /// people whose code you would not run
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    cache: CacheArguments,
}

impl Pack {
    pub(crate) fn run(self) -> Result<(), Failed> {
        match self.command {
            Command::Export(command) => command.run(),
            Command::Import(command) => command.run(),
        }
    }
}

impl Export {
    fn run(self) -> Result<(), Failed> {
        let cache = self.cache.open();
        let name = self.file.display();
        let options = WarmOptions { jobs: self.jobs, verify: Verify::default() };
        let exported = lazyast::export(&cache, &self.file, &self.paths, options)
            .map_err(|error| Failed::new(format!("{name} cannot be written: {error}")))?;
        writeln!(
            std::io::stdout(),
            "{name}: {} archives, {}; {} new, {} failed",
            HumanCount(exported.archives as u64),
            human_bytes(exported.bytes),
            HumanCount(exported.report.new as u64),
            HumanCount(exported.failures.len() as u64),
        )?;
        print_failures(&exported.failures, self.verbose)?;
        cache.finish();
        if exported.archives == 0 {
            return Err(Failed::new("none of the sources could be served"));
        }
        Ok(())
    }
}

impl Import {
    fn run(self) -> Result<(), Failed> {
        let mut out = std::io::stdout().lock();
        let cache = Cache::at(self.cache.directory()?)?;
        let Some(store) = cache.store() else { return Ok(()) };
        let mut refused = 0;
        for file in &self.files {
            let name = file.display();
            let imported = store
                .import(file)
                .map_err(|error| Failed::new(format!("{name} cannot be imported: {error}")))?;
            print_problems(&imported.pack)?;
            if imported.pack.problem_count > 0 {
                refused += 1;
            } else {
                let whole = HumanCount(imported.pack.whole as u64);
                writeln!(out, "{name}: {whole} archives, {} new", HumanCount(imported.new as u64))?;
            }
        }
        if refused == 0 {
            return Ok(());
        }
        Err(Failed::new(format!("{refused} of {} files were not imported", self.files.len()))
            .hint("such files are damaged, or another version of lazyast has written them"))
    }
}
