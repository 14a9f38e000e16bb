//! Conditions on captures as text: `$A != $B`, `$N > 100`, `NAME=SELECTOR`.

use crate::attribute::Number;
use crate::error::{Language, QueryError};

/// A condition on captures.
pub(crate) enum CaptureCondition {
    /// Two captures are equal, or are not.
    Compares { left: String, right: String, is_equal: bool },
    /// A selector selects what was captured.
    Selects { name: String, selector: String },
}

/// The operators, with those first that start with another one.
const OPERATORS: [&str; 7] = ["==", "!=", "<=", ">=", "<", ">", "="];

/// Parses a condition.
pub(crate) fn parse(text: &str) -> Result<CaptureCondition, QueryError> {
    let error = |message: &str| QueryError::new(Language::Condition, text, 0..text.len(), message);
    let trimmed = text.trim().trim_start_matches('$');
    let length = trimmed.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let (name, rest) = trimmed.split_at(length);
    let rest = rest.trim_start();
    let operator = OPERATORS.into_iter().find(|operator| rest.starts_with(operator));
    let (Some(operator), false) = (operator, name.is_empty()) else {
        return Err(error("expected NAME=SELECTOR, $A == $B, $A != $B or a comparison with a number"));
    };
    let name = name.to_owned();
    let value = rest[operator.len()..].trim();
    if operator == "=" {
        return Ok(CaptureCondition::Selects { name, selector: value.to_owned() });
    }
    if let Some(right) = value.strip_prefix('$') {
        if !matches!(operator, "==" | "!=") {
            return Err(error("two captures can be compared with == and != only"));
        }
        let right = right.trim_start_matches('$').to_owned();
        return Ok(CaptureCondition::Compares { left: name, right, is_equal: operator == "==" });
    }
    if Number::parse(value).is_none() {
        return Err(error("expected a metavariable or a number after the operator"));
    }
    Ok(CaptureCondition::Selects { name, selector: number_selector(operator, value) })
}

/// A selector of constants that compare with a number. A negative number is a `UnaryOp` in the tree.
fn number_selector(operator: &str, number: &str) -> String {
    let negated = number.strip_prefix('-').map_or_else(|| format!("-{number}"), str::to_owned);
    let reversed = match operator {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        other => other,
    };
    let test = |path: &str, operator: &str, number: &str| match operator {
        // `=` and `!=` of selectors compare types as well.
        "==" => format!("[{path}>={number}][{path}<={number}]"),
        "!=" => format!(":is([{path}<{number}], [{path}>{number}])"),
        _ => format!("[{path}{operator}{number}]"),
    };
    format!(
        "Constant{}, UnaryOp[op=USub]{}",
        test("value", operator, number),
        test("operand.value", reversed, &negated)
    )
}
