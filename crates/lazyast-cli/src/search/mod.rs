//! What `find` and `select` have in common.
//!
//! - [`report`]: how hits are printed.

mod report;

use std::ffi::OsString;
use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use lazyast::query::Hit;
use lazyast::{Project, Query, QueryError, Verify, WarmOptions};

use crate::{CacheArguments, Failed};
use report::{Asked, Found, Report};

/// The language that a query is written in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Language {
    Pattern,
    Selector,
}

#[derive(Args, Debug)]
pub(crate) struct Search {
    /// A file with queries, which lines of --- separate; - for standard input
    #[arg(long, short, value_name = "FILE")]
    file: Vec<PathBuf>,
    /// Only hits inside of what a selector selects
    #[arg(long, value_name = "SELECTOR")]
    inside: Vec<String>,
    /// Only hits with something inside that a selector selects
    #[arg(long, value_name = "SELECTOR")]
    has: Vec<String>,
    /// Only hits that a selector does not select
    #[arg(long, value_name = "SELECTOR")]
    not: Vec<String>,
    /// Print only the paths of files with hits
    #[arg(long, short = 'l')]
    files_with_matches: bool,
    /// Print only how many hits each file has
    #[arg(long, short, conflicts_with = "files_with_matches")]
    count: bool,
    /// Print nothing
    #[arg(long, short, conflicts_with_all = ["files_with_matches", "count", "json"])]
    quiet: bool,
    /// Print N lines before and behind each hit, and all of the hit's lines
    #[arg(long, short = 'C', value_name = "N")]
    context: Option<usize>,
    /// Print a JSON object for each hit, one on a line
    #[arg(long, conflicts_with_all = ["files_with_matches", "count", "context"])]
    json: bool,
    /// When to use colours [auto: on a terminal, unless NO_COLOR is set]
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
    /// Print what the query is compiled to, and do not search
    #[arg(long)]
    explain: bool,
    /// Threads [default: one for each processor]
    #[arg(long, short, value_name = "N")]
    jobs: Option<usize>,
    /// Read every source, whatever its timestamps say [default: where CI is set]
    #[arg(long)]
    verify_content: bool,
    #[command(flatten)]
    cache: CacheArguments,
}

/// What is printed of a file, or why it cannot be.
type Printed = Result<Vec<u8>, String>;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    fn is_on(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                io::stdout().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        }
    }
}

impl Search {
    pub(crate) fn run(
        self,
        language: Language,
        mut texts: Vec<String>,
        arguments: Vec<OsString>,
    ) -> Result<(), Failed> {
        for file in &self.file {
            texts.extend(read_queries(file)?);
        }
        let mut arguments = arguments.into_iter();
        if texts.is_empty() && self.file.is_empty() {
            let text = arguments.next().ok_or_else(|| Failed::new("nothing to search for is given"))?;
            let text =
                text.into_string().map_err(|text| Failed::new(format!("{} is not UTF-8", text.display())))?;
            texts.push(text);
        }
        let queries = texts.iter().map(|text| self.compile(language, text)).collect::<Result<Vec<_>, _>>()?;
        let Some((first, others)) = queries.split_first() else {
            return Err(Failed::new("nothing to search for is in the files"));
        };
        let query = others.iter().try_fold(first.clone(), |all, one| all.or(one)).map_err(wrong)?;
        if self.explain {
            write!(io::stdout().lock(), "{query}")?;
            return Ok(());
        }
        let paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
        let is_here = paths.is_empty();
        let paths = if is_here { vec![PathBuf::from(".")] } else { paths };
        if let Some(missing) = paths.iter().find(|path| !path.exists()) {
            return Err(Failed::new(format!("{}: there is no such file or directory", missing.display())));
        }
        let verify = if self.verify_content { Verify::Content } else { Verify::default() };
        let project = Project::open(&self.cache.open(), &paths, WarmOptions { jobs: self.jobs, verify });
        let asked = Asked { texts, queries };
        let report = self.report(language);
        let found = project.search(&query, self.jobs, |module, tree, hits| {
            let path = if is_here {
                module.path().strip_prefix(".").unwrap_or(module.path())
            } else {
                module.path()
            };
            report.file(&Found { module, path, tree, hits, asked: &asked })
        });
        self.print(&project, found)
    }

