//! `lazyast warm`: brings the trees of a codebase into the cache.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use lazyast::{ChangeDetection, WarmOptions, WarmReport};

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;
use crate::format::{counted, human_bytes, print_failures};

#[derive(Args, Debug)]
pub(crate) struct WarmCommand {
    /// Directories and files. Ignore files such as .gitignore apply in directories
    #[arg(required = true, value_name = "PATH")]
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
    #[command(flatten)]
    cache: CacheArguments,
}

impl WarmCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let cache = self.cache.open();
        let bar = ProgressBar::with_draw_target(None, draw_target());
        bar.set_style(
            ProgressStyle::with_template("{bar:30} {pos}/{len} files")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let change_detection =
            if self.verify_content { ChangeDetection::Content } else { ChangeDetection::default() };
        let options = WarmOptions { jobs: self.jobs, change_detection };
        let report = lazyast::warm(&cache, &self.paths, options, &|progress| {
            if progress.done % 64 == 0 {
                bar.set_length(progress.total as u64);
                bar.set_position(progress.done as u64);
            }
        });
        bar.finish_and_clear();
        self.print(&report)?;
        cache.finish();
        if let Some(error) = &report.unwritten {
            eprintln!("lazyast: warning: new trees could not be stored in the cache: {error}");
        }
        if report.files > 0 && report.new + report.cached == 0 {
            return Err(CommandError::new("no source could be stored: every source failed")
                .hint("--verbose lists the reason for every source"));
        }
        if report.files == 0 {
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

fn draw_target() -> ProgressDrawTarget {
    if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}
