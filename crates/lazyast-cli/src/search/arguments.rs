//! The options that `find` and `select` share.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cache_arguments::CacheArguments;

#[derive(Args, Debug)]
pub(crate) struct SearchArguments {
    /// A file with queries, separated by lines of ---; - reads standard input
    #[arg(long, short, value_name = "FILE")]
    pub(super) file: Vec<PathBuf>,
    /// Only hits inside a node that the selector selects
    #[arg(long, value_name = "SELECTOR")]
    pub(super) inside: Vec<String>,
    /// Only hits that contain a node that the selector selects
    #[arg(long, value_name = "SELECTOR")]
    pub(super) has: Vec<String>,
    /// Only hits that the selector does not select
    #[arg(long, value_name = "SELECTOR")]
    pub(super) not: Vec<String>,
    /// Print only the paths of files with hits
    #[arg(long, short = 'l')]
    pub(super) files_with_matches: bool,
    /// Print only the number of hits in each file
    #[arg(long, short, conflicts_with = "files_with_matches")]
    pub(super) count: bool,
    /// Print nothing; only the exit code tells whether there are hits
    #[arg(long, short, conflicts_with_all = ["files_with_matches", "count", "json"])]
    pub(super) quiet: bool,
    /// Print all lines of each hit, and N lines before and after it
    #[arg(long, short = 'C', value_name = "N")]
    pub(super) context: Option<usize>,
    /// Print one JSON object per hit, each on a line of its own
    #[arg(long, conflicts_with_all = ["files_with_matches", "count", "context"])]
    pub(super) json: bool,
    /// When to print colours [auto: if the output is a terminal and NO_COLOR is not set]
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorChoice,
    /// Print the compiled query instead of searching
    #[arg(long)]
    pub(super) explain: bool,
    /// Number of threads [default: the number of processors]
    #[arg(long, short, value_name = "N")]
    pub(super) jobs: Option<usize>,
    /// Read and hash every source, instead of trusting size and timestamps [default: if CI is set]
    #[arg(long)]
    pub(super) verify_content: bool,
    #[command(flatten)]
    pub(super) cache: CacheArguments,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ColorChoice {
    Auto,
    Always,
    Never,
}

impl ColorChoice {
    pub(super) fn is_on(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                io::stdout().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        }
    }
}
