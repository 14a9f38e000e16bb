//! `lazyast select`: searches with selectors.

use std::ffi::OsString;

use clap::Args;

use crate::error::CommandError;
use crate::search::{QueryLanguage, SearchArguments};

#[derive(Args, Debug)]
pub(crate) struct SelectCommand {
    /// SELECTOR, then the directories and files to search [default: .]. Ignore files such as .gitignore apply in
    /// directories. With -e or -f, all arguments are paths
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
