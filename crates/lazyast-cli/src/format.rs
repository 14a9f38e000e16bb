//! Numbers and lists as the commands print them, and sizes as users write them.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use indicatif::HumanCount;
use lazyast::SourceFailure;
use lazyast::store::PackReport;

use crate::error::CommandError;

/// How many failures or problems are listed without `--verbose`.
pub(crate) const LISTED: usize = 10;

/// A size with a binary unit: `2.00 KiB`.
pub(crate) fn human_bytes(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string()
}

/// A number with separators and its noun: `1 archive`, `1,200 archives`.
pub(crate) fn counted(number: usize, singular: &str, plural: &str) -> String {
    format!("{} {}", HumanCount(number as u64), if number == 1 { singular } else { plural })
}

/// Parses a size: a number of bytes, or a number with a binary unit such as `500M`.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let split = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
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

/// Lists the sources that have no tree on standard error: the first ones, or all of them.
pub(crate) fn print_failures(failures: &[SourceFailure], all: bool) -> io::Result<()> {
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

/// Checks that files can be opened: a missing file is not a damaged one.
pub(crate) fn check_readable<'f>(files: impl IntoIterator<Item = &'f PathBuf>) -> Result<(), CommandError> {
    for file in files {
        let opened = file.metadata().and_then(|metadata| match metadata.is_file() {
            true => File::open(file).map(drop),
            false => Err(io::Error::other("not a file")),
        });
        opened.map_err(|error| CommandError::new(format!("{}: {error}", file.display())))?;
    }
    Ok(())
}

/// Lists the first problems of a pack on standard output.
pub(crate) fn print_problems(checked: &PackReport) -> io::Result<()> {
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

/// The end of a command that met files that are intact, and that another version of lazyast wrote.
pub(crate) fn other_version(files: usize, verb: &str) -> CommandError {
    let files = counted(files, "file", "files");
    CommandError::new(format!("{files} of another version of lazyast cannot be {verb}"))
        .hint("nothing says that the files are damaged")
        .of_other_version()
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn sizes_have_binary_units() {
        for (text, expected) in [("0", 0), ("17", 17), ("2k", 2048), ("500M", 500 << 20), ("8GiB", 8 << 30)] {
            assert_eq!(parse_size(text), Ok(expected), "{text}");
        }
        for text in ["", "M", "-1", "1.5G", "1X", "99999999999T"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }
}
