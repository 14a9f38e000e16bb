//! `--fix` and `--diff`: what the fixes of rules change in one file.

use std::collections::BTreeSet;
use std::path::{Path, absolute};

use lazyast::{FileType, ReplaceError, RuleFixes};

use super::file::{CandidateFile, CheckedFile, FileChecker};
use crate::diff::print_diff;

/// What to do with the findings of rules that have a fix.
pub(super) struct Fixer {
    pub(super) fixes: RuleFixes,
    /// Whether files are written. If not, the changes are printed.
    pub(super) writes: bool,
}

impl Fixer {
    /// Fixes the findings of a file whose source was checked. A file that is written is checked again.
    pub(super) fn fix(
        &self,
        checker: &FileChecker<'_>,
        path: &Path,
        printed: &Path,
        source: &[u8],
        mut checked: CheckedFile,
    ) -> CheckedFile {
        let rules: BTreeSet<usize> = checked
            .findings
            .iter()
            .filter_map(|finding| finding.rule)
            .filter(|rule| self.fixes.has_fix(*rule))
            .collect();
        if !rules.is_empty()
            && let Err(error) = self.try_fix(checker, path, printed, source, rules, &mut checked)
        {
            checked.unfixed.push(format!("{}: not fixed: {error}", printed.display()));
        }
        checked
    }

    fn try_fix(
        &self,
        checker: &FileChecker<'_>,
        path: &Path,
        printed: &Path,
        source: &[u8],
        rules: BTreeSet<usize>,
        checked: &mut CheckedFile,
    ) -> Result<(), String> {
        if FileType::of_path(path) == Some(FileType::Notebook) {
            return Err(ReplaceError::Notebook.to_string());
        }
        let fixed = self.fixes.fix(checker.rules, rules, source).map_err(|failure| failure.to_string())?;
        let unfixed = fixed.failed.iter().map(|(rule, failure)| {
            format!("{}: rule {}: not fixed: {failure}", printed.display(), checker.rules.rules()[*rule].id())
        });
        let unfixed: Vec<String> = unfixed.collect();
        if !self.writes {
            print_diff(printed, source, &fixed.source, &mut checked.diff)
                .map_err(|error| error.to_string())?;
        } else if fixed.source != source {
            lazyast::replace_source(path, source, &fixed.source).map_err(|error| error.to_string())?;
            match check_again(checker, path, printed, &fixed.source) {
                Ok(again) => *checked = again,
                Err(error) => checked.errors.push(format!("{}: fixed, but: {error}", printed.display())),
            }
        }
        checked.fixed = fixed.fixed;
        checked.unfixed.extend(unfixed);
        Ok(())
    }
}

/// Checks the new source of a file.
fn check_again(
    checker: &FileChecker<'_>,
    path: &Path,
    printed: &Path,
    source: &[u8],
) -> Result<CheckedFile, String> {
    let module = lazyast::parse(source).map_err(|unsupported| unsupported.to_string())?;
    let text = lazyast::text(source).map_err(|unsupported| unsupported.to_string())?;
    let full = absolute(path).unwrap_or_default();
    let rules = checker.rules.rules();
    let active = (0..rules.len()).filter(|index| rules[*index].is_for(&full));
    let candidates = checker.rules.candidates(module.tree(), active);
    let file = CandidateFile { path, printed, tree: module.tree(), candidates: &candidates };
    Ok(checker.check(&file, &text))
}
