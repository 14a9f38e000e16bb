//! From [`RuleText`] to [`LintRule`].

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use lazyast_query::{NameMatching, ParseFn, PatternOptions, Query, QueryError};
use regex::{Regex, RegexBuilder};

use crate::error::{KeyError, RuleError};
use crate::message::MessageTemplate;
use crate::read::LocatedRule;
use crate::rule::{CaptureTest, LintRule, RulePaths};
use crate::text::{CaptureKeys, CaptureText, ConditionKeys, ConditionText};

/// A compiled regular expression may take this much memory, in bytes.
const MAX_REGEX_BYTES: usize = 1 << 20;

/// Compiles conditions. `parse` parses patterns.
struct ConditionCompiler<'c, B> {
    options: PatternOptions,
    parse: &'c ParseFn<'c, B>,
}

/// Compiles a rule.
pub(crate) fn compile<B: AsRef<[u8]>>(
    rule: LocatedRule,
    is_built_in: bool,
    parse: &ParseFn<'_, B>,
) -> Result<LintRule, RuleError> {
    let LocatedRule { file, directory, line, text } = rule;
    let result = (|| {
        check_id(&text.id)?;
        let names = if text.literal_names { NameMatching::Literal } else { NameMatching::Resolved };
        let options = PatternOptions { names, fold_constants: text.fold_constants };
        let compiler = ConditionCompiler { options, parse };
        let keys = text.condition();
        if !keys.is_positive() {
            let message = "a rule needs a pattern, a selector, any or all: what the node itself is";
            return Err(KeyError::new("", message));
        }
        let mut query = compiler.keys(keys)?;
        let mut capture_tests = Vec::new();
        for (name, condition) in &text.r#where {
            let key = format!("where.{name}");
            let name = name.trim_start_matches('$');
            query = compiler
                .capture(query, name, condition, &mut capture_tests)
                .map_err(|error| error.below(&key))?;
        }
        let message = MessageTemplate::new(&text.message);
        let known = query.capture_names();
        if let Some(name) = message.names().find(|name| !known.contains(name)) {
            let message = format!("there is no metavariable ${name}: {}", listed(&known));
            return Err(KeyError::new("message", message));
        }
        let paths = RulePaths {
            include: match &text.paths.include[..] {
                [] => None,
                globs => Some(
                    gitignore(&directory, globs).map_err(|error| KeyError::new("paths.include", error))?,
                ),
            },
            exclude: gitignore(&directory, &text.paths.exclude)
                .map_err(|error| KeyError::new("paths.exclude", error))?,
        };
        Ok((query, capture_tests, message, paths))
    })();
    let (query, capture_tests, message, paths) = result.map_err(|error: KeyError| RuleError {
        file: file.clone(),
        line,
        rule: Some(text.id.clone()),
        key: error.key,
        message: error.message,
    })?;
    Ok(LintRule {
        id: text.id,
        severity: text.severity,
        category: text.category,
        note: text.note.map(|note| note.trim().to_owned()),
        url: text.url,
        fix: text.fix,
        message_text: text.message.trim().to_owned(),
        message,
        query,
        capture_tests,
        paths,
        tests: text.tests,
        file,
        line,
        is_built_in,
    })
}

/// Identifiers stand in comments between brackets and commas.
fn check_id(id: &str) -> Result<(), KeyError> {
    let is_allowed =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | '/');
    if id.is_empty() || !id.chars().all(is_allowed) {
        let message = format!("{id:?} is no identifier: expected letters, digits, '-', '_', '.' and '/'");
        return Err(KeyError::new("id", message));
    }
    Ok(())
}

fn gitignore(directory: &Path, globs: &[String]) -> Result<Gitignore, ignore::Error> {
    let mut builder = GitignoreBuilder::new(directory);
    for glob in globs {
        builder.add_line(None, glob)?;
    }
    builder.build()
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        return "the rule has no metavariables".to_owned();
    }
    let names: Vec<String> = names.iter().map(|name| format!("${name}")).collect();
    format!("the rule has {}", names.join(", "))
}

