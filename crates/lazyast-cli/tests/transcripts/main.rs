//! Transcripts of the command line: what the built binary prints, compared with snapshots.
//!
//! A snapshot is one file in `snapshots/`: the command, the exit code, standard output and standard error. Paths,
//! times, sizes and versions are replaced by placeholders such as `[DIR]`. After a wanted change run
//!
//! ```text
//! INSTA_UPDATE=always cargo test -p lazyast-cli --test transcripts
//! ```
//!
//! and review the difference of the snapshots.

// Messages of the operating system are part of the transcripts.
#![cfg(unix)]

/// check: rules, formats, baselines.
mod check;
/// Errors and warnings of all commands.
mod errors;
/// Which files are searched: options that select them, lists of files, standard input.
mod files;
/// The formats of hits, and the options of output.
mod formats;
/// `--help` of every command.
mod help;
/// Commands that work on the cache: warm, stats, verify, gc, clean, dir, pack.
mod maintenance;
/// A directory with sources and a cache, and running the binary in it.
mod sandbox;
/// find, select and dump.
mod search;
