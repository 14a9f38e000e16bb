//! `lazyast select`.

use clap::Args;

use crate::Failed;
use crate::search::{Language, Search};

#[derive(Args, Debug)]
pub(crate) struct Select {
    /// SELECTOR, then directories (ignore files are respected) and files [default: .]; with -e or -f only these
    #[arg(value_name = "SELECTOR|PATH")]
    arguments: Vec<std::ffi::OsString>,
    /// A selector; several may be given
    #[arg(long = "selector", short = 'e', allow_hyphen_values = true, value_name = "SELECTOR")]
    queries: Vec<String>,
    #[command(flatten)]
    search: Search,
}

impl Select {
    pub(crate) fn run(self) -> Result<(), Failed> {
        self.search.run(Language::Selector, self.queries, self.arguments).map_err(Failed::of_search)
    }
}