    fn prints_lines(&self) -> bool {
        !(self.json || self.count || self.files_with_matches || self.quiet)
    }

    fn report(&self, language: Language) -> Report {
        if self.json {
            Report::Json(language)
        } else if self.count {
            Report::Count
        } else if self.files_with_matches {
            Report::Paths
        } else if self.quiet {
            Report::Nothing
        } else {
            Report::Lines { context: self.context, color: self.color.is_on() }
        }
    }

    fn print(
        &self,
        project: &Project,
        found: Vec<(usize, Result<Printed, lazyast::FindError>)>,
    ) -> Result<(), Failed> {
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        let mut problems: Vec<String> = Vec::new();
        let mut has_hits = false;
        for (index, file) in found {
            match file.map_err(|error| error.to_string()).and_then(|file| file) {
                Ok(text) => {
                    let is_separate = self.context.is_some() && has_hits && self.prints_lines();
                    has_hits = true;
                    if is_separate {
                        out.write_all(b"--\n")?;
                    }
                    out.write_all(&text)?;
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
        let left = project.failures().len();
        if left > 0 && !self.quiet {
            let files = if left == 1 { "file was" } else { "files were" };
            eprintln!("lazyast: note: {left} {files} not searched; lazyast warm --verbose says why");
        }
        if project.modules().is_empty() && left == 0 {
            return Err(Failed::new("no Python sources under the paths"));
        }
        match (problems.is_empty(), has_hits) {
            (false, _) => Err(Failed::new(format!("{} files could not be searched", problems.len()))),
            (true, true) => Ok(()),
            (true, false) => Err(Failed::NoHits),
        }
    }

    fn compile(&self, language: Language, text: &str) -> Result<Query, Failed> {
        let narrow = || -> Result<Query, QueryError> {
            let mut query = match language {
                Language::Pattern => lazyast::pattern(text)?,
                Language::Selector => lazyast::selector(text)?,
            };
            for selector in &self.inside {
                query = query.inside(&lazyast::selector(selector)?)?;
            }
            for selector in &self.has {
                query = query.has(&lazyast::selector(selector)?)?;
            }
            for selector in &self.not {
                query = query.without(&lazyast::selector(selector)?)?;
            }
            Ok(query)
        };
        narrow().map_err(wrong)
    }
}

fn wrong(error: QueryError) -> Failed {
    Failed::new(error.to_string())
}

/// The queries in a file.
fn read_queries(path: &Path) -> Result<Vec<String>, Failed> {
    let text =
        if path.as_os_str() == "-" { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    let text = text.map_err(|error| Failed::new(format!("{}: {error}", path.display())))?;
    let mut queries = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "---" {
            queries.push(String::new());
        } else if let Some(query) = queries.last_mut() {
            query.push_str(line);
        }
    }
    queries.retain(|query| !query.trim().is_empty());
    Ok(queries)
}

/// The hits of a file with the number of the query that each is the hit of, the first where several hit.
fn by_query(asked: &Asked, tree: &lazyast::Tree<'_>, hits: &[Hit]) -> Vec<(usize, Hit)> {
    let [_, _, ..] = &asked.queries[..] else { return hits.iter().map(|hit| (0, *hit)).collect() };
    let of_each: Vec<Vec<Hit>> =
        asked.queries.iter().map(|query| query.hits(tree).unwrap_or_default()).collect();
    let query_of = |hit: &Hit| {
        let found = of_each.iter().enumerate().find_map(|(number, hits)| {
            let place = hits.binary_search_by_key(&hit.node, |other| other.node).ok()?;
            Some((number, hits[place]))
        });
        found.unwrap_or((0, *hit))
    };
    hits.iter().map(query_of).collect()
}
