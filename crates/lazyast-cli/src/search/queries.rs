//! The queries of a search: read from the command line and from files, compiled, and combined into one.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use lazyast::{Hit, NameMatching, PatternOptions, Query, QueryError, Tree};

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
        texts: Vec<String>,
        arguments: &mut impl Iterator<Item = OsString>,
    ) -> Result<Self, CommandError> {
        let mut written: Vec<WrittenQuery> =
            texts.into_iter().map(|text| WrittenQuery { text, place: None }).collect();
        for file in &options.file {
            written.extend(read_query_file(file)?);
        }
        if written.is_empty() && options.file.is_empty() {
            let text = query_argument(language, arguments.next())?;
            written.push(WrittenQuery { text, place: None });
        }
        let compile = |query: &WrittenQuery| {
            let compiled = compile_with_restrictions(language, options, &query.text);
            compiled.map_err(|error| match &query.place {
                Some(place) => CommandError::new(format!("{place}: {error}")),
                None => invalid(error),
            })
        };
        let queries = written.iter().map(compile).collect::<Result<Vec<_>, _>>()?;
        let texts: Vec<String> = written.into_iter().map(|query| query.text).collect();
        let Some((first, others)) = queries.split_first() else {
            return Err(CommandError::new("the query files contain no queries"));
        };
        let combined = others.iter().try_fold(first.clone(), |all, one| all.or(one)).map_err(invalid)?;
        Ok(Self { texts, queries, combined })
    }

    /// Every hit of every query: the query's index, and its own hit, whose captures that query knows. In the order of
    /// nodes, and for one node in the order of queries. `hits` are those of the combined query.
    pub(super) fn attribute(&self, tree: &Tree<'_>, hits: &[Hit]) -> Vec<(usize, Hit)> {
        let [_, _, ..] = &self.queries[..] else { return hits.iter().map(|hit| (0, *hit)).collect() };
        let mut attributed: Vec<(usize, Hit)> = Vec::with_capacity(hits.len());
        for (index, query) in self.queries.iter().enumerate() {
            // The combined query has just searched the same tree without an error.
            attributed.extend(query.hits(tree).unwrap_or_default().into_iter().map(|hit| (index, hit)));
        }
        // `hits` may have been cut off.
        attributed.retain(|(_, hit)| hits.binary_search_by_key(&hit.node, |other| other.node).is_ok());
        attributed.sort_by_key(|(index, hit)| (hit.node, *index));
        attributed
    }

    /// The names of the metavariables of all queries, each once.
    pub(super) fn capture_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.queries.iter().flat_map(Query::capture_names) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
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
    let names = if options.literal_names { NameMatching::Literal } else { NameMatching::Resolved };
    let how = PatternOptions { names, fold_constants: options.fold_constants };
    let mut query = match language {
        QueryLanguage::Pattern => lazyast::pattern_with(text, how)?,
        QueryLanguage::Selector => lazyast::selector_with(text, how)?,
    };
    for condition in &options.conditions {
        query = lazyast::restricted(&query, condition, how)?;
    }
    let until = options.until.as_ref().map(|selector| lazyast::selector_with(selector, how)).transpose()?;
    for selector in &options.inside {
        let other = lazyast::selector_with(selector, how)?;
        query = match &until {
            Some(until) => query.inside_until(&other, until)?,
            None => query.inside(&other)?,
        };
    }
    for selector in &options.follows {
        query = query.follows(&lazyast::selector_with(selector, how)?)?;
    }
    for selector in &options.precedes {
        query = query.precedes(&lazyast::selector_with(selector, how)?)?;
    }
    for selector in &options.has {
        query = query.has(&lazyast::selector_with(selector, how)?)?;
    }
    for selector in &options.not {
        query = query.without(&lazyast::selector_with(selector, how)?)?;
    }
    Ok(query)
}

/// A query as it was written.
struct WrittenQuery {
    text: String,
    /// The file and the line that it comes from, if it comes from a file.
    place: Option<String>,
}

fn invalid(error: QueryError) -> CommandError {
    CommandError::new(error.to_string())
}

/// Reads the queries of a file, which lines of `---` separate.
fn read_query_file(path: &Path) -> Result<Vec<WrittenQuery>, CommandError> {
    let text =
        if path.as_os_str() == "-" { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    let text = text.map_err(|error| CommandError::new(format!("{}: {error}", path.display())))?;
    let mut queries = vec![(0, String::new())];
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        if line.trim_end() == "---" {
            queries.push((0, String::new()));
        } else if let Some((first, query)) = queries.last_mut() {
            if *first == 0 && !line.trim().is_empty() {
                *first = number;
            }
            query.push_str(line);
        }
    }
    queries.retain(|(_, query)| !query.trim().is_empty());
    // Indentation may belong to a query; the end of its last line does not.
    let written = queries.into_iter().map(|(line, text)| WrittenQuery {
        text: text.trim_end().to_owned(),
        place: Some(format!("{}:{line}", path.display())),
    });
    Ok(written.collect())
}
