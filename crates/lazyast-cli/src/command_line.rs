//! Parsing a command line, running its subcommand and reporting its error.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

use clap::{CommandFactory, Parser, Subcommand};

use crate::commands::check::CheckCommand;
use crate::commands::clean::CleanCommand;
use crate::commands::completions::CompletionsCommand;
use crate::commands::demo::DemoCommand;
use crate::commands::dir::DirCommand;
use crate::commands::dump::DumpCommand;
use crate::commands::export::ExportCommand;
use crate::commands::find::FindCommand;
use crate::commands::gc::GcCommand;
use crate::commands::lsp::LspCommand;
use crate::commands::man::ManCommand;
use crate::commands::pack::PackCommand;
use crate::commands::run::RunCommand;
use crate::commands::select::SelectCommand;
use crate::commands::sql::SqlCommand;
use crate::commands::stats::StatsCommand;
use crate::commands::verify::VerifyCommand;
use crate::commands::warm::WarmCommand;
use crate::error::CommandError;

/// Exit codes of the commands that do not search.
const EXIT_CODES: &str =
    "Exit codes: 0 success, 1 error, 2 invalid command line. find, select and check have their own.";

/// Cache and search the syntax trees of Python sources
#[derive(Debug, Parser)]
#[command(name = "lazyast", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    command: LazyastCommand,
}

#[derive(Debug, Subcommand)]
enum LazyastCommand {
    /// Parse all Python sources under the paths and store their trees in the cache
    Warm(WarmCommand),
    /// Search for code with patterns: Python code with metavariables
    ///
    /// `$X` matches one node or name, `$$$` any number of them: lazyast find 'open($PATH, $$$)' src/
    Find(FindCommand),
    /// Search for nodes with selectors, such as 'ClassDef > FunctionDef[name=/^test_/]'
    Select(SelectCommand),
    /// Check rules: those that come with lazyast, and those of rule files
    Check(CheckCommand),
    /// Show what rules find in editors: a language server, which editors start
    Lsp(LspCommand),
    /// Write a table of the sources, such as all calls, to an Arrow file
    Export(ExportCommand),
    /// Run a SQL statement over the tables of the sources, with DuckDB
    Sql(SqlCommand),
    /// Print the tree of a source exactly as `ast.dump` of a Python version prints it
    Dump(DumpCommand),
    /// Run a command whose Python processes take their trees from lazyast
    ///
    /// For example: lazyast run flake8 src/. Exit code, signals, input and output are the command's own.
    /// LAZYAST_DISABLE=1 switches lazyast off.
    Run(RunCommand),
    /// Print what the cache contains and how often sources were found in it
    Stats(StatsCommand),
    /// Check every byte of the cache, or of pack files
    Verify(VerifyCommand),
    /// Exchange trees with other machines through pack files
    Pack(PackCommand),
    /// Delete trees that were not used for long, and temporary files of killed processes
    Gc(GcCommand),
    /// Delete the cache
    Clean(CleanCommand),
    /// Print the cache directory
    Dir(DirCommand),
    /// Print a script that completes commands and options in a shell
    ///
    /// For example: lazyast completions bash > ~/.local/share/bash-completion/completions/lazyast
    Completions(CompletionsCommand),
    /// Print a page of the manual
    ///
    /// For example: lazyast man find | man -l -
    Man(ManCommand),
    /// Compare `lazyast` with `ast.parse` on Python's standard library
    Demo(DemoCommand),
}

/// Runs a command line, which begins with the program's name, and returns the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let command_line = match CommandLine::try_parse_from(arguments) {
        Ok(command_line) => command_line,
        Err(error) => {
            // If the pipe is closed, nobody reads a message about it either.
            let _ = print_usage_error(&error);
            return error.exit_code().try_into().unwrap_or(2);
        }
    };
    let result = match command_line.command {
        LazyastCommand::Warm(command) => command.run(),
        LazyastCommand::Find(command) => command.run(),
        LazyastCommand::Select(command) => command.run(),
        LazyastCommand::Check(command) => command.run(),
        LazyastCommand::Lsp(command) => command.run(),
        LazyastCommand::Export(command) => command.run(),
        LazyastCommand::Sql(command) => command.run(),
        LazyastCommand::Dump(command) => command.run(),
        LazyastCommand::Run(command) => command.run(),
        LazyastCommand::Stats(command) => command.run(),
        LazyastCommand::Verify(command) => command.run(),
        LazyastCommand::Pack(command) => command.run(),
        LazyastCommand::Gc(command) => command.run(),
        LazyastCommand::Clean(command) => command.run(),
        LazyastCommand::Dir(command) => command.run(),
        LazyastCommand::Completions(command) => command.run(CommandLine::command()),
        LazyastCommand::Man(command) => command.run(CommandLine::command()),
        LazyastCommand::Demo(command) => command.run(),
    };
    match result {
        Ok(()) | Err(CommandError::ClosedPipe) => 0,
        Err(CommandError::NoHits) => 1,
        Err(CommandError::Exited { code }) => code,
        Err(CommandError::Reported { message, hint, code }) => {
            let hint = hint.map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
            // If standard error is closed, the exit code alone reports the error.
            let _ = writeln!(io::stderr(), "lazyast: error: {message}{hint}");
            code
        }
    }
}

/// Prints what clap says. Its errors begin as all errors of this program do.
fn print_usage_error(error: &clap::Error) -> io::Result<()> {
    if !error.use_stderr() {
        return error.print();
    }
    let text = error.render();
    let text = if io::stderr().is_terminal() { text.ansi().to_string() } else { text.to_string() };
    let is_error = text.contains("error:");
    write!(io::stderr(), "{}{text}", if is_error { "lazyast: " } else { "" })
}
