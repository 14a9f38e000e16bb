//! [`verify`]: every rule of FORMAT.md, in linear time and without recursion.
//!
//! The order of the rules is an order of trust. [`Tree::open`] checks V01 to V07 in a few dozen nanoseconds; without
//! them nothing can be read. The checksum (V08) is next: bytes that a writer did not write are not worth a closer look,
//! and a violation in spite of a correct checksum is a bug of the writer. Then come the header (V09), the tables that
//! nodes refer to (V10 to V16), the nodes in one walk that decodes each once (V17 to V28), and the tables that refer to
//! nodes (V29 to V32).
//!
//! Memory is proportional to the archive: a stack of open nodes, the bounds of names and strings, and sets of both.

use super::findings::{Findings, LimitReached, VerifyError};
use super::rule::Rule;
use super::{node_lists, nodes, tables};
use crate::layout::{self, Header};
use crate::read::Tree;
use crate::schema::OLDEST_PYTHON;

/// Checks every rule. The first violation is the error.
///
/// The bytes must start at an address that is a multiple of eight.
pub fn verify(bytes: &[u8]) -> Result<(), VerifyError> {
    match violations(bytes, 1).pop() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// The first violations, at most `limit`, in the order in which [`verify`] checks the rules.
///
/// An archive that violates one of V01 to V07 cannot be read, so that no later rule is checked. From V08 on all rules
/// are checked, whatever else is violated.
pub fn violations(bytes: &[u8], limit: usize) -> Vec<VerifyError> {
    let mut findings = Findings::new(limit);
    // The violations are in `findings`, whether the limit is reached or not.
    let _ = check(bytes, &mut findings);
    findings.into_violations()
}

fn check(bytes: &[u8], findings: &mut Findings) -> Result<(), LimitReached> {
    let tree = match Tree::open(bytes, None) {
        Ok(tree) => tree,
        Err(error) => return findings.report_open_error(error),
    };
    check_header(bytes, tree.header(), findings)?;
    check_padding(bytes, &tree, findings)?;
    let tables = tables::check(&tree, findings)?;
    node_lists::check(&tree, findings)?;
    nodes::check(&tree, &tables, findings)
}

/// V08 and V09: the checksum, and the header's reserved bytes and flags.
fn check_header(bytes: &[u8], header: &Header, findings: &mut Findings) -> Result<(), LimitReached> {
    let checksum = layout::checksum(bytes);
    if checksum != header.checksum {
        let expected = format_args!("{checksum:#018x}");
        findings.report(Rule::Checksum, "header", 48, expected, format_args!("{:#018x}", header.checksum))?;
    }
    let canonical = header.to_bytes();
    for (at, (found, expected)) in bytes.iter().zip(&canonical).enumerate() {
        if found != expected {
            findings.report(Rule::Header, "header", at, expected, found)?;
        }
    }
    if header.facts.minimum_python < OLDEST_PYTHON {
        let expected = format_args!("at least {}", OLDEST_PYTHON);
        findings.report(Rule::Header, "header", 12, expected, header.facts.minimum_python)?;
    }
    Ok(())
}

/// V09: padding between vectors is zero.
fn check_padding(bytes: &[u8], tree: &Tree<'_>, findings: &mut Findings) -> Result<(), LimitReached> {
    for gap in layout::padding(bytes, tree.header().revision.root_len) {
        let at = gap.start;
        if let Some(distance) = bytes[gap].iter().position(|byte| *byte != 0) {
            findings.report(Rule::Header, "padding", at + distance, 0, bytes[at + distance])?;
        }
    }
    Ok(())
}
