//! `lazyast warm`: brings the trees of a codebase into the cache.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use indicatif::HumanCount;
use lazyast::{ChangeDetection, WarmOptions, WarmReport};
use serde_json::json;

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;
use crate::file_arguments::FileArguments;
use crate::format::{counted, human_bytes, print_failures};
use crate::progress::SourcesBar;

#[derive(Args, Debug)]
pub(crate) struct WarmCommand {
    /// Directories and files [default: .]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Number of threads [default: the number of processors]
    #[arg(long, short, value_name = "N")]
    jobs: Option<usize>,
    /// Read and hash every source, instead of trusting size and timestamps [default: if CI is set]
    #[arg(long)]
    verify_content: bool,
    /// List every source that has no tree, not only the first ones
    #[arg(long, short)]
    verbose: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    files: FileArguments,
    #[command(flatten)]
    cache: CacheArguments,
}

impl WarmCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let selected = self.files.select(self.paths.clone())?;
        let cache = self.cache.open();
        let change_detection =
            if self.verify_content { ChangeDetection::Content } else { ChangeDetection::default() };
        let options = WarmOptions { jobs: self.jobs, change_detection, selection: selected.selection };
        let bar = SourcesBar::new();
        let report = lazyast::warm(&cache, &selected.paths, options, &|progress| bar.update(progress));
        bar.finish();
        if self.json {
            print_json(&report)?;
        } else {
            self.print(&report)?;
        }
        cache.finish();
        if let Some(error) = &report.unwritten {
            eprintln!("lazyast: warning: new trees could not be stored in the cache: {error}");
        }
        if report.files > 0 && report.new + report.cached == 0 {
            return Err(CommandError::new("no source could be stored: every source failed")
                .hint("--verbose lists the reason for every source"));
        }
        if report.files == 0 && !selected.is_list {
            return Err(CommandError::new("no Python sources found under the paths"));
        }
        Ok(())
    }

    fn print(&self, report: &WarmReport) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let count = |number: usize| HumanCount(number as u64).to_string();
        writeln!(
            out,
            "{}, {} lines: {} new, {} cached, {} failed",
            counted(report.files, "file", "files"),
            HumanCount(report.lines),
            count(report.new),
            count(report.cached),
            count(report.failures.len()),
        )?;
        writeln!(
            out,
            "{:.3} s, {:.2} million lines/s",
            report.elapsed.as_secs_f64(),
            report.million_lines_per_second()
        )?;
        writeln!(
            out,
            "archives {}, sources {} (ratio {:.2})",
            human_bytes(report.archive_bytes),
            human_bytes(report.source_bytes),
            report.archive_bytes as f64 / report.source_bytes.max(1) as f64,
        )?;
        print_failures(&report.failures, self.verbose)
    }
}

fn print_json(report: &WarmReport) -> io::Result<()> {
    let failures = report.failures.iter().map(
        |failure| json!({ "path": failure.path.to_string_lossy(), "reason": failure.reason.to_string() }),
    );
    let report = json!({
        "files": report.files,
        "lines": report.lines,
        "new": report.new,
        "cached": report.cached,
        "unread": report.unread,
        "failures": failures.collect::<Vec<_>>(),
        "source_bytes": report.source_bytes,
        "archive_bytes": report.archive_bytes,
        "seconds": report.elapsed.as_secs_f64(),
    });
    writeln!(io::stdout(), "{report}")
}
