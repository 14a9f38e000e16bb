//! [`RuleLibrary`]: the rules of files and those that come with lazyast, and which of them are checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lazyast_query::ParseFn;

use crate::built_in;
use crate::compile::compile;
use crate::error::RuleError;
use crate::other_tools;
use crate::read::{LocatedRule, RuleFile};
use crate::rule_set::RuleSet;

/// The categories whose rules are checked where nothing is selected.
pub const DEFAULT_CATEGORIES: [&str; 2] = ["bugs", "security"];

/// Rules that are not compiled yet.
#[derive(Clone, Debug, Default)]
pub struct RuleLibrary {
    built_in: Vec<LocatedRule>,
    own: Vec<LocatedRule>,
    /// What configuration files select.
    selection: RuleSelection,
    /// What is wrong with rules of files that were added.
    errors: Vec<RuleError>,
}

/// Which rules are checked. Names are those of rules and of categories, `default` and `all`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleSelection {
    /// The rules. Without any, these are the default set and all rules of files.
    pub select: Option<Vec<String>>,
    /// Rules that are checked as well.
    pub extend_select: Vec<String>,
    /// Rules that are not checked.
    pub ignore: Vec<String>,
}

impl RuleLibrary {
    /// The rules that come with lazyast.
    pub fn built_in() -> Result<Self, RuleError> {
        Ok(Self { built_in: built_in::rules()?, ..Self::default() })
    }

    /// Adds the rules of a file, and what it selects. Gives the paths of further files that it names.
    ///
    /// Files named `*.toml` are configuration files with a table `rules`; all others are YAML, of ours, of ast-grep or of
    /// semgrep. What is wrong with single rules is an error of [`select`](Self::select).
    pub fn add_file(&mut self, file: &RuleFile<'_>) -> Result<Vec<String>, RuleError> {
        if Path::new(file.name).extension().is_none_or(|extension| extension != "toml") {
            match other_tools::read(file)? {
                Some((rules, errors)) => {
                    self.own.extend(rules);
                    self.errors.extend(errors);
                }
                None => self.own.extend(file.yaml_rules()?),
            }
            return Ok(Vec::new());
        }
        let Some((table, rules)) = file.toml_table()? else { return Ok(Vec::new()) };
        self.own.extend(rules);
        if table.select.is_some() {
            self.selection.select = table.select;
        }
        self.selection.extend_select.extend(table.extend_select);
        self.selection.ignore.extend(table.ignore);
        Ok(table.extend)
    }

    /// Compiles the selected rules. A selection of the caller counts before that of configuration files. Rules that are
    /// wrong are left out, and the errors say why.
    pub fn select<B: AsRef<[u8]>>(
        &self,
        selection: &RuleSelection,
        parse: &ParseFn<'_, B>,
    ) -> (RuleSet, Vec<RuleError>) {
        let mut errors = self.errors.clone();
        let selected = self.selected(selection, &mut errors);
        let mut lines: BTreeMap<&str, &LocatedRule> = BTreeMap::new();
        let mut rules = Vec::new();
        for (rule, is_built_in) in self.rules() {
            if !selected.contains(rule.text.id.as_str()) {
                continue;
            }
            if let Some(other) = lines.insert(&rule.text.id, rule) {
                let message =
                    format!("there is a rule with this identifier in {}:{}", other.file, other.line);
                errors.push(RuleError {
                    file: rule.file.clone(),
                    line: rule.line,
                    rule: Some(rule.text.id.clone()),
                    key: "id".to_owned(),
                    message,
                });
                continue;
            }
            match compile(rule.clone(), is_built_in, parse) {
                Ok(rule) => rules.push(rule),
                Err(error) => errors.push(error),
            }
        }
        (RuleSet::new(rules), errors)
    }

    /// All rules, and whether they come with lazyast.
    fn rules(&self) -> impl Iterator<Item = (&LocatedRule, bool)> {
        let built_in = self.built_in.iter().map(|rule| (rule, true));
        built_in.chain(self.own.iter().map(|rule| (rule, false)))
    }

    /// The identifiers of the selected rules.
    fn selected(&self, selection: &RuleSelection, errors: &mut Vec<RuleError>) -> BTreeSet<&str> {
        let mut selected = BTreeSet::new();
        match selection.select.as_ref().or(self.selection.select.as_ref()) {
            Some(names) => names.iter().for_each(|name| selected.extend(self.named(name, errors))),
            None => {
                selected.extend(self.named("default", errors));
                selected.extend(self.own.iter().map(|rule| rule.text.id.as_str()));
            }
        }
        for name in self.selection.extend_select.iter().chain(&selection.extend_select) {
            selected.extend(self.named(name, errors));
        }
        for name in self.selection.ignore.iter().chain(&selection.ignore) {
            for id in self.named(name, errors) {
                selected.remove(id);
            }
        }
        selected
    }

    /// The identifiers of the rules that a name stands for.
    fn named(&self, name: &str, errors: &mut Vec<RuleError>) -> Vec<&str> {
        let is_named = |rule: &LocatedRule, is_built_in: bool| match name {
            "all" => true,
            "default" => {
                is_built_in
                    && rule.text.category.as_deref().is_some_and(|name| DEFAULT_CATEGORIES.contains(&name))
            }
            name => rule.text.id == name || rule.text.category.as_deref() == Some(name),
        };
        let named = self.rules().filter(|(rule, is_built_in)| is_named(rule, *is_built_in));
        let named: Vec<&str> = named.map(|(rule, _)| rule.text.id.as_str()).collect();
        if named.is_empty() && name != "default" && name != "all" {
            let message =
                format!("there is no rule and no category {name:?}; lazyast check --list lists them");
            errors.push(RuleError { file: "selection".to_owned(), message, ..RuleError::default() });
        }
        named
    }
}
