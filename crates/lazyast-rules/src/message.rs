//! [`MessageTemplate`]: the text of a message, with metavariables for what they captured.

use lazyast_format::Tree;
use lazyast_query::{Capture, CapturedElement};

/// A longer text of a capture is cut off.
const MAX_CAPTURE_CHARACTERS: usize = 60;

/// A text in which `$X` and `$$$XS` stand for what they captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MessageTemplate {
    parts: Vec<MessagePart>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum MessagePart {
    Text(String),
    Capture(String),
}

impl MessageTemplate {
    pub(crate) fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text.trim();
        let mut literal = String::new();
        while let Some(start) = rest.find('$') {
            let after = rest[start..].trim_start_matches('$');
            let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
            let end = after.find(|character| !is_name(character)).unwrap_or(after.len());
            let name = &after[..end];
            if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
                let dollars = rest.len() - after.len();
                literal.push_str(&rest[..dollars]);
            } else {
                literal.push_str(&rest[..start]);
                if !literal.is_empty() {
                    parts.push(MessagePart::Text(std::mem::take(&mut literal)));
                }
                parts.push(MessagePart::Capture(name.to_owned()));
                rest = &after[end..];
                continue;
            }
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(MessagePart::Text(literal));
        }
        Self { parts }
    }

    /// The metavariables of the text.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            MessagePart::Capture(name) => Some(name.as_str()),
            MessagePart::Text(_) => None,
        })
    }

    /// The text with what was captured.
    pub(crate) fn render(&self, tree: &Tree<'_>, text: &str, captures: &[Capture<'_>]) -> String {
        let mut message = String::new();
        for part in &self.parts {
            match part {
                MessagePart::Text(text) => message.push_str(text),
                MessagePart::Capture(name) => {
                    let capture = captures.iter().find(|capture| capture.name == *name);
                    let captured = capture.and_then(|capture| captured_text(tree, text, capture));
                    message.push_str(&shortened(captured.unwrap_or_default()));
                }
            }
        }
        message
    }
}

/// The text from the first to the last element of a capture; `None` if a position is damaged.
pub(crate) fn captured_text<'t>(tree: &Tree<'t>, text: &'t str, capture: &Capture<'t>) -> Option<&'t str> {
    let range = |element: &CapturedElement<'_>| match element {
        CapturedElement::Node(node) | CapturedElement::Name(_, node) => tree.range(*node).ok(),
    };
    match &capture.elements[..] {
        [] => Some(""),
        [CapturedElement::Name(name, _)] => Some(name),
        [first, .., last] => text.get(range(first)?.0 as usize..range(last)?.1 as usize),
        [one] => {
            let (start, end) = range(one)?;
            text.get(start as usize..end as usize)
        }
    }
}

/// A text on one line, cut off if it is long.
fn shortened(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    if line.chars().count() <= MAX_CAPTURE_CHARACTERS {
        return line;
    }
    let start: String = line.chars().take(MAX_CAPTURE_CHARACTERS - 3).collect();
    format!("{start}...")
}

#[cfg(test)]
mod tests {
    use super::MessageTemplate;

    #[test]
    fn names_of_metavariables_are_found() {
        let names = |text| MessageTemplate::new(text).names().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(names("`$F($$$ARGS)` costs $5, $$ and $x_1$Y"), ["F", "ARGS", "x_1", "Y"]);
        assert!(names("no $, no $$$").is_empty());
    }
}
