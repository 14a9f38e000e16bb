//! `find --rewrite`: shows what replacing hits would change, or writes it.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use lazyast::rewrite::{Rewrite, RewriteError, RewrittenSource, compile, rewrite_hits};
use lazyast::{FileType, Hit, Module, ReplaceError, Tree};

use super::arguments::SearchArguments;
use super::queries::{QueryLanguage, SearchedQueries};
use crate::diff::print_diff;
use crate::error::CommandError;
use crate::format::{LISTED, counted};
use crate::standard_input::{STANDARD_INPUT, StandardInput};

/// The options about the output of hits, which a rewrite does not print.
const OF_HITS: [&str; 13] = [
    "format",
    "json",
    "files_with_matches",
    "count",
    "quiet",
    "only_matching",
    "after_context",
    "before_context",
    "context",
    "max_count",
    "null",
    "sort",
    "stats",
];

/// What to do with hits besides finding them.
#[derive(Args, Debug)]
#[command(next_help_heading = "Rewrite")]
pub(crate) struct RewriteArguments {
    /// Replace hits with a template: Python code with the metavariables of the pattern. An empty one deletes statements
    #[arg(long, value_name = "TEMPLATE", allow_hyphen_values = true, conflicts_with_all = OF_HITS)]
    rewrite: Option<String>,
    /// Print what --rewrite would change, and write nothing [default, unless --apply is given]
    #[arg(long, requires = "rewrite")]
    diff: bool,
    /// Write what --rewrite changes
    #[arg(long, requires = "rewrite")]
    apply: bool,
}

/// What to do with rewritten sources.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RewriteAction {
    prints: bool,
    writes: bool,
}

impl RewriteArguments {
    pub(crate) fn template(self) -> Option<(String, RewriteAction)> {
        let action = RewriteAction { prints: self.diff || !self.apply, writes: self.apply };
        self.rewrite.map(|template| (template, action))
    }
}

/// The sources that a rewrite changes, and what went wrong.
#[derive(Default)]
struct RewriteResult {
    /// The printed diffs.
    output: Vec<u8>,
    files: usize,
    replaced: usize,
    /// Hits that stay as they are, with the reasons.
    skipped: Vec<String>,
    /// Files that stay as they are, with the reasons.
    failed: Vec<String>,
    /// Files that were not searched, with the reasons.
    unsearched: Vec<String>,
}

impl SearchArguments {
    /// Replaces what the queries find.
    pub(crate) fn rewrite(
        self,
        template: String,
        action: RewriteAction,
        queries: Vec<String>,
        arguments: Vec<OsString>,
    ) -> Result<(), CommandError> {
        let mut arguments = arguments.into_iter();
        let queries = SearchedQueries::compile(QueryLanguage::Pattern, &self, queries, &mut arguments)?;
        let rewrite =
            compile(&queries.combined, &template).map_err(|error| CommandError::new(error.to_string()))?;
        for hint in queries.combined.hints() {
            eprintln!("lazyast: hint: {hint}");
        }
        let mut selected = self.project.files.select(arguments.map(PathBuf::from).collect())?;
        let cache = self.project.cache.open();
        let mut result = RewriteResult::default();
        let named = selected.paths.len();
        selected.paths.retain(|path| path.as_os_str() != "-");
        if selected.paths.len() < named {
            let input = StandardInput::read(&cache, &self.project.syntax)?;
            rewrite_standard_input(&rewrite, action, input, &mut result)?;
        }
        if !selected.paths.is_empty() {
            let project = self.project.open(&cache, &selected);
            let found = project.search_once(&queries.combined, self.project.jobs, |module, tree, hits| {
                rewrite_module(&rewrite, action, module, tree, &hits)
            });
            for (index, found) in found {
                let path = project.modules()[index].path();
                match found.map_err(|error| error.to_string()).and_then(|rewritten| rewritten) {
                    Ok((source, diff)) => result.add(&path.display().to_string(), &source, &diff),
                    Err(error) => result.failed.push(format!("{}: {error}", path.display())),
                }
            }
            for failure in project.failures() {
                let path = failure.path.display();
                result.unsearched.push(format!("{path}: not searched: {}", failure.reason));
            }
        }
        io::stdout().lock().write_all(&result.output)?;
        result.conclude(action, self.project.strict)
    }
}

