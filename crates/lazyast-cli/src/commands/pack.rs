//! `lazyast pack`: archives in a file that other machines import, or open as a project.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use indicatif::HumanCount;
use lazyast::store::{ExportedPack, ImportReport, ManifestContent, PackOpenError, Store};
use lazyast::{Cache, ChangeDetection, ExportReport, ManifestOptions, Shard, WarmOptions};

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;
use crate::file_arguments::FileArguments;
use crate::format::{check_readable, counted, human_bytes, other_version, print_failures, print_problems};

#[derive(Args, Debug)]
pub(crate) struct PackCommand {
    #[command(subcommand)]
    command: PackSubcommand,
}

#[derive(Debug, Subcommand)]
enum PackSubcommand {
    /// Write trees to one pack file, compressed with zstd: those of all Python sources under the paths, or the whole cache
    Export(Box<PackExportCommand>),
    /// Check every byte of pack files and copy their trees to the cache
    Import(PackImportCommand),
    /// Print the files of a pack that was exported with --manifest
    List(PackListCommand),
}

#[derive(Args, Debug)]
struct PackExportCommand {
    /// The pack file to write; - is standard output. An existing file is replaced
    file: PathBuf,
    /// Directories and files. Without paths, options that select files, --shard and --manifest, the whole cache is
    /// exported
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write which path has which tree, and why a file has none, so that the file can be opened as a project
    #[arg(long)]
    manifest: bool,
    /// Write the sources, too. Implies --manifest
    #[arg(long)]
    sources: bool,
    /// Only one of some parts of the sources, which other machines export: 2/8 is the second of eight. The paths of files
    /// relative to --root decide, so that each file is in the same part on every machine
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// The directory that paths in the manifest are relative to, and those that decide on shards
    #[arg(long, value_name = "DIRECTORY", default_value = ".")]
    root: PathBuf,
    /// Number of threads [default: the number of processors]
    #[arg(long, short, value_name = "N")]
    jobs: Option<usize>,
    /// List every source that has no tree, not only the first ones
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    files: FileArguments,
    #[command(flatten)]
    cache: CacheArguments,
}

#[derive(Args, Debug)]
struct PackImportCommand {
    /// Pack files written by `lazyast pack export`; - is standard input. The author of a pack file controls the trees in it: import
    /// only files from people whose code you would run
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    cache: CacheArguments,
}

#[derive(Args, Debug)]
struct PackListCommand {
    /// The pack file
    file: PathBuf,
}

impl PackCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        match self.command {
            PackSubcommand::Export(command) => command.run(),
            PackSubcommand::Import(command) => command.run(),
            PackSubcommand::List(command) => command.run(),
        }
    }
}

impl PackExportCommand {
    fn run(self) -> Result<(), CommandError> {
        let cache = self.cache.open();
        let name = self.file.display();
        let failed = |error: io::Error| CommandError::new(format!("cannot write {name}: {error}"));
        let (exported, mut summary): (_, Box<dyn Write>) = if self.file.as_os_str() == "-" {
            if io::stdout().is_terminal() {
                return Err(CommandError::new("a pack is not text: redirect standard output to a file"));
            }
            let directory = tempfile::tempdir().map_err(failed)?;
            let file = directory.path().join("trees.pack");
            let exported = self.export(&cache, &file)?;
            io::copy(&mut File::open(&file).map_err(failed)?, &mut io::stdout())?;
            (exported, Box::new(io::stderr()))
        } else {
            (self.export(&cache, &self.file)?, Box::new(io::stdout()))
        };
        let archives = counted(exported.archives, "archive", "archives");
        write!(summary, "{name}: {archives}, {}", human_bytes(exported.bytes))?;
        if self.is_whole_cache() {
            writeln!(summary)?;
        } else {
            let (new, failures) = (exported.report.new as u64, exported.failures.len() as u64);
            writeln!(summary, "; {} new, {} failed", HumanCount(new), HumanCount(failures))?;
        }
        print_failures(&exported.failures, self.verbose)?;
        cache.finish();
        match exported.archives {
            // One of many shards can be without any source that has a tree.
            0 if self.shard.is_some() => Ok(()),
            0 if self.is_whole_cache() => Err(CommandError::new("the cache has no trees")),
            0 => Err(CommandError::new("no source could be exported: every source failed")
                .hint("--verbose lists the reason for every source")),
            _ => Ok(()),
        }
    }

