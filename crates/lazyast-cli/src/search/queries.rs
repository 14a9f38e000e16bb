//! The queries of a search: read from the command line and from files, compiled, and combined into one.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use lazyast::{Hit, Query, QueryError, Tree};

use super::arguments::SearchArguments;
use crate::error::CommandError;

/// The language that a query is written in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum QueryLanguage {
    Pattern,
    Selector,
}

impl QueryLanguage {
    fn name(self) -> &'static str {
        match self {
            Self::Pattern => "pattern",
            Self::Selector => "selector",
        }
    }
}

/// The queries of a search. A node is a hit if any of them hits it.
pub(super) struct SearchedQueries {
    /// The texts of the queries, as the user wrote them.
    pub(super) texts: Vec<String>,
    queries: Vec<Query>,
    /// All queries as one.
    pub(super) combined: Query,
}

impl SearchedQueries {
    /// Collects the queries of options and files, or takes the first argument if there are none, and compiles them.
    pub(super) fn compile(
        language: QueryLanguage,
        options: &SearchArguments,
        mut texts: Vec<String>,
        arguments: &mut impl Iterator<Item = OsString>,
    ) -> Result<Self, CommandError> {
        for file in &options.file {
            texts.extend(read_query_file(file)?);
        }
        if texts.is_empty() && options.file.is_empty() {
            texts.push(query_argument(language, arguments.next())?);
        }
        let compile = |text: &String| compile_with_restrictions(language, options, text);
        let queries = texts.iter().map(compile).collect::<Result<Vec<_>, _>>().map_err(invalid)?;
        let Some((first, others)) = queries.split_first() else {
            return Err(CommandError::new("the query files contain no queries"));
        };
        let combined = others.iter().try_fold(first.clone(), |all, one| all.or(one)).map_err(invalid)?;
        Ok(Self { texts, queries, combined })
    }

    /// Tells for each hit of the combined query which query it is a hit of: the first one if several hit.
    ///
    /// Gives the query's index and its own hit, whose captures that query knows.
    pub(super) fn attribute(&self, tree: &Tree<'_>, hits: &[Hit]) -> Vec<(usize, Hit)> {
        let [_, _, ..] = &self.queries[..] else { return hits.iter().map(|hit| (0, *hit)).collect() };
        let hits_by_query: Vec<Vec<Hit>> =
            self.queries.iter().map(|query| query.hits(tree).unwrap_or_default()).collect();
        let query_of = |hit: &Hit| {
            let attributed = hits_by_query.iter().enumerate().find_map(|(query, hits)| {
                let index = hits.binary_search_by_key(&hit.node, |other| other.node).ok()?;
                Some((query, hits[index]))
            });
            attributed.unwrap_or((0, *hit))
        };
        hits.iter().map(query_of).collect()
    }

    /// The query with an index that [`attribute`](Self::attribute) gives.
    pub(super) fn query(&self, index: usize) -> &Query {
        &self.queries[index]
    }
}

/// The query that is the first argument.
fn query_argument(language: QueryLanguage, argument: Option<OsString>) -> Result<String, CommandError> {
    let missing = || {
        CommandError::new(format!("no {} is given", language.name()))
            .hint("give it as the first argument, with -e, or in a file with -f")
    };
    let text = argument.ok_or_else(missing)?;
    let not_unicode = |text: OsString| {
        CommandError::new(format!("{}: the {} is not UTF-8", text.display(), language.name()))
    };
    text.into_string().map_err(not_unicode)
}

/// Compiles one query, restricted by `--inside`, `--has` and `--not`.
fn compile_with_restrictions(
    language: QueryLanguage,
    options: &SearchArguments,
    text: &str,
) -> Result<Query, QueryError> {
    let mut query = match language {
        QueryLanguage::Pattern => lazyast::pattern(text)?,
        QueryLanguage::Selector => lazyast::selector(text)?,
    };
    for selector in &options.inside {
        query = query.inside(&lazyast::selector(selector)?)?;
    }
    for selector in &options.has {
        query = query.has(&lazyast::selector(selector)?)?;
    }
    for selector in &options.not {
        query = query.without(&lazyast::selector(selector)?)?;
    }
    Ok(query)
}

fn invalid(error: QueryError) -> CommandError {
    CommandError::new(error.to_string())
}

/// Reads the queries of a file, which lines of `---` separate.
fn read_query_file(path: &Path) -> Result<Vec<String>, CommandError> {
    let text =
        if path.as_os_str() == "-" { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    let text = text.map_err(|error| CommandError::new(format!("{}: {error}", path.display())))?;
    let mut queries = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "---" {
            queries.push(String::new());
        } else if let Some(query) = queries.last_mut() {
            query.push_str(line);
        }
    }
    queries.retain(|query| !query.trim().is_empty());
    // Indentation may belong to a query; the end of its last line does not.
    Ok(queries.iter().map(|query| query.trim_end().to_owned()).collect())
}
