//! `lazyast find`: searches with patterns.

use std::ffi::OsString;

use clap::Args;

use crate::error::CommandError;
use crate::search::{EXIT_CODES, QueryLanguage, RewriteArguments, SearchArguments};

/// Examples for `--help`.
const EXAMPLES: &str = "\
Examples:
  lazyast find 'open($PATH, $$$)' src/         Calls of open
  lazyast find 'except $E: pass' -g '!tests/'  Dropped errors, not in tests
  lazyast find -e 'eval($X)' -e 'exec($X)' -q --strict
                                               A gate, which also fails for files that it cannot search
  lazyast find 'print($$$)' --changed=main     Only files that the branch changes
  lazyast find 'assert $X' - < a.py            Standard input
  lazyast find '$A.has_key($B)' --rewrite '$B in $A'
                                               What would change, as a diff; --apply writes it

Exit codes: 0 hits, 1 no hits, 2 error. With --strict, a file that could not be searched is an error.";

#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES, after_long_help = EXAMPLES)]
pub(crate) struct FindCommand {
    /// PATTERN, then the directories and files to search [default: .]; - is standard input. With -e or -f, all arguments
    /// are paths
    #[arg(value_name = "PATTERN|PATH")]
    arguments: Vec<OsString>,
    /// A pattern; can be given more than once, and a hit of any of them counts
    #[arg(long = "pattern", short = 'e', allow_hyphen_values = true, value_name = "PATTERN")]
    queries: Vec<String>,
    #[command(flatten)]
    search: SearchArguments,
    #[command(flatten)]
    rewrite: RewriteArguments,
}

impl FindCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let Self { arguments, queries, rewrite, search } = self;
        let result = match rewrite.template() {
            Some((template, action)) => search.rewrite(template, action, queries, arguments),
            None => search.run(QueryLanguage::Pattern, queries, arguments),
        };
        result.map_err(CommandError::in_search)
    }
}