/// Rewrites one file. Returns the new source and the diff.
fn rewrite_module(
    rewrite: &Rewrite,
    action: RewriteAction,
    module: &Module,
    tree: &Tree<'_>,
    hits: &[Hit],
) -> Result<(RewrittenSource, Vec<u8>), String> {
    if FileType::of_path(module.path()) == Some(FileType::Notebook) {
        return Err(ReplaceError::Notebook.to_string());
    }
    let mut old = Vec::new();
    lazyast::read_source(module.path(), &mut old).map_err(|error| error.to_string())?;
    if lazyast::store::source_key(&old) != tree.header().source_hash {
        return Err("changed while it was searched".to_owned());
    }
    let new = rewrite_hits(rewrite, &old, tree, hits).map_err(|error| error.to_string())?;
    let mut output = Vec::new();
    if action.prints {
        print_diff(module.path(), &old, &new.source, &mut output).map_err(|error| error.to_string())?;
    }
    if action.writes && new.source != old {
        lazyast::replace_source(module.path(), &old, &new.source).map_err(|error| error.to_string())?;
    }
    Ok((new, output))
}

/// Rewrites standard input: the new source is printed, or the diff.
fn rewrite_standard_input(
    rewrite: &Rewrite,
    action: RewriteAction,
    input: StandardInput,
    result: &mut RewriteResult,
) -> Result<(), CommandError> {
    let StandardInput { source: old, opened } = input;
    let rewritten = match &opened {
        Err(reason) => {
            result.unsearched.push(format!("{STANDARD_INPUT}: not searched: {reason}"));
            None
        }
        Ok(module) => {
            let hits = rewrite.query().hits(module.tree()).map_err(RewriteError::from);
            match hits.map_err(Into::into).and_then(|hits| rewrite_hits(rewrite, &old, module.tree(), &hits))
            {
                Ok(new) => Some(new),
                Err(error) => {
                    result.failed.push(format!("{STANDARD_INPUT}: {error}"));
                    None
                }
            }
        }
    };
    match rewritten {
        Some(new) if action.prints => {
            let mut diff = Vec::new();
            print_diff(Path::new(STANDARD_INPUT), &old, &new.source, &mut diff)?;
            result.add(STANDARD_INPUT, &new, &diff);
        }
        Some(new) => result.add(STANDARD_INPUT, &new, &new.source),
        // The reader of the output gets the whole source also where nothing changes.
        None if !action.prints => result.output.extend_from_slice(&old),
        None => {}
    }
    Ok(())
}

impl RewriteResult {
    fn add(&mut self, path: &str, source: &RewrittenSource, output: &[u8]) {
        self.output.extend_from_slice(output);
        self.files += usize::from(!source.edits.is_empty());
        self.replaced += source.replaced;
        self.skipped.extend(
            source
                .skipped
                .iter()
                .map(|skipped| format!("{path}:{}: not replaced: {}", skipped.line, skipped.reason)),
        );
    }

    /// Reports what was replaced and what was not, and decides how the command ends.
    fn conclude(&self, action: RewriteAction, is_strict: bool) -> Result<(), CommandError> {
        let report = |lines: &[String], what: &str| {
            for line in lines.iter().take(if is_strict { lines.len() } else { LISTED }) {
                eprintln!("lazyast: warning: {line}");
            }
            if lines.len() > LISTED && !is_strict {
                eprintln!("lazyast: warning: {} more {what}; --strict names all", lines.len() - LISTED);
            }
        };
        report(&self.skipped, "hits stay as they are");
        report(&self.unsearched, "not searched");
        for failed in &self.failed {
            eprintln!("lazyast: error: {failed}");
        }
        let verb = if action.writes { "replaced" } else { "would be replaced" };
        eprintln!(
            "lazyast: {} in {} {verb}, {} as they are",
            counted(self.replaced, "hit", "hits"),
            counted(self.files, "file", "files"),
            counted(self.skipped.len(), "hit stays", "hits stay"),
        );
        let unusable = self.failed.len() + if is_strict { self.unsearched.len() } else { 0 };
        match unusable {
            0 if self.replaced == 0 && self.skipped.is_empty() => Err(CommandError::NoHits),
            0 => Ok(()),
            count => Err(CommandError::new(format!(
                "{} could not be rewritten, and nothing was written to {}",
                counted(count, "file", "files"),
                if count == 1 { "it" } else { "them" },
            ))),
        }
    }
}
