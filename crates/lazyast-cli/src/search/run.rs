//! Running a search: compile the queries, open the project, search it in parallel, print.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use lazyast::{ChangeDetection, Project, SearchError, WarmOptions};

use super::arguments::SearchArguments;
use super::file_hits::FileHits;
use super::output::OutputFormat;
use super::queries::{QueryLanguage, SearchedQueries};
use crate::error::CommandError;

/// The output for one file, or the reason why it cannot be printed.
type FileOutput = Result<Vec<u8>, String>;

impl SearchArguments {
    /// Searches for `queries`, or for the first of the `arguments` if there are none; the other arguments are paths.
    pub(crate) fn run(
        self,
        language: QueryLanguage,
        queries: Vec<String>,
        arguments: Vec<OsString>,
    ) -> Result<(), CommandError> {
        let mut arguments = arguments.into_iter();
        let queries = SearchedQueries::compile(language, &self, queries, &mut arguments)?;
        if self.explain {
            write!(io::stdout().lock(), "{}", queries.combined)?;
            return Ok(());
        }
        let paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
        let in_current_directory = paths.is_empty();
        let paths = if in_current_directory { vec![PathBuf::from(".")] } else { paths };
        if let Some(missing) = paths.iter().find(|path| !path.exists()) {
            return Err(CommandError::new(format!("{}: no such file or directory", missing.display())));
        }
        let change_detection =
            if self.verify_content { ChangeDetection::Content } else { ChangeDetection::default() };
        let project =
            Project::open(&self.cache.open(), &paths, WarmOptions { jobs: self.jobs, change_detection });
        let format = self.output_format(language);
        let results = project.search(&queries.combined, self.jobs, |module, tree, hits| {
            let path = printed_path(module.path(), in_current_directory);
            format.print(&FileHits { module, path, tree, hits, queries: &queries })
        });
        self.print(&project, results)
    }

    fn output_format(&self, language: QueryLanguage) -> OutputFormat {
        if self.json {
            OutputFormat::Json(language)
        } else if self.count {
            OutputFormat::Counts
        } else if self.files_with_matches {
            OutputFormat::Paths
        } else if self.quiet {
            OutputFormat::Nothing
        } else {
            OutputFormat::Lines { context: self.context, color: self.color.is_on() }
        }
    }

    /// Whether groups of lines with context are printed, which `--` separates.
    fn prints_groups(&self) -> bool {
        self.context.is_some() && !(self.json || self.count || self.files_with_matches || self.quiet)
    }

    fn print(
        &self,
        project: &Project,
        results: Vec<(usize, Result<FileOutput, SearchError>)>,
    ) -> Result<(), CommandError> {
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        let mut problems: Vec<String> = Vec::new();
        let mut has_hits = false;
        for (index, result) in results {
            match result.map_err(|error| error.to_string()).and_then(|output| output) {
                Ok(output) => {
                    if has_hits && self.prints_groups() {
                        out.write_all(b"--\n")?;
                    }
                    has_hits = true;
                    out.write_all(&output)?;
                }
                Err(error) => {
                    problems.push(format!("{}: {error}", project.modules()[index].path().display()))
                }
            }
        }
        out.flush()?;
        for problem in &problems {
            eprintln!("lazyast: warning: {problem}");
        }
        let unsearched = project.failures().len();
        if unsearched > 0 && !self.quiet {
            let files = if unsearched == 1 { "file was" } else { "files were" };
            eprintln!(
                "lazyast: note: {unsearched} {files} not searched; lazyast warm --verbose lists the reasons"
            );
        }
        if project.modules().is_empty() && unsearched == 0 {
            return Err(CommandError::new("no Python sources found under the paths"));
        }
        match (problems.len(), has_hits) {
            (0, true) => Ok(()),
            (0, false) => Err(CommandError::NoHits),
            (1, _) => Err(CommandError::new("1 file could not be searched")),
            (count, _) => Err(CommandError::new(format!("{count} files could not be searched"))),
        }
    }
}

/// The path as it is printed: without `./` if the user named no path.
fn printed_path(path: &Path, in_current_directory: bool) -> &Path {
    if in_current_directory { path.strip_prefix(".").unwrap_or(path) } else { path }
}
