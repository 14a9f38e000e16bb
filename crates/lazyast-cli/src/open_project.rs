//! Opening the project of a search or a check, with a progress bar.

use lazyast::{Cache, ChangeDetection, Project, WarmOptions};

use crate::file_arguments::SelectedPaths;
use crate::progress::SourcesBar;
use crate::python_version::SyntaxArguments;

/// Opens the files under the selected paths. Those with newer syntax than `syntax` allows become failures.
pub(crate) fn open_project(
    cache: &Cache,
    selected: &SelectedPaths,
    jobs: Option<usize>,
    verify_content: bool,
    syntax: &SyntaxArguments,
) -> Project {
    let change_detection = if verify_content { ChangeDetection::Content } else { ChangeDetection::default() };
    let options = WarmOptions { jobs, change_detection, selection: selected.selection.clone() };
    let bar = SourcesBar::new();
    let mut project =
        Project::open_with_progress(cache, &selected.paths, options, &|progress| bar.update(progress));
    bar.finish();
    if let Some(newest) = syntax.newest_syntax() {
        project.require_python(newest);
    }
    project
}
