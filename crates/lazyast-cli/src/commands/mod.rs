//! One file per subcommand.

pub(crate) mod demo;
pub(crate) mod dir;
pub(crate) mod dump;
pub(crate) mod stats;
pub(crate) mod warm;
