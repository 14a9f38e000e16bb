//! The options that `find` and `select` share.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::project_arguments::ProjectArguments;
use crate::when::When;

/// The exit codes of searches.
pub(crate) const EXIT_CODES: &str = "\
Exit codes: 0 hits, 1 no hits, 2 error. With --strict, a file that could not be searched is an error.";

#[derive(Args, Debug)]
pub(crate) struct SearchArguments {
    /// A file with queries, separated by lines of ---; - reads standard input
    #[arg(long, short, value_name = "FILE")]
    pub(super) file: Vec<PathBuf>,
    /// Only hits inside a node that the selector selects
    #[arg(long, value_name = "SELECTOR")]
    pub(super) inside: Vec<String>,
    /// For --inside: no node that the selector selects may be between the two
    #[arg(long, value_name = "SELECTOR", requires = "inside")]
    pub(super) until: Option<String>,
    /// Only hits after a node that the selector selects, in the same block
    #[arg(long, value_name = "SELECTOR")]
    pub(super) follows: Vec<String>,
    /// Only hits before a node that the selector selects, in the same block
    #[arg(long, value_name = "SELECTOR")]
    pub(super) precedes: Vec<String>,
    /// Only hits that contain a node that the selector selects
    #[arg(long, value_name = "SELECTOR")]
    pub(super) has: Vec<String>,
    /// Only hits that the selector does not select
    #[arg(long, value_name = "SELECTOR")]
    pub(super) not: Vec<String>,
    /// Only hits whose captures fulfil NAME=SELECTOR, '$A == $B', '$A != $B' or '$N > 100'; can be given more than once
    #[arg(long = "where", value_name = "CONDITION")]
    pub(super) conditions: Vec<String>,
    /// Compare dotted names in patterns as text, not by what they stand for
    #[arg(long)]
    pub(super) literal_names: bool,
    /// Compare constants in patterns by value, however they are written: 3600 matches 60 * 60
    #[arg(long)]
    pub(super) fold_constants: bool,
    /// Print the compiled query instead of searching
    #[arg(long, hide_short_help = true)]
    pub(super) explain: bool,
    #[command(flatten)]
    pub(super) output: OutputArguments,
    #[command(flatten)]
    pub(super) project: ProjectArguments,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArguments {
    /// The format of hits
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["files_with_matches", "count", "quiet"])]
    pub(super) format: Option<FormatArgument>,
    /// The same as --format json
    #[arg(long, conflicts_with_all = ["files_with_matches", "count", "quiet", "format"])]
    pub(super) json: bool,
    /// Print only the paths of files with hits
    #[arg(long, short = 'l')]
    pub(super) files_with_matches: bool,
    /// Print only the number of hits in each file
    #[arg(long, short, conflicts_with = "files_with_matches")]
    pub(super) count: bool,
    /// Print nothing; only the exit code tells whether there are hits
    #[arg(long, short, conflicts_with_all = ["files_with_matches", "count"])]
    pub(super) quiet: bool,
    /// Print only the hits, not the rest of their lines
    #[arg(long, short)]
    pub(super) only_matching: bool,
    /// Print all lines of each hit, and N lines after it
    #[arg(long, short = 'A', value_name = "N", conflicts_with_all = ["only_matching", "json"])]
    after_context: Option<usize>,
    /// Print all lines of each hit, and N lines before it
    #[arg(long, short = 'B', value_name = "N", conflicts_with_all = ["only_matching", "json"])]
    before_context: Option<usize>,
    /// Print all lines of each hit, and N lines before and after it
    #[arg(long, short = 'C', value_name = "N", conflicts_with_all = ["only_matching", "json"])]
    context: Option<usize>,
    /// At most N hits of each file
    #[arg(long, short, value_name = "N")]
    pub(super) max_count: Option<usize>,
    /// Print a NUL byte after each path, instead of a colon or the end of the line
    #[arg(long, short = '0')]
    pub(super) null: bool,
    /// The order of files
    #[arg(long, value_name = "ORDER", default_value = "path")]
    pub(super) sort: SortArgument,
    /// Print how much was searched, on standard error
    #[arg(long)]
    pub(super) stats: bool,
    /// When to print colours [auto: if the output is a terminal and NO_COLOR is not set]
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_short_help = true)]
    color: When,
    /// When to make links of paths [auto: if the output is a terminal that is not dumb]
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_short_help = true)]
    hyperlinks: When,
}

/// A format of hits.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FormatArgument {
    /// path:line:column: and the first line of each hit. Columns count bytes from 1, as ripgrep's
    Text,
    /// One object for each hit, each on a line of its own. Columns count bytes from 0, as those of ast
    Json,
    /// As text, without colours and links
    Vimgrep,
    /// Annotations of GitHub Actions. Columns count characters from 1
    Github,
    /// One document of SARIF 2.1.0. Columns count characters from 1
    Sarif,
    /// Comma-separated values with a header. Columns count bytes from 1
    Csv,
    /// A stream of Arrow IPC with the columns of CSV, and one for each metavariable
    Arrow,
}

/// An order of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SortArgument {
    /// By their paths
    Path,
    /// Those that changed last come last
    Modified,
    /// Those with the most hits come first
    Hits,
}

impl OutputArguments {
    pub(super) fn has_color(&self) -> bool {
        self.color.is_color()
    }

    pub(super) fn has_hyperlinks(&self) -> bool {
        self.hyperlinks.is_on(|| std::env::var_os("TERM").is_some_and(|value| value != "dumb"))
    }

    /// The number of lines before and after hits, if whole hits are printed.
    pub(super) fn context(&self) -> Option<(usize, usize)> {
        let (before, after) = (self.before_context.or(self.context), self.after_context.or(self.context));
        (before.is_some() || after.is_some()).then(|| (before.unwrap_or(0), after.unwrap_or(0)))
    }
}
