//! A bar on a terminal, while sources are read.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lazyast::Progress;

/// A bar that appears if many sources must be read, and only on a terminal.
pub(crate) struct SourcesBar(ProgressBar);

/// The bar moves after this many sources, and does not appear for fewer.
const STEP: usize = 64;

impl SourcesBar {
    pub(crate) fn new() -> Self {
        let is_terminal = io::stderr().is_terminal();
        let target = if is_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} files");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self(bar)
    }

    pub(crate) fn update(&self, progress: Progress) {
        if progress.done.is_multiple_of(STEP) {
            self.0.set_length(progress.total as u64);
            self.0.set_position(progress.done as u64);
        }
    }

    pub(crate) fn finish(self) {
        self.0.finish_and_clear();
    }
}
