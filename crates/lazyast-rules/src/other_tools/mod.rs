//! Rule files of other programs: read where their meaning carries over, and otherwise an error that says what does not.
//!
//! - [`ast_grep`]: YAML rules of ast-grep for Python.
//! - [`semgrep`]: rules of semgrep that consist of patterns.
//! - [`keys`]: values of YAML, by their keys.

mod ast_grep;
mod keys;
mod semgrep;

use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::Spanned;

use crate::error::{KeyError, RuleError};
use crate::read::{LocatedRule, RuleFile};
use crate::text::RuleText;

/// A file with a list of rules, of ours or of semgrep.
#[derive(Deserialize)]
struct RuleList {
    rules: Vec<Spanned<Value>>,
}

/// Rules, and what is wrong with others.
type ConvertedRules = (Vec<LocatedRule>, Vec<RuleError>);

/// The rules of a YAML file of another program, and what is wrong with the others; `None` if the file is one of ours.
pub(crate) fn read(file: &RuleFile<'_>) -> Result<Option<ConvertedRules>, RuleError> {
    let documents: Vec<Spanned<Value>> = file.yaml()?;
    let has = |value: &Value, key: &str| value.get(key).is_some();
    if documents.iter().any(|document| has(&document.value, "rule") && has(&document.value, "language")) {
        let rules = documents.into_iter().filter(|document| !document.value.is_null());
        return Ok(Some(convert(file, rules, ast_grep::rule)));
    }
    let is_semgrep = |document: &Spanned<Value>| {
        let rules = document.value.get("rules").and_then(Value::as_array);
        rules.is_some_and(|rules| rules.iter().any(|rule| has(rule, "languages")))
    };
    if documents.iter().any(is_semgrep) {
        // Read once more, for the lines of rules.
        let lists: Vec<RuleList> = file.yaml()?;
        let rules = lists.into_iter().flat_map(|list| list.rules);
        return Ok(Some(convert(file, rules, semgrep::rule)));
    }
    Ok(None)
}

/// Converts rules. Those that are off or for other languages give `None`.
fn convert(
    file: &RuleFile<'_>,
    rules: impl Iterator<Item = Spanned<Value>>,
    convert: impl Fn(&Value) -> Result<Option<RuleText>, KeyError>,
) -> ConvertedRules {
    let (mut converted, mut errors) = (Vec::new(), Vec::new());
    for rule in rules {
        let line = rule.referenced.line();
        match convert(&rule.value) {
            Ok(Some(text)) => converted.push(file.located(line, text)),
            Ok(None) => {}
            Err(error) => errors.push(RuleError {
                file: file.name.to_owned(),
                line,
                rule: rule.value.get("id").and_then(Value::as_str).map(str::to_owned),
                key: error.key,
                message: error.message,
            }),
        }
    }
    (converted, errors)
}
