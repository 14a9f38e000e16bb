//! `--fix` and `--diff`: what the fixes of rules change in one file.

use std::collections::BTreeSet;

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
        file: &CandidateFile<'_>,
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
            && let Err(error) = self.try_fix(checker, file, source, rules, &mut checked)
        {
            checked.unfixed.push(format!("{}: not fixed: {error}", file.printed.display()));
        }
        checked
    }

    fn try_fix(
        &self,
        checker: &FileChecker<'_>,
        file: &CandidateFile<'_>,
        source: &[u8],
        rules: BTreeSet<usize>,
        checked: &mut CheckedFile,
    ) -> Result<(), String> {
        let CandidateFile { path, printed, tree, .. } = *file;
        if FileType::of_path(path) == Some(FileType::Notebook) {
            return Err(ReplaceError::Notebook.to_string());
        }
        if lazyast::store::source_key(source) != tree.header().source_hash {
            return Err("changed while it was checked".to_owned());
        }
        let fixed =
            self.fixes.fix(checker.rules, rules, source, tree).map_err(|failure| failure.to_string())?;
        let unfixed = fixed.failed.iter().map(|(rule, failure)| {
            format!("{}: rule {}: not fixed: {failure}", printed.display(), checker.rules.rules()[*rule].id())
        });
        let unfixed: Vec<String> = unfixed.collect();
        if !self.writes {
            print_diff(printed, source, &fixed.source, &mut checked.diff)
                .map_err(|error| error.to_string())?;
        } else if let Some(module) = &fixed.module {
            lazyast::replace_source(path, source, &fixed.source).map_err(|error| error.to_string())?;
            match lazyast::text(&fixed.source) {
                Ok(text) => *checked = checker.check_tree(path, printed, module.tree(), &text),
                Err(error) => checked.errors.push(format!("{}: fixed, but: {error}", printed.display())),
            }
        }
        checked.fixed = fixed.fixed;
        checked.unfixed.extend(unfixed);
        Ok(())
    }
}
