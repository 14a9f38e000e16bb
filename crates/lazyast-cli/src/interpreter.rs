//! Running what needs a Python interpreter: a module of the Python package lazyast, in an interpreter that has it.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};

use crate::error::CommandError;

/// The variable that names the interpreter. `python -m lazyast` sets it to its own.
const VARIABLE: &str = "LAZYAST_PYTHON";

/// The exit code that says that the interpreter has no lazyast, or is too old for it.
const NOT_INSTALLED: i32 = 213;

/// Runs the function `main` of a module with arguments. The module's name is the first argument.
///
/// Nothing is imported from the current directory, which need not be trusted.
const PROGRAM: &str = "\
import sys
if sys.version_info < (3, 11): sys.exit(213)
if not getattr(sys.flags, 'safe_path', False): sys.path[:1] = []
import importlib, importlib.util
if importlib.util.find_spec('lazyast') is None: sys.exit(213)
module = importlib.import_module(sys.argv.pop(1))
sys.exit(module.main(sys.argv[1:]))
";

/// Runs `main(arguments)` of a module of the Python package, and ends with its exit code.
///
/// It runs in the interpreter that the caller names. Otherwise those of [`candidates`] are tried in turn, until one has
/// the package.
pub(crate) fn run_main(
    python: Option<&OsStr>,
    module: &str,
    arguments: &[OsString],
) -> Result<(), CommandError> {
    let candidates = python.map_or_else(candidates, |python| vec![python.into()]);
    for python in &candidates {
        let status = Command::new(python).args(["-c", PROGRAM, module]).args(arguments).status();
        match status {
            Ok(status) if status.code() == Some(NOT_INSTALLED) => {}
            Ok(status) => return CommandError::of_exit_code(exit_code(status)),
            // Names that are not on the path, and links to interpreters that were removed.
            Err(_) => {}
        }
    }
    Err(not_installed(&candidates))
}

/// Runs `main(arguments)` of a module of the Python package, with what `write` writes on its standard input.
///
/// The function prints a line once it is ready to read; otherwise its exit code is the result.
pub(crate) fn write_to_main<T>(
    module: &str,
    arguments: &[OsString],
    write: impl FnOnce(ChildStdin) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let candidates = candidates();
    for python in &candidates {
        let mut command = Command::new(python);
        command.args(["-c", PROGRAM, module]).args(arguments);
        let Ok(mut child) = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else { continue };
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let Some(input) = child.stdin.take().filter(|_| !line.is_empty()) else {
            let status = child.wait()?;
            if status.code() == Some(NOT_INSTALLED) {
                continue;
            }
            CommandError::of_exit_code(exit_code(status))?;
            return Err(CommandError::new(format!("{module} has read nothing")));
        };
        let written = write(input);
        // The function has reported its own errors, which are why its input could not be written.
        CommandError::of_exit_code(exit_code(child.wait()?))?;
        return written;
    }
    Err(not_installed(&candidates))
}

fn not_installed(tried: &[PathBuf]) -> CommandError {
    let tried: Vec<String> = tried.iter().map(|path| path.display().to_string()).collect();
    CommandError::new(format!("no interpreter has the Python package lazyast; tried {}", tried.join(", ")))
        .hint(format!("install it with pip, or name the interpreter that has it in {VARIABLE}"))
}

/// The interpreters to try, the best first.
///
/// These are the one in `LAZYAST_PYTHON` alone, or: that of the environment that this program is installed in, that of
/// the active environment, and `python3` and `python` on the path.
fn candidates() -> Vec<PathBuf> {
    if let Some(python) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        return vec![python.into()];
    }
    let own = std::env::current_exe().ok();
    let own = own.as_deref().and_then(Path::parent).into_iter().flat_map(interpreters_beside);
    let active = std::env::var_os("VIRTUAL_ENV").filter(|value| !value.is_empty());
    let active = active
        .into_iter()
        .map(|path| Path::new(&path).join(SCRIPTS))
        .flat_map(|directory| interpreters_in(&directory));
    let mut found: Vec<PathBuf> = own.chain(active).filter(|path| path.exists()).collect();
    found.extend(["python3", "python"].map(PathBuf::from));
    let mut unique = Vec::new();
    for path in found {
        if !unique.contains(&path) {
            unique.push(path);
        }
    }
    unique
}

