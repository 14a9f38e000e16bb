//! The command line of lazyast: one file per subcommand, no logic that a library's user would miss.
//!
//! Exit codes: 0 for success, 1 where nothing could be done, 2 for a wrong command line. Those that search have
//! `grep`'s: 0 for hits, 1 for none, 2 for errors.
#![forbid(unsafe_code)]

mod commands;
mod search;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use lazyast::{Cache, CacheDirectoryError};

/// Python syntax trees that are parsed once and then simply there.
#[derive(Debug, Parser)]
#[command(name = "lazyast", version, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Put the trees of all Python sources under the paths into the cache
    Warm(commands::warm::Warm),
    /// Search for code by patterns, which are Python code with holes
    ///
    /// `$X` stands for one thing, `$$$` for any number: lazyast find 'open($PATH, $$$)' src/
    Find(commands::find::Find),
    /// Search for nodes by selectors, such as 'ClassDef > FunctionDef[name=/^test_/]'
    Select(commands::select::Select),
    /// Print a source's tree exactly as `ast.dump` of a Python version does
    Dump(commands::dump::Dump),
    /// Say what the cache holds
    Stats(commands::stats::Stats),
    /// Check every byte of the cache, or of packs from elsewhere
    Verify(commands::verify::Verify),
    /// Exchange trees with other machines, in files
    Pack(commands::pack::Pack),
    /// Delete what was not used for long, and what killed processes have left
    Gc(commands::gc::Gc),
    /// Delete the cache
    Clean(commands::clean::Clean),
    /// Print the cache directory
    Dir(commands::dir::Dir),
    /// Show on Python's own library what the cache is worth
    Demo(commands::demo::Demo),
}

/// Where the cache is; the same for every subcommand.
#[derive(Args, Clone, Debug)]
struct CacheArguments {
    /// The cache directory [default: LAZYAST_CACHE_DIR, cache-dir in pyproject.toml's [tool.lazyast], or
    /// the platform's directory for caches]
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
    /// A cache directory that is only read, below the other; may be given several times [default: the directories in
    /// LAZYAST_CACHE_LOWER]
    #[arg(long, value_name = "DIR")]
    cache_lower: Vec<PathBuf>,
    /// Neither read nor write a cache
    #[arg(long, conflicts_with_all = ["cache_dir", "cache_lower"])]
    no_cache: bool,
}

impl CacheArguments {
    /// Opens the cache. Without one, work goes on; why there is none is said once.
    fn open(&self) -> Cache {
        if self.no_cache {
            return Cache::disabled();
        }
        let underlay = match &self.cache_lower[..] {
            [] => lazyast::underlay::from_environment(),
            underlay => underlay.to_owned(),
        };
        match Cache::open_with_underlay(self.cache_dir.as_deref(), &underlay) {
            Ok(cache) => {
                for problem in cache.problems() {
                    eprintln!("lazyast: warning: {problem}");
                }
                cache
            }
            Err(CacheDirectoryError::Disabled) => Cache::disabled(),
            Err(error) => {
                eprintln!("lazyast: warning: {error}");
                Cache::disabled()
            }
        }
    }

    /// The directory that would be used.
    fn directory(&self) -> Result<PathBuf, CacheDirectoryError> {
        if self.no_cache {
            return Err(CacheDirectoryError::Disabled);
        }
        lazyast::directory::choose(self.cache_dir.as_deref(), Path::new("."))
    }
}

/// Why a command did not do its work.
#[derive(Debug)]
enum Failed {
    /// Nobody reads the output any more: not an error.
    ClosedPipe,
    /// A search without hits.
    NoHits,
    Error {
        message: String,
        hint: Option<String>,
        code: u8,
    },
}

impl Failed {
    fn new(message: impl Into<String>) -> Self {
        Self::Error { message: message.into(), hint: None, code: 1 }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        match self {
            Self::Error { message, code, .. } => Self::Error { message, hint: Some(hint.into()), code },
            other => other,
        }
    }

    /// As a search says it.
    fn of_search(self) -> Self {
        match self {
            Self::Error { message, hint, .. } => Self::Error { message, hint, code: 2 },
            other => other,
        }
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::new(error.to_string()),
        }
    }
}

impl From<CacheDirectoryError> for Failed {
    fn from(error: CacheDirectoryError) -> Self {
        Self::new(error.to_string())
    }
}

/// Runs a command line, the program's name first, and gives the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let command_line = match CommandLine::try_parse_from(arguments) {
        Ok(command_line) => command_line,
        Err(error) => {
            // A closed pipe is no reason to say anything more.
            let _ = error.print();
            return error.exit_code().try_into().unwrap_or(2);
        }
    };
    let result = match command_line.command {
        Command::Warm(command) => command.run(),
        Command::Find(command) => command.run(),
        Command::Select(command) => command.run(),
        Command::Dump(command) => command.run(),
        Command::Stats(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Pack(command) => command.run(),
        Command::Gc(command) => command.run(),
        Command::Clean(command) => command.run(),
        Command::Dir(command) => command.run(),
        Command::Demo(command) => command.run(),
    };
    match result {
        Ok(()) => 0,
        Err(Failed::ClosedPipe) => 0,
        Err(Failed::NoHits) => 1,
        Err(Failed::Error { message, hint, code }) => {
            let hint = hint.map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
            // Where nobody listens there is nothing to say.
            let _ = writeln!(io::stderr(), "lazyast: error: {message}{hint}");
            code
        }
    }
}

/// Bytes as a person reads them.
fn human_bytes(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string()
}

/// A number of bytes as a person writes it.
fn size(text: &str) -> Result<u64, String> {
    let split = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let shift = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        "T" | "TB" | "TIB" => 40,
        _ => return Err("expected a number of bytes, or one with K, M, G or T, such as 500M".to_owned()),
    };
    let number: u64 = number.parse().map_err(|error| format!("{error}"))?;
    number.checked_mul(1 << shift).ok_or_else(|| "too large".to_owned())
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, expected) in [("0", 0), ("17", 17), ("2k", 2048), ("500M", 500 << 20), ("8GiB", 8 << 30)] {
            assert_eq!(size(text), Ok(expected), "{text}");
        }
        for text in ["", "M", "-1", "1.5G", "1X", "99999999999T"] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
