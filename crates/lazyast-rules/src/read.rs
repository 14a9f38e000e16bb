//! Reading rule files: TOML, YAML, and so JSON, into [`RuleText`]s with their lines.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::de::Error as TomlError;

use crate::error::RuleError;
use crate::text::RuleText;

/// A rule file may nest this deep: conditions inside of conditions.
const MAX_DEPTH: usize = 100;
/// A rule file may be this long, in bytes.
const MAX_BYTES: usize = 16 << 20;

/// A file of rules, or a part of one.
#[derive(Clone, Copy, Debug)]
pub struct RuleFile<'f> {
    /// The path, as it is printed.
    pub name: &'f str,
    /// The directory that paths of rules are relative to.
    pub directory: &'f Path,
    /// The content.
    pub text: &'f str,
}

/// A rule as it is written, and where.
#[derive(Clone, Debug)]
pub(crate) struct LocatedRule {
    pub(crate) file: String,
    pub(crate) directory: PathBuf,
    pub(crate) line: u64,
    pub(crate) text: RuleText,
}

/// The table `rules` of `lazyast.toml`, and `[tool.lazyast.rules]` of pyproject.toml.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RulesTable {
    /// The rules that are checked: identifiers, categories, `default`, `all`.
    pub(crate) select: Option<Vec<String>>,
    /// Rules that are checked as well.
    #[serde(default)]
    pub(crate) extend_select: Vec<String>,
    /// Rules that are not checked.
    #[serde(default)]
    pub(crate) ignore: Vec<String>,
    /// Rule files, or directories with these.
    #[serde(default)]
    pub(crate) extend: Vec<String>,
    /// Rules.
    #[serde(default)]
    pub(crate) rule: Vec<toml::Spanned<RuleText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LazyastToml {
    #[serde(default)]
    rules: RulesTable,
}

#[derive(Deserialize)]
struct PyprojectToml {
    tool: Option<ToolTable>,
}

#[derive(Deserialize)]
struct ToolTable {
    lazyast: Option<LazyastTable>,
}

/// `[tool.lazyast]`, which has other keys for the cache.
#[derive(Deserialize)]
struct LazyastTable {
    rules: Option<RulesTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YamlRules {
    rules: Vec<serde_saphyr::Spanned<RuleText>>,
}

impl RuleFile<'_> {
    fn error(&self, line: u64, message: impl ToString) -> RuleError {
        RuleError { file: self.name.to_owned(), line, message: message.to_string(), ..RuleError::default() }
    }

    pub(crate) fn located(&self, line: u64, text: RuleText) -> LocatedRule {
        LocatedRule { file: self.name.to_owned(), directory: self.directory.to_owned(), line, text }
    }

    /// The line of an offset.
    pub(crate) fn line_of(&self, offset: usize) -> u64 {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1
    }

    fn toml_error(&self, error: &TomlError) -> RuleError {
        let line = error.span().map_or(0, |span| self.line_of(span.start));
        self.error(line, error.message())
    }

    /// Fails for files that are too long to be rule files.
    pub(crate) fn check_length(&self) -> Result<(), RuleError> {
        if self.text.len() > MAX_BYTES {
            let found = self.text.len();
            return Err(self.error(0, format!("{found} bytes long; at most {MAX_BYTES} are read")));
        }
        Ok(())
    }

    /// Reads a value from YAML.
    pub(crate) fn yaml<'t, T: Deserialize<'t>>(&'t self) -> Result<Vec<T>, RuleError> {
        self.check_length()?;
        let options = serde_saphyr::options! {
            budget: serde_saphyr::budget! { max_depth: MAX_DEPTH },
            strict_booleans: true,
        };
        serde_saphyr::from_multiple_with_options(self.text, options).map_err(|error| {
            let line = error.location().map_or(0, |location| location.line());
            let message = error.without_snippet().to_string();
            let message = message.lines().next().unwrap_or_default();
            // The line is in front already.
            let message = message.split_once(" at line ").map_or(message, |(message, _)| message);
            self.error(line, message)
        })
    }

    /// The rules of a YAML file of ours.
    pub(crate) fn yaml_rules(&self) -> Result<Vec<LocatedRule>, RuleError> {
        let documents: Vec<YamlRules> = self.yaml()?;
        let rules = documents.into_iter().flat_map(|document| document.rules);
        Ok(rules.map(|rule| self.located(rule.referenced.line(), rule.value)).collect())
    }

    /// The table of rules of a TOML file, and its rules. Only a pyproject.toml can lack the table.
    pub(crate) fn toml_table(&self) -> Result<Option<(RulesTable, Vec<LocatedRule>)>, RuleError> {
        self.check_length()?;
        let is_pyproject = Path::new(self.name).file_name().is_some_and(|name| name == "pyproject.toml");
        let table = if is_pyproject {
            if !self.text.contains("lazyast") {
                return Ok(None);
            }
            let file: PyprojectToml = toml::from_str(self.text).map_err(|error| self.toml_error(&error))?;
            file.tool.and_then(|tool| tool.lazyast).and_then(|table| table.rules)
        } else {
            let file: LazyastToml = toml::from_str(self.text).map_err(|error| self.toml_error(&error))?;
            Some(file.rules)
        };
        Ok(table.map(|mut table| {
            let rules = std::mem::take(&mut table.rule).into_iter().map(|rule| {
                let line = self.line_of(rule.span().start);
                self.located(line, rule.into_inner())
            });
            let rules = rules.collect();
            (table, rules)
        }))
    }
}
