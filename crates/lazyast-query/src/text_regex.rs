//! [`TextRegex`]: a regular expression of a selector, and the names among which it may be found.

use std::cell::RefCell;

use regex::{Regex, RegexBuilder, bytes};
use regex_syntax::hir::{Hir, HirKind, Repetition};

/// The largest compiled regular expression, in bytes.
const MAX_REGEX: usize = 1 << 20;
/// The deepest regular expression.
const MAX_REGEX_NESTING: u32 = 100;
/// So many expressions that were compiled last are kept, because queries of one rule repeat them.
const KEPT: usize = 8;

/// A regular expression that is searched for in texts.
#[derive(Clone, Debug)]
pub(crate) struct TextRegex {
    pub(crate) regex: Regex,
    /// What a text must contain to contain a match, wherever the text begins and ends.
    part: Option<bytes::Regex>,
}

thread_local! {
    static LATEST: RefCell<Vec<TextRegex>> = const { RefCell::new(Vec::new()) };
}

impl PartialEq for TextRegex {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str()
    }
}

impl TextRegex {
    /// Compiles an expression. Its flags are a part of its text.
    pub(crate) fn new(text: &str) -> Result<Self, regex::Error> {
        let known =
            LATEST.with_borrow(|latest| latest.iter().find(|one| one.regex.as_str() == text).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let mut builder = RegexBuilder::new(text);
        let regex = builder.size_limit(MAX_REGEX).nest_limit(MAX_REGEX_NESTING).build()?;
        let compiled = Self { regex, part: part(text) };
        LATEST.with_borrow_mut(|latest| {
            latest.truncate(KEPT - 1);
            latest.insert(0, compiled.clone());
        });
        Ok(compiled)
    }

    /// Whether the expression may match one of the texts that stand in a row, without anything between them.
    pub(crate) fn may_match_one_of(&self, texts: &[u8]) -> bool {
        self.part.as_ref().is_none_or(|part| part.is_match(texts))
    }

    /// Whether some texts can be told to contain no match.
    pub(crate) fn has_part(&self) -> bool {
        self.part.is_some()
    }
}

/// What every match contains, without the conditions on what is around it, and without what may be empty at its ends.
fn part(text: &str) -> Option<bytes::Regex> {
    let hir = without_surroundings(&regex_syntax::parse(text).ok()?);
    if hir.properties().minimum_len() == Some(0) {
        return None;
    }
    bytes::RegexBuilder::new(&hir.to_string()).size_limit(MAX_REGEX).build().ok()
}

/// The expression without anchors and word boundaries, and without what may be empty at the ends of a concatenation.
fn without_surroundings(hir: &Hir) -> Hir {
    let inner = without_looks(hir);
    let HirKind::Concat(parts) = inner.kind() else { return inner };
    let may_be_empty = |part: &&Hir| part.properties().minimum_len() == Some(0);
    let start = parts.iter().take_while(may_be_empty).count();
    let end = parts.len() - parts[start..].iter().rev().take_while(may_be_empty).count();
    Hir::concat(parts[start..end].to_vec())
}

fn without_looks(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Look(_) => Hir::empty(),
        HirKind::Capture(capture) => without_looks(&capture.sub),
        HirKind::Repetition(repetition) => {
            let sub = Box::new(without_looks(&repetition.sub));
            Hir::repetition(Repetition { sub, ..repetition.clone() })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(without_looks).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(without_looks).collect()),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => hir.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::TextRegex;

    #[test]
    fn parts_are_found_in_every_row_with_a_match() {
        let names = ["a_password", "test_x", "Éa", "x", "secret_KEY", "ab1", "__init__"];
        let row = names.concat();
        for text in [
            r"^(\w+_)?(passwo?r?d|secret_key)$",
            "(?i)^(secret_key|z)$",
            "^test_",
            r"\bx\b",
            "É",
            "(?i)é",
            r"\d$",
            r"(?x) ^ _ _ .* $ # dunder",
            "(a|^$|b)1",
            "z+",
            ".",
            "^$",
            r"(?-u:\w)$",
        ] {
            let regex = TextRegex::new(text).expect(text);
            let matches = names.iter().any(|name| regex.regex.is_match(name));
            assert!(!matches || regex.may_match_one_of(row.as_bytes()), "{text}");
        }
        let regex = TextRegex::new(r"^(\w+_)?passwd$").expect("it is valid");
        assert!(!regex.may_match_one_of(row.as_bytes()) && regex.has_part());
        assert!(!TextRegex::new("^x*$").expect("it is valid").has_part());
    }
}