/// The interpreter for `lazyast run -m`: that in `LAZYAST_PYTHON`, of the active environment, of the environment that
/// this program is installed in, or of the path.
pub(crate) fn for_modules() -> PathBuf {
    let active = std::env::var_os("VIRTUAL_ENV").filter(|value| !value.is_empty());
    let active = active.into_iter().flat_map(|path| interpreters_in(&Path::new(&path).join(SCRIPTS)));
    let found = match std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        Some(python) => Some(python.into()),
        None => active.chain(candidates()).find(|path| path.exists()),
    };
    found.unwrap_or_else(|| PathBuf::from(if cfg!(windows) { "python" } else { "python3" }))
}

/// Prints the directory of the package.
const FIND_PACKAGE: &str = "\
import sys
if not getattr(sys.flags, 'safe_path', False): sys.path[:1] = []
import importlib.util
spec = importlib.util.find_spec('lazyast')
sys.stdout.write(spec.submodule_search_locations[0] if spec else '')
";

/// The directory of the Python package in the first interpreter that has it.
pub(crate) fn find_package() -> Option<PathBuf> {
    first_answer(FIND_PACKAGE).map(PathBuf::from)
}

/// Prints an interpreter that has the package: its implementation, version and path, and whether it is served.
const DESCRIBE: &str = "\
import sys
if not getattr(sys.flags, 'safe_path', False): sys.path[:1] = []
import importlib.util
if importlib.util.find_spec('lazyast') is None: sys.exit()
try:
    from lazyast import _native
    served = _native.is_served()
except ImportError:
    served = False
import platform
version = '.'.join(map(str, sys.version_info[:3]))
print(platform.python_implementation(), version, sys.executable, int(served), sep='\\n')
";

/// An interpreter that has the Python package.
pub(crate) struct PackageInterpreter {
    pub(crate) implementation: String,
    pub(crate) version: String,
    pub(crate) executable: String,
    /// Whether lazyast makes its nodes. Otherwise its own parser does everything.
    pub(crate) is_served: bool,
}

/// The first interpreter that has the package.
pub(crate) fn find_interpreter() -> Option<PackageInterpreter> {
    let answer = first_answer(DESCRIBE)?;
    let mut lines = answer.lines().map(str::to_owned);
    Some(PackageInterpreter {
        implementation: lines.next()?,
        version: lines.next()?,
        executable: lines.next()?,
        is_served: lines.next()? == "1",
    })
}

/// What the first interpreter prints that prints anything for a program.
fn first_answer(program: &str) -> Option<String> {
    candidates().into_iter().find_map(|python| {
        let output = Command::new(python).args(["-c", program]).stderr(Stdio::null()).output().ok()?;
        String::from_utf8(output.stdout).ok().filter(|answer| !answer.is_empty())
    })
}

/// The directory of programs in an environment.
const SCRIPTS: &str = if cfg!(windows) { "Scripts" } else { "bin" };

fn interpreters_in(directory: &Path) -> Vec<PathBuf> {
    let names = if cfg!(windows) { ["python.exe", "python3.exe"] } else { ["python3", "python"] };
    names.iter().map(|name| directory.join(name)).collect()
}

/// The interpreters of an environment whose programs are in a directory. Outside of virtual environments, Windows has
/// interpreters in the directory above.
fn interpreters_beside(directory: &Path) -> Vec<PathBuf> {
    let above = directory.parent().filter(|_| cfg!(windows)).map(interpreters_in);
    interpreters_in(directory).into_iter().chain(above.into_iter().flatten()).collect()
}

#[cfg(unix)]
fn exit_code(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt;
    // As shells report signals.
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    u8::try_from(code).unwrap_or(1)
}

#[cfg(not(unix))]
fn exit_code(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
