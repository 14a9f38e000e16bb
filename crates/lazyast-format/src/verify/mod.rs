//! Full validation: every rule of FORMAT.md, in linear time and without recursion.
//!
//! What [`Tree::open`] proves in a few dozen nanoseconds (V01 to V07) comes first: nothing can be read
//! before. Then the checksum (V08): bytes that are not what a writer wrote are not worth a closer look,
//! and a rule that is broken *behind* a right checksum is a writer's mistake. Then the header (V09), the
//! tables by themselves (V10 to V16), which nodes refer to, the nodes in one walk that decodes each once
//! (V17 to V28), and the tables that refer to nodes (V29 to V32).
//!
//! Memory is proportional to the archive: a stack of open nodes, the starts of names and strings, and
//! sets of both.

mod codes;
mod legal;
mod lists;
mod nodes;
mod payloads;
mod rule;
mod tables;

use core::fmt;

pub use rule::Rule;

use crate::header::{HEADER_LEN, Header, HeaderError};
use crate::read::{OpenError, Tree};
use crate::shape;

/// The first rule that an archive breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// The rule.
    pub rule: Rule,
    /// The column, or the part of the archive, that shows it.
    pub what: &'static str,
    /// The row, number or offset in it.
    pub at: u64,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub found: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, what, at, expected, found } = self;
        write!(f, "{rule}: {what} at {at}: expected {expected}, found {found}")
    }
}

impl std::error::Error for VerifyError {}

/// Checks every rule; the first that is broken is the error.
///
/// The bytes must start at an address that is a multiple of eight.
pub fn verify(bytes: &[u8]) -> Result<(), VerifyError> {
    match violations(bytes, 1).pop() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// The first violations of rules, at most `limit`, in the order of [`verify`]. Without V01 to V07 nothing
/// behind them can be looked at; later rules are checked whatever else is broken.
pub fn violations(bytes: &[u8], limit: usize) -> Vec<VerifyError> {
    let mut findings = Findings { limit, found: Vec::new() };
    // Being full is the one error of `check`; what was found is in `findings`.
    let _full = check(bytes, &mut findings);
    findings.found
}

fn check(bytes: &[u8], findings: &mut Findings) -> Result<(), Full> {
    let tree = match Tree::open(bytes, None) {
        Ok(tree) => tree,
        Err(error) => return findings.open_error(error),
    };
    check_whole(bytes, tree.header(), findings)?;
    let tables = tables::check(&tree, findings)?;
    lists::check(&tree, findings)?;
    nodes::check(&tree, &tables, findings)
}

/// V08 and V09.
fn check_whole(bytes: &[u8], header: &Header, findings: &mut Findings) -> Result<(), Full> {
    let checksum = header.checksum_of(&bytes[HEADER_LEN..]);
    if checksum != header.checksum {
        let expected = format_args!("{checksum:#018x}");
        findings.report(Rule::Checksum, "header", 48, expected, format_args!("{:#018x}", header.checksum))?;
    }
    let known = header.to_bytes();
    for (at, (found, expected)) in bytes.iter().zip(&known).enumerate() {
        if found != expected {
            findings.report(Rule::Header, "header", at, expected, found)?;
        }
    }
    if header.facts.minimum_python < shape::OLDEST_PYTHON {
        let expected = format_args!("at least {}", shape::OLDEST_PYTHON);
        findings.report(Rule::Header, "header", 12, expected, header.facts.minimum_python)?;
    }
    Ok(())
}

/// As many violations as were asked for have been found.
struct Full;

/// What was found so far.
struct Findings {
    limit: usize,
    found: Vec<VerifyError>,
}

impl Findings {
    fn report(
        &mut self,
        rule: Rule,
        what: &'static str,
        at: impl TryInto<u64>,
        expected: impl fmt::Display,
        found: impl fmt::Display,
    ) -> Result<(), Full> {
        if self.found.len() < self.limit {
            let at = at.try_into().unwrap_or(u64::MAX);
            let (expected, found) = (expected.to_string(), found.to_string());
            self.found.push(VerifyError { rule, what, at, expected, found });
        }
        if self.found.len() < self.limit { Ok(()) } else { Err(Full) }
    }

    /// V01 to V07.
    fn open_error(&mut self, error: OpenError) -> Result<(), Full> {
        match error {
            OpenError::Header(HeaderError::Magic) => {
                self.report(Rule::Magic, "header", 0, "the bytes `LAZYAST` and 0x1a", "others")
            }
            OpenError::Header(HeaderError::Version { found, expected }) => {
                self.report(Rule::Version, "header", 8, expected, found)
            }
            OpenError::Header(HeaderError::Schema { found, expected }) => self.report(
                Rule::Schema,
                "header",
                16,
                format_args!("{expected:#018x}"),
                format_args!("{found:#018x}"),
            ),
            // The parser's version is for the caller of `open` to demand; no rule says which it is.
            OpenError::Header(HeaderError::Parser { found, expected }) => {
                self.report(Rule::Header, "header", 24, expected, found)
            }
            OpenError::Header(HeaderError::Length { found, expected }) => self.report(
                Rule::Length,
                "archive",
                36,
                format_args!("{expected} bytes"),
                format_args!("{found} bytes"),
            ),
            OpenError::Layout(error) => {
                self.report(Rule::Layout, "root", 0, "vectors inside the body, in order and aligned", error)
            }
            OpenError::Lengths { column, found, expected } => self.report(
                Rule::Rows,
                column,
                0,
                format_args!("{expected} rows"),
                format_args!("{found} rows"),
            ),
            OpenError::Root { found } => {
                let found = found.map_or_else(|| "no node".to_owned(), |code| code.to_string());
                self.report(Rule::Root, "kinds", 0, "0 (Module)", found)
            }
        }
    }
}
