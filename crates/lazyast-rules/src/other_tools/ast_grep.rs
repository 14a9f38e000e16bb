//! Rules of ast-grep. They are about the nodes of tree-sitter's grammar; what has no equal among CPython's is an error.

use serde_json::Value;

use super::keys::{Keys, condition, expected, pattern};
use crate::error::KeyError;
use crate::severity::Severity;
use crate::text::{CaptureKeys, CaptureText, ConditionText, PathsText, RuleText};

/// Kinds of tree-sitter's grammar, and the selectors of the same nodes.
const KINDS: [(&str, &str); 38] = [
    ("assert_statement", "Assert"),
    ("attribute", "Attribute"),
    ("augmented_assignment", "AugAssign"),
    ("await", "Await"),
    ("break_statement", "Break"),
    ("call", "Call"),
    ("case_clause", "match_case"),
    ("class_definition", "ClassDef"),
    ("comparison_operator", "Compare"),
    ("conditional_expression", "IfExp"),
    ("continue_statement", "Continue"),
    ("delete_statement", "Delete"),
    ("dictionary", "Dict"),
    ("dictionary_comprehension", "DictComp"),
    ("except_clause", "ExceptHandler"),
    ("for_statement", "For, AsyncFor"),
    ("function_definition", "FunctionDef, AsyncFunctionDef"),
    ("future_import_statement", "ImportFrom[module=__future__]"),
    ("generator_expression", "GeneratorExp"),
    ("global_statement", "Global"),
    ("import_from_statement", "ImportFrom[module!=__future__]"),
    ("import_statement", "Import"),
    ("keyword_argument", "keyword[arg]"),
    ("lambda", "Lambda"),
    ("list", "List[ctx=Load]"),
    ("list_comprehension", "ListComp"),
    ("match_statement", "Match"),
    ("named_expression", "NamedExpr"),
    ("nonlocal_statement", "Nonlocal"),
    ("not_operator", "UnaryOp[op=Not]"),
    ("pass_statement", "Pass"),
    ("raise_statement", "Raise"),
    ("return_statement", "Return"),
    ("set", "Set"),
    ("set_comprehension", "SetComp"),
    ("try_statement", "Try, TryStar"),
    ("while_statement", "While"),
    ("with_statement", "With, AsyncWith"),
];

/// Keys of rules that are errors.
const REJECTED_IN_RULES: [(&str, &str); 3] = [
    ("utils", "put the conditions into the rule"),
    ("transform", "a fix is a text with metavariables"),
    ("rewriters", "a fix is a text with metavariables"),
];

/// Keys of conditions that are errors.
const REJECTED_IN_CONDITIONS: [(&str, &str); 5] = [
    ("regex", "trees are compared and not texts; use constraints on a metavariable"),
    ("nthChild", "children in tree-sitter's grammar are others than in ast; use a selector of lazyast"),
    ("range", "rules are about code and not about positions"),
    ("matches", "put the conditions of the utility into the rule"),
    ("field", "fields of tree-sitter's grammar are others than in ast; use a selector of lazyast"),
];

/// Converts a rule; `None` if it is off.
pub(super) fn rule(value: &Value) -> Result<Option<RuleText>, KeyError> {
    let mut keys = Keys::of(value)?;
    let id = keys.text("id")?.ok_or_else(|| expected("id", "a string"))?;
    let language = keys.text("language")?.unwrap_or_default();
    if !["python", "py"].contains(&language.to_lowercase().as_str()) {
        return Err(KeyError::new("language", format!("not supported: {language} is not Python")));
    }
    let severity = match keys.text("severity")?.unwrap_or("hint") {
        "off" => return Ok(None),
        "hint" => Severity::Hint,
        "info" => Severity::Info,
        "warning" => Severity::Warning,
        "error" => Severity::Error,
        other => return Err(KeyError::new("severity", format!("{other:?} is not known"))),
    };
    let mut text = RuleText { id: id.to_owned(), severity, ..RuleText::default() };
    // Names are texts in ast-grep.
    text.literal_names = true;
    text.message = keys.text("message")?.unwrap_or(id).to_owned();
    text.note = keys.text("note")?.map(str::to_owned);
    text.url = keys.text("url")?.map(str::to_owned);
    text.fix = keys.text("fix")?.map(str::to_owned);
    text.paths = PathsText { include: keys.texts("files")?, exclude: keys.texts("ignores")? };
    let rule = keys.take("rule").ok_or_else(|| expected("rule", "a map"))?;
    text.all = vec![object(rule).map_err(|error| error.below("rule"))?];
    if let Some(constraints) = keys.take("constraints") {
        let constraints = constraints.as_object().ok_or_else(|| expected("constraints", "a map"))?;
        for (name, constraint) in constraints {
            let key = format!("constraints.{name}");
            let converted = self::constraint(constraint).map_err(|error| error.below(&key))?;
            text.r#where.insert(name.clone(), converted);
        }
    }
    // These say nothing about what is found.
    for key in ["metadata", "labels"] {
        keys.take(key);
    }
    keys.reject(&REJECTED_IN_RULES)?;
    keys.finish()?;
    Ok(Some(text))
}

