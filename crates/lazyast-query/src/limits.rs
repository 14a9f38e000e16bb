//! Limits on the text of a query.

use crate::error::{Language, QueryError};

/// The longest text of a query, in bytes.
pub(crate) const MAX_TEXT: usize = 64 * 1024;

/// Checks the length of a query's text.
pub(crate) fn check_length(language: Language, text: &str) -> Result<(), QueryError> {
    if text.len() <= MAX_TEXT {
        return Ok(());
    }
    let message = format!("the text is too long: expected at most {MAX_TEXT} bytes, found {}", text.len());
    Err(QueryError::without_text(language, message))
}
