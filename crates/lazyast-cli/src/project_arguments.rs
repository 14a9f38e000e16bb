//! [`ProjectArguments`]: the options of commands that open the sources under paths and read their trees.

use clap::Args;
use lazyast::{Cache, ChangeDetection, Project, WarmOptions};

use crate::cache_arguments::CacheArguments;
use crate::file_arguments::{FileArguments, SelectedPaths};
use crate::progress::SourcesBar;
use crate::python_version::SyntaxArguments;

/// Which sources are read, and how.
#[derive(Args, Debug)]
pub(crate) struct ProjectArguments {
    /// Fail with exit code 2 if a file could not be searched or checked, and name all such files
    #[arg(long)]
    pub(crate) strict: bool,
    /// Number of threads [default: the number of processors]
    #[arg(long, short, value_name = "N", hide_short_help = true)]
    pub(crate) jobs: Option<usize>,
    /// Read and hash every source, instead of trusting size and timestamps [default: if CI is set]
    #[arg(long, hide_short_help = true)]
    verify_content: bool,
    #[command(flatten)]
    pub(crate) syntax: SyntaxArguments,
    #[command(flatten)]
    pub(crate) files: FileArguments,
    #[command(flatten)]
    pub(crate) cache: CacheArguments,
}

impl ProjectArguments {
    /// Opens the files under the selected paths. Those with newer syntax than the options allow become failures.
    pub(crate) fn open(&self, cache: &Cache, selected: &SelectedPaths) -> Project {
        let change_detection =
            if self.verify_content { ChangeDetection::Content } else { ChangeDetection::default() };
        let options =
            WarmOptions { jobs: self.jobs, change_detection, selection: selected.selection.clone() };
        let bar = SourcesBar::new();
        let mut project =
            Project::open_with_progress(cache, &selected.paths, options, &|progress| bar.update(progress));
        bar.finish();
        if let Some(newest) = self.syntax.newest_syntax() {
            project.require_python(newest);
        }
        project
    }
}
