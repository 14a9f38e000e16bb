//! `lazyast lsp`: shows findings in editors.

use clap::Args;

use crate::error::CommandError;
use crate::lsp::{LspArguments, serve};

#[derive(Args, Debug)]
pub(crate) struct LspCommand {
    #[command(flatten)]
    arguments: LspArguments,
}

impl LspCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        serve(self.arguments)
    }
}
