//! Rules of semgrep that consist of patterns.

use std::collections::BTreeSet;

use serde_json::Value;

use super::keys::{Keys, condition, expected, pattern};
use crate::error::KeyError;
use crate::severity::Severity;
use crate::text::{CaptureKeys, CaptureText, ConditionText, PathsText, RuleText};

/// Keys of rules that are errors.
const REJECTED_IN_RULES: [(&str, &str); 11] = [
    ("mode", "lazyast follows no data"),
    ("pattern-sources", "lazyast follows no data"),
    ("pattern-sinks", "lazyast follows no data"),
    ("pattern-sanitizers", "lazyast follows no data"),
    ("pattern-propagators", "lazyast follows no data"),
    ("pattern-regex", "trees are searched and not texts"),
    ("join", "a rule is about one file"),
    ("match", "write the older keys, pattern and patterns"),
    ("taint", "lazyast follows no data"),
    ("fix-regex", "a fix is a text with metavariables"),
    ("options", "they change what patterns match"),
];

/// Keys in `patterns` that are errors.
const REJECTED_IN_PATTERNS: [(&str, &str); 8] = [
    ("pattern-regex", "trees are searched and not texts"),
    ("pattern-not-regex", "trees are searched and not texts"),
    (
        "metavariable-comparison",
        "write where with a selector, such as N: Constant[value>100], in a rule of lazyast",
    ),
    ("metavariable-analysis", "lazyast analyses no values"),
    ("metavariable-type", "lazyast knows no types"),
    ("metavariable-pattern", "write where in a rule of lazyast"),
    ("focus-metavariable", "a finding is the node that the pattern matches"),
    ("pattern-where-python", "rules run no code"),
];

/// What the patterns of a rule have in common.
#[derive(Default)]
struct Formula {
    /// The metavariables of patterns that the finding matches, and of those around it.
    own: BTreeSet<String>,
    around: BTreeSet<String>,
    captures: Vec<(String, CaptureKeys)>,
}

/// Converts a rule; `None` if it is for other languages.
pub(super) fn rule(value: &Value) -> Result<Option<RuleText>, KeyError> {
    let mut keys = Keys::of(value)?;
    let id = keys.text("id")?.ok_or_else(|| expected("id", "a string"))?.to_owned();
    let languages = keys.texts("languages")?;
    if !languages.iter().any(|language| ["python", "py", "python3"].contains(&language.as_str())) {
        return Ok(None);
    }
    let severity = match keys.text("severity")?.unwrap_or("WARNING") {
        "ERROR" | "CRITICAL" | "HIGH" => Severity::Error,
        "WARNING" | "MEDIUM" => Severity::Warning,
        "INFO" | "LOW" => Severity::Info,
        other => return Err(KeyError::new("severity", format!("{other:?} is not known"))),
    };
    let mut text = RuleText { id, severity, ..RuleText::default() };
    text.message = keys.text("message")?.unwrap_or(&text.id).to_owned();
    text.fix = keys.text("fix")?.map(str::to_owned);
    if let Some(paths) = keys.take("paths") {
        let mut paths = Keys::of(paths).map_err(|error| error.below("paths"))?;
        text.paths = PathsText { include: paths.texts("include")?, exclude: paths.texts("exclude")? };
        paths.finish().map_err(|error| error.below("paths"))?;
    }
    keys.reject(&REJECTED_IN_RULES)?;
    let mut formula = Formula::default();
    for key in ["pattern", "patterns", "pattern-either"] {
        if let Some(value) = keys.take(key) {
            text.all.push(formula.condition(key, value)?);
        }
    }
    if text.all.is_empty() {
        return Err(expected("", "pattern, patterns or pattern-either"));
    }
    if let Some(name) = formula.around.intersection(&formula.own).next() {
        let message = format!("not supported: ${name} stands in pattern-inside and in another pattern");
        return Err(KeyError::new("patterns", message));
    }
    for (name, capture) in formula.captures {
        if text.r#where.insert(name.clone(), CaptureText::Keys(Box::new(capture))).is_some() {
            let message = format!("not supported: two expressions for ${name}");
            return Err(KeyError::new("metavariable-regex", message));
        }
    }
    // These say nothing about what is found.
    for key in ["metadata", "min-version", "max-version", "version"] {
        keys.take(key);
    }
    keys.finish()?;
    Ok(Some(text))
}

