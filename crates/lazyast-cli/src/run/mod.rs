//! What `lazyast run` needs besides starting a command.

pub(crate) mod package;
pub(crate) mod statistics;
pub(crate) mod wait;
