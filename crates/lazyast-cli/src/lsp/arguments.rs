//! The options of `lsp`.

use std::path::PathBuf;

use clap::Args;

use crate::check::ChosenRules;
use crate::python_version::SyntaxArguments;

#[derive(Args, Debug, Default)]
pub(crate) struct LspArguments {
    #[command(flatten)]
    pub(super) rules: ChosenRules,
    /// Report suppressions that suppress nothing, too
    #[arg(long)]
    pub(super) unused_ignores: bool,
    /// Report only findings that are not in this file, which `lazyast check --write-baseline` has written
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(super) syntax: SyntaxArguments,
    /// Use standard input and output. Editors pass this option; there is no other way
    #[arg(long, hide = true)]
    stdio: bool,
}
