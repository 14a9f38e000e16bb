//! `lazyast check`: checks rules.

use clap::Args;

use crate::check::CheckArguments;
use crate::error::CommandError;

/// Exit codes, for the short help.
const EXIT_CODES: &str = "Exit codes: 0 no findings, 1 findings, 2 error, also in a rule.";

/// Examples for `--help`.
const EXAMPLES: &str = "\
Examples:
  lazyast check                                The default set of rules, and those of lazyast.toml or pyproject.toml
  lazyast check --select security,bare-except src/
  lazyast check --rules rules/ --test          The tests of rules in files
  lazyast check --rules rules/ --format sarif > findings.sarif
  lazyast check --write-baseline known.json    Later only new findings count: lazyast check --baseline known.json

Comments suppress findings on their line: # noqa, # noqa: ID, # lazyast: ignore[ID].

Exit codes: 0 no findings, 1 findings, 2 error, also in a rule; all other rules are checked. With --strict, a file that
could not be checked is an error.";

#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES, after_long_help = EXAMPLES)]
pub(crate) struct CheckCommand {
    #[command(flatten)]
    arguments: CheckArguments,
}

impl CheckCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        self.arguments.run().map_err(CommandError::in_search)
    }
}
