//! The rules that the command line and configuration files choose.

use std::path::{Path, PathBuf};

use lazyast::RuleChoice;
use lazyast::rules::{RuleError, RuleSelection, RuleSet};

use super::arguments::ChosenRules;

/// The selected rules of the command line and of configuration files, and what is wrong with these.
pub(crate) struct CompiledRules {
    pub(crate) rules: RuleSet,
    pub(crate) errors: Vec<RuleError>,
    /// As [`files`](lazyast::LoadedRules::files) of what was read.
    pub(crate) files: Vec<PathBuf>,
}

impl CompiledRules {
    /// Hints for rules that are valid and perhaps not what was meant.
    pub(crate) fn hints(&self) -> Vec<String> {
        let of_rules = self.rules.rules().iter().flat_map(|rule| {
            let hints = rule.query().hints().into_iter();
            hints.map(|hint| format!("rule {}: {hint}", rule.id()))
        });
        of_rules.collect()
    }
}

impl ChosenRules {
    /// Reads and compiles the rules for a directory, whose path is absolute. Rules that are wrong are left out, and the errors
    /// say why.
    pub(crate) fn compile(&self, here: &Path) -> CompiledRules {
        let Self { rules: files, select, extend_select, ignore } = self;
        let selection = RuleSelection {
            select: (!select.is_empty()).then(|| select.clone()),
            extend_select: extend_select.clone(),
            ignore: ignore.clone(),
        };
        let choice = RuleChoice { files: files.clone(), reads_configuration: true, selection };
        let loaded = choice.load(here);
        let (rules, errors) = loaded.compile();
        CompiledRules { rules, errors, files: loaded.files }
    }
}