impl Formula {
    fn condition(&mut self, key: &str, value: &Value) -> Result<ConditionText, KeyError> {
        match key {
            "pattern" => {
                let text = converted_pattern(value).map_err(|error| error.below(key))?;
                self.own.extend(metavariables(&text));
                Ok(pattern(text))
            }
            "pattern-either" => {
                let list = value.as_array().ok_or_else(|| expected(key, "a list"))?;
                let mut any = Vec::new();
                for (index, item) in list.iter().enumerate() {
                    any.push(self.item(item).map_err(|error| error.below(&format!("{key}[{index}]")))?);
                }
                Ok(condition(|nested| nested.any = any))
            }
            _ => {
                let list = value.as_array().ok_or_else(|| expected(key, "a list"))?;
                let mut all = Vec::new();
                for (index, item) in list.iter().enumerate() {
                    let below = |error: KeyError| error.below(&format!("{key}[{index}]"));
                    if let Some(capture) = metavariable_regex(item).map_err(below)? {
                        self.captures.push(capture);
                        continue;
                    }
                    all.push(self.item(item).map_err(below)?);
                }
                Ok(condition(|nested| nested.all = all))
            }
        }
    }

    /// Converts an item of a list, a map with one key.
    fn item(&mut self, item: &Value) -> Result<ConditionText, KeyError> {
        let mut keys = Keys::of(item)?;
        keys.reject(&REJECTED_IN_PATTERNS)?;
        for key in ["pattern", "patterns", "pattern-either"] {
            if let Some(value) = keys.take(key) {
                keys.finish()?;
                return self.condition(key, value);
            }
        }
        if let Some(value) = keys.take("pattern-not") {
            keys.finish()?;
            let excluded = pattern(converted_pattern(value).map_err(|error| error.below("pattern-not"))?);
            return Ok(condition(|nested| nested.not = Some(excluded)));
        }
        for key in ["pattern-inside", "pattern-not-inside"] {
            let Some(value) = keys.take(key) else { continue };
            keys.finish()?;
            let text = converted_pattern(value).map_err(|error| error.below(key))?;
            if has_several_statements(&text) {
                let message = "not supported: several statements are no place for something to be inside";
                return Err(KeyError::new(key, message));
            }
            self.around.extend(metavariables(&text));
            // What a pattern matches is inside of itself.
            let itself = pattern(text.clone());
            let deeper = condition(|nested| nested.inside = Some(pattern(text)));
            let around = condition(|nested| nested.any = vec![itself, deeper]);
            return Ok(match key {
                "pattern-inside" => around,
                _ => condition(|nested| nested.not = Some(around)),
            });
        }
        keys.finish()?;
        Err(expected("", "pattern, patterns, pattern-either, pattern-not, pattern-inside"))
    }
}

/// A regular expression for a metavariable, if an item of `patterns` is one.
fn metavariable_regex(item: &Value) -> Result<Option<(String, CaptureKeys)>, KeyError> {
    const KEY: &str = "metavariable-regex";
    let Some(value) = item.get(KEY) else { return Ok(None) };
    let mut keys = Keys::of(value).map_err(|error| error.below(KEY))?;
    let name = keys.text("metavariable")?.ok_or_else(|| expected(KEY, "a metavariable"))?;
    let regex = keys.text("regex")?.ok_or_else(|| expected(KEY, "a regex"))?;
    keys.finish().map_err(|error| error.below(KEY))?;
    // It must match from the start of the text.
    let regex = Some(format!("^(?:{regex})"));
    let name = name.trim_start_matches('$').trim_start_matches("...").to_owned();
    Ok(Some((name, CaptureKeys { regex, ..CaptureKeys::default() })))
}

