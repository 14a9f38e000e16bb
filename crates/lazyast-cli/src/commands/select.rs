//! `lazyast select`: searches with selectors.

use std::ffi::OsString;

use clap::Args;

use crate::error::CommandError;
use crate::search::{EXIT_CODES, QueryLanguage, SearchArguments};

/// Examples for `--help`.
const EXAMPLES: &str = "\
Examples:
  lazyast select 'ClassDef > FunctionDef[name=/^test_/]:has(Yield)' tests/
  lazyast select FunctionDef -c --sort hits    Files by their number of functions
  lazyast select 'Call[func.id=\"eval\"]' --format sarif > hits.sarif

Exit codes: 0 hits, 1 no hits, 2 error. With --strict, a file that could not be searched is an error.";

#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES, after_long_help = EXAMPLES)]
pub(crate) struct SelectCommand {
    /// SELECTOR, then the directories and files to search [default: .]; - is standard input. With -e or -f, all arguments
    /// are paths
    #[arg(value_name = "SELECTOR|PATH")]
    arguments: Vec<OsString>,
    /// A selector; can be given more than once, and a hit of any of them counts
    #[arg(long = "selector", short = 'e', allow_hyphen_values = true, value_name = "SELECTOR")]
    queries: Vec<String>,
    #[command(flatten)]
    search: SearchArguments,
}

impl SelectCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        self.search
            .run(QueryLanguage::Selector, self.queries, self.arguments)
            .map_err(CommandError::in_search)
    }
}
