//! Compiling queries and rules. `lazyast-query` and `lazyast-rules` depend on no parser; this module gives them ours for
//! their patterns.

use lazyast_format::Archive;
use lazyast_parse::{Parser, Unsupported};
use lazyast_query::{ParseFailure, PatternOptions, Query, QueryError};
use lazyast_rules::{FailedTest, RuleError, RuleLibrary, RuleSelection, RuleSet};

use crate::archive::ArchiveBytes;

/// Compiles a pattern: Python code with metavariables.
///
/// ```
/// let query = lazyast::pattern("open($PATH, $$$)")?;
/// # Ok::<(), lazyast::QueryError>(())
/// ```
pub fn pattern(text: &str) -> Result<Query, QueryError> {
    Query::pattern(text, &parse)
}

/// As [`pattern`], with options.
pub fn pattern_with(text: &str, options: PatternOptions) -> Result<Query, QueryError> {
    Query::pattern_with(text, options, &parse)
}

/// As [`selector`], with options for the patterns in it.
pub fn selector_with(text: &str, options: PatternOptions) -> Result<Query, QueryError> {
    Query::selector_with(text, options, &parse)
}

/// Compiles a selector: a path through the tree, in the manner of CSS.
///
/// ```
/// let query = lazyast::selector("ClassDef > FunctionDef[name=/^test_/]")?;
/// # Ok::<(), lazyast::QueryError>(())
/// ```
pub fn selector(text: &str) -> Result<Query, QueryError> {
    Query::selector(text, &parse)
}

/// The hits of a query that fulfil a condition on captures, such as `$A != $B`; see [`Query::restricted`].
pub fn restricted(query: &Query, condition: &str, options: PatternOptions) -> Result<Query, QueryError> {
    query.restricted(condition, options, &parse)
}

/// Compiles the selected rules of a library. Rules that are wrong are left out, and the errors say why.
///
/// ```
/// use lazyast::rules::{RuleLibrary, RuleSelection};
///
/// let selection = RuleSelection { select: Some(vec!["bugs".to_owned()]), ..Default::default() };
/// let (rules, errors) = lazyast::select_rules(&RuleLibrary::built_in()?, &selection);
/// assert!(errors.is_empty() && rules.rules().iter().any(|rule| rule.id() == "bare-except"));
/// # Ok::<(), lazyast::rules::RuleError>(())
/// ```
pub fn select_rules(library: &RuleLibrary, selection: &RuleSelection) -> (RuleSet, Vec<RuleError>) {
    library.select(selection, &parse)
}

/// Runs the tests that rules have, and gives their number and those that failed.
pub fn test_rules(rules: &RuleSet) -> (usize, Vec<FailedTest>) {
    rules.run_tests(&parse)
}

/// Parses a pattern or a template.
pub(crate) fn parse(text: &str) -> Result<Archive<ArchiveBytes>, ParseFailure> {
    open_archive(parse_bytes(text.as_bytes())?)
}

/// Parses a source that is not kept in the cache.
pub(crate) fn parse_bytes(source: &[u8]) -> Result<ArchiveBytes, ParseFailure> {
    let mut parser = Parser::new();
    let archive = parser.parse(source, &[0; 32]).map_err(|unsupported| match unsupported {
        Unsupported::Syntax { message, offset, .. } => {
            ParseFailure { message, offset: Some(offset as usize) }
        }
        unsupported => ParseFailure { message: unsupported.to_string(), offset: None },
    })?;
    Ok(ArchiveBytes::copy(archive))
}

/// Opens an archive that was made just now.
pub(crate) fn open_archive(archive: ArchiveBytes) -> Result<Archive<ArchiveBytes>, ParseFailure> {
    Archive::open(archive, None).map_err(|error| ParseFailure { message: error.to_string(), offset: None })
}
