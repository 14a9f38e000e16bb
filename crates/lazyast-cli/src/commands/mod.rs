//! One file per subcommand.

pub(crate) mod check;
pub(crate) mod clean;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod dir;
pub(crate) mod dump;
pub(crate) mod export;
pub(crate) mod find;
pub(crate) mod gc;
pub(crate) mod lsp;
pub(crate) mod man;
pub(crate) mod pack;
pub(crate) mod run;
pub(crate) mod select;
pub(crate) mod sql;
pub(crate) mod stats;
pub(crate) mod verify;
pub(crate) mod warm;
