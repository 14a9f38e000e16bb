//! One file per subcommand.

use std::io::{self, Write};

use lazyast::{Failure, PackReport};

/// Failures and problems that are listed without being asked for.
const LISTED: usize = 10;

/// Lists sources without a tree.
fn print_failures(failures: &[Failure], all: bool) -> io::Result<()> {
    let mut errors = io::stderr().lock();
    let listed = if all { failures.len() } else { LISTED };
    for failure in failures.iter().take(listed) {
        writeln!(errors, "{}: {}", failure.path.display(), failure.reason)?;
    }
    if failures.len() > listed {
        writeln!(errors, "... and {} more (--verbose lists all)", failures.len() - listed)?;
    }
    Ok(())
}

/// Lists what is wrong with a pack.
fn print_problems(checked: &PackReport) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let name = checked.path.display();
    let listed = &checked.problems[..checked.problems.len().min(LISTED)];
    for problem in listed {
        writeln!(out, "{name}: {problem}")?;
    }
    if checked.problem_count > listed.len() {
        writeln!(out, "{name}: ... and {} more", checked.problem_count - listed.len())?;
    }
    Ok(())
}

pub(crate) mod clean;
pub(crate) mod demo;
pub(crate) mod dir;
pub(crate) mod dump;
pub(crate) mod find;
pub(crate) mod gc;
pub(crate) mod pack;
pub(crate) mod select;
pub(crate) mod stats;
pub(crate) mod verify;
pub(crate) mod warm;
