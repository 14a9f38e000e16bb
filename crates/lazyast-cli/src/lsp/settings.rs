//! [`DirectorySettings`]: what is checked in the documents below one directory, and how.

use std::fs;
use std::path::{Path, PathBuf};

use lazyast::rules::{Baseline, RuleSet};
use lazyast::store::{Configuration, FileFingerprint};
use lazyast::{FileSelection, OwnedTree, RuleFixes};

use super::arguments::LspArguments;
use super::positions::{PositionUnit, TextPositions};
use crate::check::{CheckedFile, CompiledRules, FileChecker, ReportedFinding};
use crate::python_version::newer_syntax;

/// What is checked in the documents below one directory, as `lazyast check` would do it there.
pub(super) struct DirectorySettings {
    root: PathBuf,
    pub(super) rules: RuleSet,
    pub(super) fixes: RuleFixes,
    /// What is wrong with rules and configuration, and hints for rules.
    pub(super) problems: Vec<SettingsProblem>,
    selection: FileSelection,
    newest_syntax: Option<u8>,
    unused_ignores: bool,
    baseline: Baseline,
    /// The directory that paths in the baseline are relative to.
    baseline_directory: PathBuf,
    /// The files that the settings come from, as they were.
    files: Vec<(PathBuf, Option<FileFingerprint>)>,
}

/// Something to tell about settings.
pub(super) struct SettingsProblem {
    /// Whether something does not work as it is written.
    pub(super) is_error: bool,
    pub(super) message: String,
}

/// A text that was checked.
pub(super) struct CheckedText {
    /// The text as the bytes of a file.
    pub(super) source: Vec<u8>,
    pub(super) module: OwnedTree,
    /// Whether a byte order mark comes before the text of the tree.
    pub(super) has_byte_order_mark: bool,
    pub(super) findings: Vec<ReportedFinding>,
    /// Why some rules did not check all of it.
    pub(super) errors: Vec<String>,
}

impl CheckedText {
    /// Positions in the text, which the caller has decoded.
    pub(super) fn positions<'t>(&'t self, text: &'t str, unit: PositionUnit) -> TextPositions<'t> {
        TextPositions { unit, tree: self.module.tree(), text, has_byte_order_mark: self.has_byte_order_mark }
    }
}

impl DirectorySettings {
    /// Reads the settings for a directory.
    pub(super) fn load(root: &Path, arguments: &LspArguments) -> Self {
        let compiled = arguments.rules.compile(root);
        let hints = compiled.hints();
        let CompiledRules { rules, errors, mut files } = compiled;
        files.extend(root.ancestors().map(|directory| directory.join("pyproject.toml")));
        let baseline_file = arguments.baseline.as_ref().map(|path| root.join(path));
        files.extend(baseline_file.clone());
        files.sort();
        files.dedup();
        let files = files.into_iter().map(|path| (path.clone(), FileFingerprint::at(&path))).collect();
        let (fixes, fix_errors) = RuleFixes::compile(&rules);
        let mut problems: Vec<SettingsProblem> = Vec::new();
        let mut add = |is_error: bool, message: String| problems.push(SettingsProblem { is_error, message });
        errors.into_iter().chain(fix_errors).for_each(|error| add(true, error.to_string()));
        hints.into_iter().for_each(|hint| add(false, hint));
        let configuration = Configuration::read(root);
        configuration.problems.iter().for_each(|problem| add(true, problem.clone()));
        let selection = FileSelection::new().with_configuration(&configuration).unwrap_or_else(|error| {
            add(true, error.to_string());
            FileSelection::new()
        });
        let baseline = baseline_file.as_ref().map_or(Ok(Baseline::default()), |path| {
            let text = fs::read_to_string(path).map_err(|error| error.to_string());
            text.and_then(|text| Baseline::read(&text))
                .map_err(|error| format!("{}: {error}", path.display()))
        });
        let baseline = baseline.unwrap_or_else(|error| {
            add(true, error);
            Baseline::default()
        });
        let baseline_directory = baseline_file.as_ref().and_then(|path| path.parent()).unwrap_or(root);
        Self {
            root: root.to_owned(),
            newest_syntax: arguments.syntax.newest_syntax_in(&configuration),
            unused_ignores: arguments.unused_ignores,
            baseline_directory: baseline_directory.to_owned(),
            rules,
            fixes,
            problems,
            selection,
            baseline,
            files,
        }
    }

    /// Whether the files that the settings come from are as they were.
    pub(super) fn is_current(&self) -> bool {
        self.files.iter().all(|(path, fingerprint)| FileFingerprint::at(path) == *fingerprint)
    }

    /// Whether `lazyast check` would check a file of the directory. One that does not exist yet counts by its name.
    pub(super) fn selects(&self, path: &Path) -> bool {
        self.selection.finds(&self.root, path) || !path.exists() && self.selection.selects(path)
    }

    /// Checks a text that the file with a path has, or will have.
    pub(super) fn check(&self, path: &Path, text: &str) -> Result<CheckedText, String> {
        let has_byte_order_mark = text.starts_with('\u{feff}');
        let source = lazyast::source_of_text(text).map_err(|reason| reason.to_string())?.into_owned();
        let module = lazyast::parse(&source).map_err(|reason| reason.to_string())?;
        if let Some(reason) = newer_syntax(module.tree(), self.newest_syntax) {
            return Err(reason);
        }
        let text = lazyast::text(&source).map_err(|reason| reason.to_string())?;
        let checker = FileChecker {
            rules: &self.rules,
            unused_ignores: self.unused_ignores,
            base: self.baseline_directory.clone(),
        };
        let CheckedFile { mut findings, errors, .. } = checker.check_tree(path, path, module.tree(), &text);
        if !self.baseline.is_empty() {
            let mut baseline = self.baseline.clone();
            findings.retain(|finding| !baseline.take(&finding.key));
        }
        Ok(CheckedText { source, module, has_byte_order_mark, findings, errors })
    }
}