    fn is_whole_cache(&self) -> bool {
        self.paths.is_empty() && !self.files.is_given() && !self.has_manifest() && self.shard.is_none()
    }

    fn has_manifest(&self) -> bool {
        self.manifest || self.sources
    }

    /// Writes the pack file.
    fn export(&self, cache: &Cache, file: &Path) -> Result<ExportReport, CommandError> {
        let exported = if self.is_whole_cache() {
            lazyast::export_all(cache, file)
        } else {
            let selected = self.files.select(self.paths.clone())?;
            let shard = self.shard.clone().map(|shard| shard.relative_to(self.root.clone()));
            let options = WarmOptions {
                jobs: self.jobs,
                change_detection: ChangeDetection::default(),
                selection: selected.selection.with_shard(shard),
            };
            let manifest = ManifestOptions { root: self.root.clone(), sources: self.sources };
            let manifest = self.has_manifest().then_some(&manifest);
            lazyast::export(cache, file, &selected.paths, options, manifest)
        };
        exported.map_err(|error| CommandError::new(format!("cannot write {}: {error}", self.file.display())))
    }
}

impl PackImportCommand {
    fn run(self) -> Result<(), CommandError> {
        let mut out = std::io::stdout().lock();
        let cache = Cache::at(self.cache.directory()?)?;
        let Some(store) = cache.store() else { return Ok(()) };
        check_readable(self.files.iter().filter(|file| file.as_os_str() != "-"))?;
        let (mut rejected, mut other) = (0, 0);
        for file in &self.files {
            let name = file.display();
            let imported = import(store, file)
                .map_err(|error| CommandError::new(format!("cannot import {name}: {error}")))?;
            print_problems(&imported.pack)?;
            if imported.pack.is_damaged() {
                rejected += 1;
            } else if imported.pack.problem_count > 0 {
                other += 1;
            } else {
                let archives = counted(imported.pack.intact, "archive", "archives");
                writeln!(out, "{name}: {archives}, {} new", HumanCount(imported.new as u64))?;
            }
        }
        if rejected == 0 {
            return match other {
                0 => Ok(()),
                _ => Err(other_version(other, "imported")),
            };
        }
        let verb = if rejected == 1 { "was" } else { "were" };
        let files = counted(self.files.len(), "file", "files");
        Err(CommandError::new(format!("{rejected} of {files} {verb} not imported"))
            .hint("the files are damaged"))
    }
}

impl PackListCommand {
    fn run(self) -> Result<(), CommandError> {
        let name = self.file.display();
        check_readable(std::slice::from_ref(&self.file))?;
        let pack = ExportedPack::open(self.file.clone()).map_err(|error| {
            let failed = CommandError::new(format!("{name}: {error}"));
            match error {
                PackOpenError::NoManifest => failed.hint("`lazyast pack export --manifest` writes one"),
                error if error.is_other_version() => failed.of_other_version(),
                _ => failed,
            }
        })?;
        let (mut out, mut errors) = (io::stdout().lock(), io::stderr().lock());
        for file in pack.files() {
            match &file.content {
                ManifestContent::Archive { position, .. } => {
                    let location = pack.location(*position);
                    let key = location.as_ref().map(|location| location.key().as_slice()).unwrap_or_default();
                    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
                    writeln!(out, "{key}  {}", file.path)?;
                }
                ManifestContent::Failure { reason } => writeln!(errors, "{}: {reason}", file.path)?,
            }
        }
        Ok(())
    }
}

/// Imports a pack file, or standard input.
fn import(store: &Store, file: &Path) -> io::Result<ImportReport> {
    if file.as_os_str() != "-" {
        return store.import(file);
    }
    // The index of a pack is at its end.
    let mut copy = tempfile::NamedTempFile::new()?;
    io::copy(&mut io::stdin().lock(), &mut copy)?;
    let mut imported = store.import(copy.path())?;
    file.clone_into(&mut imported.pack.path);
    Ok(imported)
}
