//! [`When`]: the value of options such as `--color`.

use std::io::{self, IsTerminal};

use clap::ValueEnum;

/// When to do something that is meant for terminals.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

impl When {
    pub(crate) fn is_on(self, auto: impl FnOnce() -> bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => io::stdout().is_terminal() && auto(),
        }
    }

    /// Whether this is on for colours.
    pub(crate) fn is_color(self) -> bool {
        self.is_on(|| std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
    }
}