/// Whether a pattern has lines after its first statement that are not inside of it.
fn has_several_statements(text: &str) -> bool {
    let starts_statement = |line: &str| {
        let continues = ["else", "elif", "except", "finally", "case", ")", "]", "}", "\"", "'"];
        !line.is_empty()
            && !line.starts_with([' ', '\t', '#', '@'])
            && !continues.iter().any(|start| line.starts_with(start))
    };
    text.lines().filter(|line| starts_statement(line)).count() > 1
}

/// The names of the metavariables of a pattern, without `_`.
fn metavariables(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('$') {
        rest = rest[start..].trim_start_matches('$').trim_start_matches("...");
        let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let end = rest.find(|character| !is_name(character)).unwrap_or(rest.len());
        let name = &rest[..end];
        if !name.is_empty() && name != "_" {
            names.push(name.to_owned());
        }
        rest = &rest[end..];
    }
    names
}

/// Writes a pattern of semgrep as one of lazyast: `...` becomes `$$$`, and `"..."` a string with any text.
fn converted_pattern(value: &Value) -> Result<String, KeyError> {
    let text = value.as_str().ok_or_else(|| expected("", "a string"))?.trim_end();
    let mut converted = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if matches!(character, '"' | '\'') {
            let literal = string_literal(rest);
            let content = literal.trim_matches(character);
            if content == "..." {
                converted.push_str("\"$_\"");
            } else {
                converted.push_str(literal);
            }
            rest = &rest[literal.len()..];
        } else if let Some(operator) = ["<...", "...>"].into_iter().find(|one| rest.starts_with(one)) {
            // The deep operator is the same in both.
            converted.push_str(operator);
            rest = &rest[operator.len()..];
        } else if let Some(after) = rest.strip_prefix("$...") {
            converted.push_str("$$$");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("...") {
            let before = converted.trim_end();
            if before.ends_with('.') || after.trim_start().starts_with('.') {
                return Err(KeyError::new("", "not supported: `...` in a chain of methods"));
            }
            converted.push_str("$$$");
            rest = after;
        } else {
            converted.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    Ok(without_ends(&converted))
}

/// The string literal that a text starts with.
fn string_literal(text: &str) -> &str {
    let quote = &text[..1];
    let triple = quote.repeat(3);
    let end = if text.starts_with(&triple) { triple.as_str() } else { quote };
    let mut at = end.len();
    while at < text.len() {
        if text[at..].starts_with('\\') {
            at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
        } else if text[at..].starts_with(end) {
            return &text[..at + end.len()];
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text
}

/// Removes `$$$` before and after several statements: statements around a match do not matter.
fn without_ends(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    while lines.len() > 1 && lines[0] == "$$$" {
        lines.remove(0);
    }
    while lines.len() > 1 && lines.last() == Some(&"$$$") {
        lines.pop();
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{converted_pattern, has_several_statements};

    #[test]
    fn ellipses_become_metavariables() {
        for (semgrep, ours) in [
            ("f(..., x, $...ARGS)", "f($$$, x, $$$ARGS)"),
            ("def $F(...):\n  ...", "def $F($$$):\n  $$$"),
            ("f(\"...\", 'a...', '...')", "f(\"$_\", 'a...', \"$_\")"),
            ("...\n$X = open()\n...", "$X = open()"),
            (r#"f("\"...", ...)"#, r#"f("\"...", $$$)"#),
            ("f(<... $X ...>, ...)", "f(<... $X ...>, $$$)"),
        ] {
            assert_eq!(converted_pattern(&json!(semgrep)).expect(semgrep), ours);
        }
        assert!(converted_pattern(&json!("$X. ... .f()")).is_err());
    }

    #[test]
    fn several_statements_are_told_from_one() {
        for (text, expected) in [
            ("with open($X):\n    $$$", false),
            ("if $X:\n    $$$\nelse:\n    $$$", false),
            ("@a\ndef $F($$$):\n    $$$", false),
            ("f(\n    1\n)", false),
            ("$X = f()\n$Y = $X", true),
        ] {
            assert_eq!(has_several_statements(text), expected, "{text}");
        }
    }
}
