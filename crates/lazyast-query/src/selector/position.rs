//! The positions of `:nth-child`: `2`, `odd`, `even`, `2n+1`, `-n + 3`.

use super::lexer::SelectorLexer;
use crate::error::QueryError;

/// The largest step and offset. Computing with these cannot overflow.
const MAX_NUMBER: i64 = 1 << 40;

/// Parses positions up to the closing parenthesis, as step and offset.
pub(super) fn parse_positions(lexer: &mut SelectorLexer<'_>) -> Result<(i64, i64), QueryError> {
    let start = lexer.offset();
    let text: String = lexer.until(')').chars().filter(|character| !character.is_whitespace()).collect();
    let parsed = match (text.as_str(), text.split_once('n')) {
        ("odd", _) => Some((2, 1)),
        ("even", _) => Some((2, 0)),
        (_, None) => text.parse().ok().map(|offset| (0, offset)),
        (_, Some((step, offset))) => {
            let step = match step {
                "" | "+" => Some(1),
                "-" => Some(-1),
                step => step.parse().ok(),
            };
            let offset = if offset.is_empty() { Some(0) } else { offset.parse().ok() };
            step.zip(offset)
        }
    };
    parsed
        .filter(|(step, offset): &(i64, i64)| step.abs() <= MAX_NUMBER && offset.abs() <= MAX_NUMBER)
        .ok_or_else(|| lexer.error_since(start, "expected a position such as 2, odd, even or 2n+1"))
}
