//! `lazyast warm`.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use lazyast::{Report, Verify, WarmOptions};

use super::print_failures;
use crate::{CacheArguments, Failed, human_bytes};

#[derive(Args, Debug)]
pub(crate) struct Warm {
    /// Directories (ignore files are respected) and files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Threads [default: one for each processor]
    #[arg(long, short, value_name = "N")]
    jobs: Option<usize>,
    /// Read every source, whatever its timestamps say [default: where CI is set]
    #[arg(long)]
    verify_content: bool,
    /// List every source that has no tree, not just the first ones
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    cache: CacheArguments,
}

impl Warm {
    pub(crate) fn run(self) -> Result<(), Failed> {
        let cache = self.cache.open();
        let bar = ProgressBar::with_draw_target(None, draw_target());
        bar.set_style(
            ProgressStyle::with_template("{bar:30} {pos}/{len} files")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let verify = if self.verify_content { Verify::Content } else { Verify::default() };
        let options = WarmOptions { jobs: self.jobs, verify };
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
            eprintln!("lazyast: warning: new trees are not in the cache: {error}");
        }
        if report.files > 0 && report.new + report.cached == 0 {
            return Err(Failed::new("none of the sources could be served"));
        }
        if report.files == 0 {
            return Err(Failed::new("no Python sources under the paths"));
        }
        Ok(())
    }

    fn print(&self, report: &Report) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let count = |number: usize| HumanCount(number as u64).to_string();
        writeln!(
            out,
            "{} files, {} lines: {} new, {} cached, {} failed",
            count(report.files),
            HumanCount(report.lines),
            count(report.new),
            count(report.cached),
            count(report.failures.len()),
        )?;
        writeln!(
            out,
            "{:.3} s, {:.2} MLoC/s",
            report.elapsed.as_secs_f64(),
            report.million_lines_per_second()
        )?;
        writeln!(
            out,
            "archives {}, sources {} ({:.2} times)",
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
