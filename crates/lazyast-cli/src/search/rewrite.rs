//! `find --rewrite`: shows what replacing hits would change, or writes it.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use lazyast::rewrite::{Rewrite, RewrittenSource, compile, rewrite_hits, rewrite_source};
use lazyast::{FileType, Hit, MAX_SOURCE_BYTES, Module, ReplaceError, Tree};

use super::arguments::SearchArguments;
use super::queries::{QueryLanguage, SearchedQueries};
use crate::diff::print_diff;
use crate::error::CommandError;
use crate::format::{LISTED, counted};
use crate::open_project::open_project;

/// What to do with hits besides finding them.
#[derive(Args, Debug)]
#[command(next_help_heading = "Rewrite")]
pub(crate) struct RewriteArguments {
    /// Replace hits with a template: Python code with the metavariables of the pattern. An empty one deletes statements
    #[arg(long, value_name = "TEMPLATE", allow_hyphen_values = true)]
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
        let mut selected = self.files.select(arguments.map(PathBuf::from).collect())?;
        let mut result = RewriteResult::default();
        let named = selected.paths.len();
        selected.paths.retain(|path| path.as_os_str() != "-");
        if selected.paths.len() < named {
            rewrite_standard_input(&rewrite, action, &mut result)?;
        }
        if !selected.paths.is_empty() {
            let cache = self.cache.open();
            let project = open_project(&cache, &selected, self.jobs, self.verify_content, &self.syntax);
            let found = project.search_once(&queries.combined, self.jobs, |module, tree, hits| {
                rewrite_module(&rewrite, action, module, tree, &hits)
            });
            for (index, found) in found {
                let path = project.modules()[index].path();
                match found.map_err(|error| error.to_string()).and_then(|rewritten| rewritten) {
                    Ok((source, diff)) => result.add(&path.display().to_string(), &source, &diff),
                    Err(error) => result.failed.push(format!("{}: {error}", path.display())),
                }
            }
            let failures = project.failures().iter();
            result
                .unsearched
                .extend(failures.map(|failure| format!("{}: {}", failure.path.display(), failure.reason)));
        }
        io::stdout().lock().write_all(&result.output)?;
        result.conclude(action, self.strict)
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
    result: &mut RewriteResult,
) -> Result<(), CommandError> {
    let mut old = Vec::new();
    io::stdin().take(MAX_SOURCE_BYTES + 1).read_to_end(&mut old)?;
    match rewrite_source(rewrite, &old) {
        Ok(new) => {
            let mut output = Vec::new();
            if action.prints {
                print_diff(Path::new("<stdin>"), &old, &new.source, &mut output)?;
            } else {
                output.clone_from(&new.source);
            }
            result.add("<stdin>", &new, &output);
        }
        Err(error) => {
            if !action.prints {
                result.output.extend_from_slice(&old);
            }
            result.failed.push(format!("<stdin>: {error}"));
        }
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
