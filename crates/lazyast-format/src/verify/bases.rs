//! V12: base columns.

use super::findings::{Findings, LimitReached};
use super::rule::Rule;
use crate::encoding::BLOCK;
use crate::layout::{LittleEndian as _, U32};

/// V12: compares what decoding from the front gives before a row with the base of the block that begins there.
pub(super) fn check_base(
    what: &'static str,
    bases: &[U32],
    row: usize,
    expected: usize,
    findings: &mut Findings,
) -> Result<(), LimitReached> {
    if !row.is_multiple_of(BLOCK) || row == 0 {
        return Ok(());
    }
    let base = bases[row / BLOCK - 1].to_native();
    if base as usize == expected {
        return Ok(());
    }
    findings.report(Rule::Bases, what, row, expected, base)
}
