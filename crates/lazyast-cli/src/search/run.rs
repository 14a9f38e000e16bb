//! Running a search: compile the queries, open the project, search it in parallel, print.

use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use lazyast::{Cache, Hit, Tree};

use super::arguments::{SearchArguments, SortArgument};
use super::file_hits::{FileHits, HitSource};
use super::formats::{self, arrow};
use super::output::{FileOutput, OutputFormat};
use super::queries::{QueryLanguage, SearchedQueries};
use crate::error::CommandError;
use crate::file_arguments::SelectedPaths;
use crate::format::{LISTED, counted};
use crate::printed_path::printed_path;
use crate::sarif;
use crate::standard_input::{STANDARD_INPUT, StandardInput};

/// A file with hits.
struct SearchedFile {
    /// The path where the file is; none for standard input.
    path: Option<PathBuf>,
    hits: usize,
    output: FileOutput,
}

/// What a search has found, and what it has not searched.
#[derive(Default)]
struct SearchResult {
    files: Vec<SearchedFile>,
    /// Paths and reasons.
    unsearched: Vec<(String, String)>,
    /// Files that failed after they were opened, with the reasons.
    failed: Vec<String>,
    searched: usize,
    lines: u64,
}

impl SearchArguments {
    /// Searches for `queries`, or for the first of the `arguments` if there are none; the other arguments are paths.
    pub(crate) fn run(
        self,
        language: QueryLanguage,
        queries: Vec<String>,
        arguments: Vec<OsString>,
    ) -> Result<(), CommandError> {
        let started = Instant::now();
        let mut arguments = arguments.into_iter();
        let queries = SearchedQueries::compile(language, &self, queries, &mut arguments)?;
        for hint in queries.combined.hints() {
            eprintln!("lazyast: hint: {hint}");
        }
        if self.explain {
            write!(io::stdout().lock(), "{}", queries.combined)?;
            return Ok(());
        }
        let mut selected = self.project.files.select(arguments.map(PathBuf::from).collect())?;
        let cache = self.project.cache.open();
        let format = OutputFormat::new(&self.output, language);
        let mut result = SearchResult::default();
        let named = selected.paths.len();
        selected.paths.retain(|path| path.as_os_str() != "-");
        if selected.paths.len() < named {
            self.search_standard_input(&cache, &queries, format, &mut result)?;
        }
        if !selected.paths.is_empty() {
            self.search_files(&cache, &selected, &queries, format, &mut result)?;
        }
        self.print(format, &queries, &mut result)?;
        self.conclude(&result, started)
    }

    /// Searches the source that standard input has.
    fn search_standard_input(
        &self,
        cache: &Cache,
        queries: &SearchedQueries,
        format: OutputFormat,
        result: &mut SearchResult,
    ) -> Result<(), CommandError> {
        let StandardInput { source, opened } = StandardInput::read(cache, &self.project.syntax)?;
        let opened = match opened {
            Ok(opened) => opened,
            Err(reason) => {
                result.unsearched.push((STANDARD_INPUT.to_owned(), reason));
                return Ok(());
            }
        };
        let tree = opened.tree();
        let hits = queries
            .combined
            .hits(tree)
            .map_err(|error| CommandError::new(format!("{STANDARD_INPUT}: {error}")))?;
        result.searched += 1;
        result.lines += u64::from(tree.line_count());
        if !hits.is_empty() {
            let source = HitSource::Bytes(&source);
            let (hits, output) =
                self.output_of(format, source, Path::new(STANDARD_INPUT), tree, hits, queries);
            match output {
                Ok(output) => result.files.push(SearchedFile { path: None, hits, output }),
                Err(error) => result.failed.push(format!("{STANDARD_INPUT}: {error}")),
            }
        }
        Ok(())
    }

    /// Searches the files under the paths.
    fn search_files(
        &self,
        cache: &Cache,
        selected: &SelectedPaths,
        queries: &SearchedQueries,
        format: OutputFormat,
        result: &mut SearchResult,
    ) -> Result<(), CommandError> {
        let project = self.project.open(cache, selected);
        if project.modules().is_empty() && project.failures().is_empty() {
            return Err(CommandError::new("no Python sources found under the paths").hint(
                "hidden files, those that .gitignore excludes, and directories such as build, dist and venv are passed \
                 over; --hidden, --no-ignore and -t select others",
            ));
        }
        let found = project.search_once(&queries.combined, self.project.jobs, |module, tree, hits| {
            let path = printed_path(module.path(), selected.in_current_directory);
            self.output_of(format, HitSource::File(module.path()), path, tree, hits, queries)
        });
        for (index, found) in found {
            let path = project.modules()[index].path();
            let found = found.map_err(|error| error.to_string());
            match found.and_then(|(hits, output)| output.map(|output| (hits, output))) {
                Ok((hits, output)) => {
                    result.files.push(SearchedFile { path: Some(path.to_owned()), hits, output });
                }
                Err(error) => result.failed.push(format!("{}: {error}", path.display())),
            }
        }
        for failure in project.failures() {
            let path = printed_path(&failure.path, selected.in_current_directory);
            result.unsearched.push((path.display().to_string(), failure.reason.to_string()));
        }
        result.searched += project.modules().len();
        result.lines += project.report().lines;
        Ok(())
    }

