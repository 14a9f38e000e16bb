//! `lazyast find`: searches with patterns.

use std::ffi::OsString;

use clap::Args;

use crate::error::CommandError;
use crate::search::{QueryLanguage, SearchArguments};

#[derive(Args, Debug)]
pub(crate) struct FindCommand {
    /// PATTERN, then the directories and files to search [default: .]. Ignore files such as .gitignore apply in
    /// directories. With -e or -f, all arguments are paths
    #[arg(value_name = "PATTERN|PATH")]
    arguments: Vec<OsString>,
    /// A pattern; can be given more than once, and a hit of any of them counts
    #[arg(long = "pattern", short = 'e', allow_hyphen_values = true, value_name = "PATTERN")]
    queries: Vec<String>,
    #[command(flatten)]
    search: SearchArguments,
}

impl FindCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        self.search.run(QueryLanguage::Pattern, self.queries, self.arguments).map_err(CommandError::in_search)
    }
}