impl<B: AsRef<[u8]>> ConditionCompiler<'_, B> {
    fn pattern(&self, text: &str) -> Result<Query, KeyError> {
        let query = Query::pattern_with(text, self.options, self.parse);
        query.map_err(|error| query_error("pattern", &error))
    }

    fn selector(&self, text: &str) -> Result<Query, KeyError> {
        let query = Query::selector_with(text, self.options, self.parse);
        query.map_err(|error| query_error("selector", &error))
    }

    fn condition(&self, condition: &ConditionText) -> Result<Query, KeyError> {
        match condition {
            ConditionText::Selector(text) => {
                self.selector(text).map_err(|error| KeyError { key: String::new(), ..error })
            }
            ConditionText::Keys(nested) => self.keys(nested.condition()),
        }
    }

    fn conditions(&self, key: &str, conditions: &[ConditionText]) -> Result<Vec<Query>, KeyError> {
        let compiled = conditions.iter().enumerate().map(|(index, condition)| {
            self.condition(condition).map_err(|error| error.below(&format!("{key}[{index}]")))
        });
        compiled.collect()
    }

    fn keys(&self, keys: ConditionKeys<'_>) -> Result<Query, KeyError> {
        if keys.is_empty() {
            let message = "expected one of pattern, selector, all, any, not, inside, has, follows, precedes";
            return Err(KeyError::new("", message));
        }
        let mut all = Vec::new();
        if let Some(text) = keys.pattern {
            all.push(self.pattern(text)?);
        }
        if let Some(text) = keys.selector {
            all.push(self.selector(text)?);
        }
        all.extend(self.conditions("all", keys.all)?);
        if !keys.any.is_empty() {
            let any = self.conditions("any", keys.any)?;
            all.push(Query::any(&any).map_err(|error| KeyError::new("any", error))?);
        }
        let mut query = match &all[..] {
            [one] => one.clone(),
            all => Query::all(all).map_err(|error| KeyError::new("all", error))?,
        };
        if let Some(condition) = keys.not {
            let other = self.condition(condition).map_err(|error| error.below("not"))?;
            query = query.without(&other).map_err(|error| KeyError::new("not", error))?;
        }
        for (key, condition) in keys.related {
            let Some(condition) = condition else { continue };
            let other = self.condition(condition).map_err(|error| error.below(key))?;
            let related = match key {
                "inside" => query.inside(&other),
                "has" => query.has(&other),
                "follows" => query.follows(&other),
                _ => query.precedes(&other),
            };
            query = related.map_err(|error| KeyError::new(key, error))?;
        }
        Ok(query)
    }

    /// Adds a condition on a capture to a query, or to the tests that need more than the tree.
    fn capture(
        &self,
        query: Query,
        name: &str,
        condition: &CaptureText,
        tests: &mut Vec<CaptureTest>,
    ) -> Result<Query, KeyError> {
        let captured =
            |other: &Query| query.captured(name, other).map_err(|error| KeyError::new("", error.message()));
        let keys = match condition {
            CaptureText::Selector(text) => {
                let other = self.selector(text).map_err(|error| KeyError { key: String::new(), ..error })?;
                return captured(&other);
            }
            CaptureText::Keys(keys) => keys,
        };
        if !query.capture_names().contains(&name) {
            let message = format!("there is no metavariable ${name}: {}", listed(&query.capture_names()));
            return Err(KeyError::new("", message));
        }
        self.capture_tests(name, keys, tests)?;
        let mut query = match keys.condition() {
            condition if condition.is_empty() => query.clone(),
            condition => captured(&self.keys(condition)?)?,
        };
        for (key, other, is_equal) in [("equals", &keys.equals, true), ("differs", &keys.differs, false)] {
            if let Some(other) = other {
                let other = other.trim_start_matches('$');
                let compared = query.compared(name, other, is_equal);
                query = compared.map_err(|error| KeyError::new(key, error.message()))?;
            }
        }
        Ok(query)
    }

    fn capture_tests(
        &self,
        name: &str,
        keys: &CaptureKeys,
        tests: &mut Vec<CaptureTest>,
    ) -> Result<(), KeyError> {
        let is_first = tests.len();
        for (key, text, is_negated) in [("regex", &keys.regex, false), ("not-regex", &keys.not_regex, true)] {
            if let Some(text) = text {
                let regex = compile_regex(text).map_err(|error| KeyError::new(key, error))?;
                tests.push(CaptureTest { name: name.to_owned(), regex, is_negated });
            }
        }
        let is_compared = keys.equals.is_some() || keys.differs.is_some();
        if tests.len() == is_first && !is_compared && keys.condition().is_empty() {
            return Err(KeyError::new("", "expected a condition, regex, not-regex, equals or differs"));
        }
        Ok(())
    }
}

/// The error of a query. The key says already in which language it is.
fn query_error(key: &str, error: &QueryError) -> KeyError {
    let message = error.to_string();
    KeyError::new(key, message.strip_prefix(&format!("{key}: ")).unwrap_or(&message))
}

/// Compiles a regular expression. Its search takes linear time, whatever it is.
fn compile_regex(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text).size_limit(MAX_REGEX_BYTES).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(limit) => {
            format!("the regular expression takes more than {limit} bytes: use smaller repetitions")
        }
        error => error.to_string().lines().last().unwrap_or_default().trim().to_owned(),
    })
}
