//! `lazyast run`: runs a command whose Python processes take their trees from lazyast.
//!
//! The command gets an environment in which each Python imports `_startup/sitecustomize.py` of the Python package. On
//! Unix it takes the place of this process. With `--stats` this process waits for it and adds up what its processes
//! have recorded.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use clap::Args;

use crate::error::CommandError;
use crate::interpreter;
use crate::run::statistics::RunStatistics;
use crate::run::{package, wait};

/// The variable that says which directory of `PYTHONPATH` is lazyast's.
const MARKER: &str = "LAZYAST_RUN";
/// The variable that names the directory for the records of processes.
const RECORDS: &str = "LAZYAST_RUN_STATS";
/// The variable that switches lazyast off.
const DISABLE: &str = "LAZYAST_DISABLE";

#[derive(Args, Debug)]
pub(crate) struct RunCommand {
    /// Afterwards, print on standard error how many trees lazyast has served, and the time that this has saved
    #[arg(long)]
    stats: bool,
    /// The command and its arguments, or -m and the name of a Python module and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl RunCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let mut words = self.command;
        if words[0] == "-m" {
            words.insert(0, interpreter::for_modules().into_os_string());
        }
        let is_disabled = std::env::var_os(DISABLE).is_some_and(|value| !value.is_empty() && value != "0");
        let mut variables = Vec::new();
        if !is_disabled {
            let startup = startup_directory()?;
            variables.push(("PYTHONPATH", search_path(&startup, std::env::var_os("PYTHONPATH"))));
            variables.push((MARKER, startup.into_os_string()));
        }
        let command = |program: &OsStr| {
            let mut command = Command::new(program);
            command.args(&words[1..]).envs(variables.iter().map(|(name, value)| (name, value)));
            command
        };
        if !self.stats {
            return start(&words[0], |program| execute(command(program))).and_then(exit_like);
        }
        let records = tempfile::tempdir()?;
        let status =
            start(&words[0], |program| wait::run_and_wait(command(program).env(RECORDS, records.path())))?;
        let statistics = RunStatistics::read(records.path());
        drop(records);
        eprint!("{statistics}");
        exit_like(status)
    }
}

/// The directory with the `sitecustomize` of lazyast.
fn startup_directory() -> Result<PathBuf, CommandError> {
    let package = package::beside_program()
        .or_else(|| interpreter::find_package().filter(|path| package::is_one(path)));
    let missing = || {
        CommandError::new("the Python package lazyast is not installed with this program")
            .hint("install it with pip, or name an interpreter that has it in LAZYAST_PYTHON")
    };
    let startup = package::startup_of(&package.ok_or_else(missing)?);
    // Interpreters compare it with the name of a file in it.
    let startup = startup.canonicalize().unwrap_or(startup);
    if std::env::join_paths([&startup]).is_err() {
        let name = startup.display();
        return Err(CommandError::new(format!("PYTHONPATH cannot hold the directory {name}")));
    }
    Ok(startup)
}

/// `PYTHONPATH` with a directory in front.
fn search_path(startup: &Path, before: Option<OsString>) -> OsString {
    match before {
        Some(before) if !before.is_empty() => {
            if std::env::split_paths(&before).any(|entry| entry == startup) {
                return before;
            }
            let mut path = startup.as_os_str().to_owned();
            path.push(if cfg!(windows) { ";" } else { ":" });
            path.push(before);
            path
        }
        _ => startup.as_os_str().to_owned(),
    }
}

/// Starts a program from the path, or one that is installed beside lazyast.
fn start(name: &OsStr, start: impl Fn(&OsStr) -> io::Result<ExitStatus>) -> Result<ExitStatus, CommandError> {
    let mut started = start(name);
    let is_name = Path::new(name).components().count() == 1;
    if is_name && started.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        let beside = std::env::current_exe().ok().map(|program| program.with_file_name(name));
        if let Some(beside) = beside.filter(|program| program.is_file()) {
            started = start(beside.as_os_str());
        }
    }
    started.map_err(|error| {
        let message = format!("cannot run {}: {error}", Path::new(name).display());
        // As `env` reports them.
        let code = if error.kind() == io::ErrorKind::NotFound { 127 } else { 126 };
        let reported = CommandError::Reported { message, hint: None, code };
        match Path::new(name).extension() {
            Some(extension) if extension == "py" => {
                reported.hint("to run a Python file, name its interpreter: lazyast run python FILE")
            }
            _ => reported,
        }
    })
}

/// Runs a command in place of this process.
#[cfg(unix)]
fn execute(mut command: Command) -> io::Result<ExitStatus> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn execute(mut command: Command) -> io::Result<ExitStatus> {
    command.status()
}

/// Ends as the command has ended, by the same signal if it was one.
fn exit_like(status: ExitStatus) -> Result<(), CommandError> {
    wait::end_by_signal_of(status);
    CommandError::of_exit_code(status.code().map_or(1, |code| code as u8))
}