/// Converts a constraint of a metavariable.
fn constraint(value: &Value) -> Result<CaptureText, KeyError> {
    let mut keys = Keys::of(value)?;
    let regex = keys.text("regex")?.map(str::to_owned);
    let mut capture = CaptureKeys { regex, ..CaptureKeys::default() };
    capture.all = conditions(keys)?;
    Ok(CaptureText::Keys(Box::new(capture)))
}

/// Converts a rule object.
fn object(value: &Value) -> Result<ConditionText, KeyError> {
    let all = conditions(Keys::of(value)?)?;
    if all.is_empty() {
        return Err(expected("", "one of pattern, kind, any, all, not, inside, has, follows, precedes"));
    }
    Ok(condition(|nested| nested.all = all))
}

/// Converts the keys of a rule object, all of which must be fulfilled.
fn conditions(mut keys: Keys<'_>) -> Result<Vec<ConditionText>, KeyError> {
    keys.reject(&REJECTED_IN_CONDITIONS)?;
    let mut all = Vec::new();
    if let Some(value) = keys.take("pattern") {
        let Some(text) = value.as_str() else {
            return Err(KeyError::new("pattern", "not supported: a context of a pattern; expected a string"));
        };
        all.push(pattern(converted_pattern(text)?));
    }
    if let Some(kind) = keys.text("kind")? {
        let Some((_, selector)) = KINDS.iter().find(|(name, _)| *name == kind) else {
            let message = format!("not supported: no kind of ast has just the nodes of {kind}");
            return Err(KeyError::new("kind", message));
        };
        all.push(ConditionText::Selector((*selector).to_owned()));
    }
    for key in ["all", "any"] {
        let Some(list) = keys.list(key)? else { continue };
        let mut parts = Vec::new();
        for (index, value) in list.iter().enumerate() {
            parts.push(object(value).map_err(|error| error.below(&format!("{key}[{index}]")))?);
        }
        if key == "all" {
            all.extend(parts);
        } else {
            all.push(condition(|nested| nested.any = parts));
        }
    }
    if let Some(value) = keys.take("not") {
        let inner = object(value).map_err(|error| error.below("not"))?;
        all.push(condition(|nested| nested.not = Some(inner)));
    }
    for key in ["inside", "has", "follows", "precedes"] {
        let Some(value) = keys.take(key) else { continue };
        let other = related(value).map_err(|error| error.below(key))?;
        all.push(condition(|nested| match key {
            "inside" => nested.inside = Some(other),
            "has" => nested.has = Some(other),
            "follows" => nested.follows = Some(other),
            _ => nested.precedes = Some(other),
        }));
    }
    keys.finish()?;
    Ok(all)
}

/// Converts a rule object of another node.
fn related(value: &Value) -> Result<ConditionText, KeyError> {
    let mut keys = Keys::of(value)?;
    match keys.take("stopBy") {
        Some(Value::String(text)) if text == "end" => {}
        _ => {
            let message = "not supported: neighbours in tree-sitter's grammar are others than in ast; \
                           only `stopBy: end` means the same";
            return Err(KeyError::new("stopBy", message));
        }
    }
    let all = conditions(keys)?;
    Ok(condition(|nested| nested.all = all))
}

/// Replaces metavariables such as `$_X`, which capture nothing in ast-grep.
fn converted_pattern(text: &str) -> Result<String, KeyError> {
    let mut converted = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('$') {
        let after = rest[start..].trim_start_matches('$');
        let dollars = rest.len() - start - after.len();
        let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let end = after.find(|character| !is_name(character)).unwrap_or(after.len());
        if dollars == 2 {
            return Err(KeyError::new("pattern", "not supported: $$ is for nodes without names"));
        }
        converted.push_str(&rest[..start + dollars]);
        let name = &after[..end];
        converted.push_str(match (name.starts_with('_'), dollars) {
            (true, 1) => "_",
            (true, _) => "",
            (false, _) => name,
        });
        rest = &after[end..];
    }
    converted.push_str(rest);
    Ok(converted)
}