    /// The number of hits of a file, and what is printed of them.
    fn output_of(
        &self,
        format: OutputFormat,
        source: HitSource<'_>,
        path: &Path,
        tree: &Tree<'_>,
        mut hits: Vec<Hit>,
        queries: &SearchedQueries,
    ) -> (usize, Result<FileOutput, String>) {
        hits.truncate(self.output.max_count.unwrap_or(usize::MAX));
        let count = hits.len();
        (count, format.print(&FileHits { source, path, tree, hits, queries }))
    }

    fn print(
        &self,
        format: OutputFormat,
        queries: &SearchedQueries,
        result: &mut SearchResult,
    ) -> Result<(), CommandError> {
        match self.output.sort {
            // Files are found in this order.
            SortArgument::Path => {}
            SortArgument::Hits => result.files.sort_by_key(|file| std::cmp::Reverse(file.hits)),
            SortArgument::Modified => result.files.sort_by_cached_key(|file| {
                let metadata = file.path.as_ref().and_then(|path| path.metadata().ok());
                metadata.and_then(|metadata| metadata.modified().ok()).unwrap_or(SystemTime::now())
            }),
        }
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        out.write_all(format.header().as_bytes())?;
        let (mut results, mut rows) = (Vec::new(), Vec::new());
        for (index, file) in result.files.iter_mut().filter(|file| file.hits > 0).enumerate() {
            match &mut file.output {
                FileOutput::Text(text) => {
                    if index > 0 {
                        out.write_all(format.separator().as_bytes())?;
                    }
                    out.write_all(text)?;
                }
                FileOutput::Results(of_file) => results.append(of_file),
                FileOutput::Rows(of_file) => rows.append(of_file),
            }
        }
        if matches!(format, OutputFormat::Sarif) {
            let is_complete =
                result.failed.is_empty() && (result.unsearched.is_empty() || !self.project.strict);
            let rules = formats::sarif::rules(&queries.texts);
            let document = sarif::document(rules, results, &result.unsearched, is_complete);
            writeln!(out, "{document}")?;
        }
        if matches!(format, OutputFormat::Arrow) {
            arrow::write(&mut out, queries, &rows)?;
        }
        out.flush()?;
        Ok(())
    }

    /// Reports what was not searched, and decides how the command ends.
    fn conclude(&self, result: &SearchResult, started: Instant) -> Result<(), CommandError> {
        for failed in &result.failed {
            eprintln!("lazyast: warning: {failed}");
        }
        let unsearched = result.unsearched.len();
        let is_strict = self.project.strict;
        if !self.output.quiet || is_strict {
            let named = if is_strict { unsearched } else { LISTED };
            for (path, reason) in result.unsearched.iter().take(named) {
                eprintln!("lazyast: warning: {path}: not searched: {reason}");
            }
            if unsearched > named {
                eprintln!("lazyast: warning: {} more not searched; --strict names all", unsearched - named);
            }
        }
        let files: Vec<usize> = result.files.iter().map(|file| file.hits).filter(|hits| *hits > 0).collect();
        if self.output.stats {
            eprintln!(
                "{} in {}\n{} searched, {} not searched\n{}, {:.3} s",
                counted(files.iter().sum(), "hit", "hits"),
                counted(files.len(), "file", "files"),
                counted(result.searched, "file", "files"),
                unsearched,
                counted(usize::try_from(result.lines).unwrap_or(usize::MAX), "line", "lines"),
                started.elapsed().as_secs_f64(),
            );
        } else if files.is_empty() && !self.output.quiet && io::stderr().is_terminal() {
            eprintln!("lazyast: no hits in {}", counted(result.searched, "file", "files"));
        }
        let unusable = result.failed.len() + if is_strict { unsearched } else { 0 };
        match unusable {
            0 if files.is_empty() => Err(CommandError::NoHits),
            0 => Ok(()),
            count => {
                let count = counted(count, "file", "files");
                Err(CommandError::new(format!("{count} could not be searched")))
            }
        }
    }
}
