//! `lazyast find`.

use clap::Args;

use crate::Failed;
use crate::search::{Language, Search};

#[derive(Args, Debug)]
pub(crate) struct Find {
    /// PATTERN, then directories (ignore files are respected) and files [default: .]; with -e or -f only these
    #[arg(value_name = "PATTERN|PATH")]
    arguments: Vec<std::ffi::OsString>,
    /// A pattern; several may be given
    #[arg(long = "pattern", short = 'e', allow_hyphen_values = true, value_name = "PATTERN")]
    queries: Vec<String>,
    #[command(flatten)]
    search: Search,
}

impl Find {
    pub(crate) fn run(self) -> Result<(), Failed> {
        self.search.run(Language::Pattern, self.queries, self.arguments).map_err(Failed::of_search)
    }
}
