//! The options of `check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::project_arguments::ProjectArguments;
use crate::when::When;

#[derive(Args, Debug)]
pub(crate) struct CheckArguments {
    /// The directories and files to check [default: .]; - is standard input
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) rules: RuleArguments,
    #[command(flatten)]
    pub(super) fixes: FixArguments,
    #[command(flatten)]
    pub(super) baseline: BaselineArguments,
    /// Report suppressions that suppress nothing, too: comments with lazyast: ignore, and those with noqa and the
    /// identifier of a rule
    #[arg(long)]
    pub(super) unused_ignores: bool,
    /// Exit with 0 also if there are findings
    #[arg(long)]
    pub(super) exit_zero: bool,
    /// The format of findings
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: CheckFormatArgument,
    /// Print the number of findings of each rule, instead of the findings
    #[arg(long, conflicts_with_all = ["format", "diff", "write_baseline", "list", "test", "schema"])]
    pub(super) statistics: bool,
    /// When to print colours [auto: if the output is a terminal and NO_COLOR is not set]
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_short_help = true)]
    pub(super) color: When,
    #[command(flatten)]
    pub(super) project: ProjectArguments,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Rules")]
pub(super) struct RuleArguments {
    #[command(flatten)]
    pub(super) chosen: ChosenRules,
    /// Print the selected rules instead of checking
    #[arg(long, conflicts_with_all = ["test", "schema"])]
    pub(super) list: bool,
    /// Run the tests of the selected rules instead of checking
    #[arg(long, conflicts_with = "schema")]
    pub(super) test: bool,
    /// Print the JSON schema of rule files instead of checking
    #[arg(long, hide_short_help = true)]
    pub(super) schema: bool,
}

/// Which rules are checked.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Rules")]
pub(crate) struct ChosenRules {
    /// A file with rules, or a directory with such files. Only their rules are checked, and no configuration file is
    /// read, unless --select names others
    #[arg(long, value_name = "FILE|DIR")]
    pub(super) rules: Vec<PathBuf>,
    /// The rules to check: identifiers, categories, default, all, with commas between [default: the default set and all
    /// rules of the project]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(super) select: Vec<String>,
    /// Rules to check as well
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(super) extend_select: Vec<String>,
    /// Rules not to check
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Fixes")]
pub(super) struct FixArguments {
    /// Write what the fixes of rules change, and report what is found afterwards
    #[arg(long, conflicts_with_all = ["write_baseline", "list", "test", "schema"])]
    pub(super) fix: bool,
    /// Print what --fix would change as a diff, and write nothing, also if --fix is given
    #[arg(long, conflicts_with_all = ["write_baseline", "list", "test", "schema"])]
    pub(super) diff: bool,
}

impl FixArguments {
    /// Whether files are fixed, or only shown as they would be.
    pub(super) fn is_given(&self) -> bool {
        self.fix || self.diff
    }

    pub(super) fn writes(&self) -> bool {
        self.fix && !self.diff
    }
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Baseline")]
pub(super) struct BaselineArguments {
    /// Report only findings that are not in this file
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline")]
    pub(super) baseline: Option<PathBuf>,
    /// Write all findings to this file, instead of reporting them
    #[arg(long, value_name = "FILE")]
    pub(super) write_baseline: Option<PathBuf>,
}

/// A format of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormatArgument {
    /// The source with the finding underlined
    Text,
    /// One line for each finding: path:line:column: severity[rule] message. Columns count bytes from 1
    Concise,
    /// One object for each finding, each on a line of its own. Columns count bytes from 0, as those of ast
    Json,
    /// Annotations of GitHub Actions. Columns count characters from 1
    Github,
    /// One document for GitLab's Code Quality
    Gitlab,
    /// One document of SARIF 2.1.0. Columns count characters from 1
    Sarif,
}
