//! [`Fragment`]: Python code with metavariables, parsed. Patterns and templates are fragments.

use std::ops::Range;

use lazyast_format::{Archive, NodeId, Tree};

use super::parsed::ParsedPattern;
use crate::error::{Language, QueryError};
use crate::limits::check_length;
use crate::pattern::metavariables::{SubstitutedText, substitute};
use crate::pattern::parse::{ParseFailure, ParseFn};
use crate::pattern::source::{OffsetMap, PatternSource, Wrapper};

/// The deepest tree of a fragment. The parser accepts none that is deeper.
const MAX_DEPTH: u16 = 512;

/// Python code with metavariables, and its tree, in which identifiers stand for the metavariables.
///
/// An identifier is as long as its metavariable, so that offsets in the tree are offsets in the code.
pub struct Fragment<B> {
    archive: Archive<B>,
    pub(super) substituted: SubstitutedText,
    pub(super) wrapper: Wrapper,
    language: Language,
    text: String,
    /// The offset of the code in the text.
    start: usize,
    code: String,
    /// The number of bytes before the code in the text that was parsed.
    before: usize,
}

impl<B: AsRef<[u8]>> Fragment<B> {
    /// Parses a template: one expression, statements, an `except` or a `case` clause, or a decorator.
    pub fn template(text: &str, parse: &ParseFn<'_, B>) -> Result<Self, QueryError> {
        Self::parse(Language::Template, text, parse)
    }

    /// Tries the wrappers until one parses.
    pub(super) fn parse(language: Language, text: &str, parse: &ParseFn<'_, B>) -> Result<Self, QueryError> {
        check_length(language, text)?;
        let source = PatternSource::new(language, text);
        if source.code.is_empty() {
            return Err(source.error(format!("the {language} has no code")));
        }
        let substituted = substitute(language, source.code)?;
        let mut failure = None;
        for wrapper in source.wrappers() {
            let before = wrapper.before(source.indent());
            let offsets = source.offsets(before.len());
            match parse(&format!("{before}{}\n{}", substituted.text, wrapper.after())) {
                Ok(archive) => {
                    let fragment = Self {
                        archive,
                        substituted,
                        wrapper: *wrapper,
                        language,
                        text: text.to_owned(),
                        start: source.offset_of_code(),
                        code: source.code.to_owned(),
                        before: before.len(),
                    };
                    fragment.check_depth()?;
                    return Ok(fragment);
                }
                Err(error) => failure = Some((offsets, error)),
            }
        }
        let (offsets, error) = failure
            .unwrap_or_else(|| (source.offsets(0), ParseFailure { message: String::new(), offset: None }));
        Err(offsets.parse_error(error))
    }

    fn check_depth(&self) -> Result<(), QueryError> {
        if self.tree()?.header().depth > MAX_DEPTH {
            let message =
                format!("the {} is nested too deeply: expected at most {MAX_DEPTH} levels", self.language);
            return Err(self.error(0..self.code.len(), message));
        }
        Ok(())
    }

    /// The tree of the code. [`range`](Self::range) leads from its nodes to the code.
    pub fn tree(&self) -> Result<Tree<'_>, QueryError> {
        self.archive.tree().map_err(|error| self.error(0..self.code.len(), error.to_string()))
    }

    /// The nodes of the code: one expression statement, statements, one clause, or the expression of a decorator.
    pub fn roots(&self) -> Result<Vec<NodeId>, QueryError> {
        let tree = self.tree()?;
        self.parsed(&tree).roots(self.wrapper)
    }

    pub(super) fn parsed<'c, 'a>(&'c self, tree: &'c Tree<'a>) -> ParsedPattern<'c, 'a> {
        ParsedPattern { tree, substituted: &self.substituted, offsets: self.offsets() }
    }

    fn offsets(&self) -> OffsetMap<'_> {
        OffsetMap::new(self.language, &self.text, self.before, self.start)
    }

    /// The code, without blank lines and white space around it.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The number of bytes before the code in the tree's text.
    pub fn offset(&self) -> usize {
        self.before
    }

    /// The range in the code of a range in the tree's text.
    pub fn range(&self, range: (u32, u32)) -> Range<usize> {
        let offset = |offset: u32| (offset as usize).saturating_sub(self.before).min(self.code.len());
        offset(range.0)..offset(range.1)
    }

    /// Whether the code is a decorator without a definition. The root is its expression.
    pub fn is_decorator(&self) -> bool {
        self.wrapper == Wrapper::Decorator
    }

    /// Where metavariables are written in the code: the range, the name if it has one, and whether it is a `$$$`.
    pub fn metavariables(&self) -> impl Iterator<Item = (Range<usize>, Option<&str>, bool)> {
        let occurrences = self.substituted.occurrences.iter();
        occurrences.map(|(range, metavariable)| {
            (range.clone(), metavariable.name.as_deref(), metavariable.is_sequence)
        })
    }

    /// A text of the tree, such as a name, with what `value` gives for the name of each metavariable in it. If it gives
    /// nothing, the metavariable stays as it was written.
    pub fn replace_metavariables(&self, text: &str, mut value: impl FnMut(&str) -> Option<String>) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        loop {
            let first = self.substituted.metavariables.iter().filter_map(|(identifier, metavariable)| {
                let start = memchr::memmem::find(rest.as_bytes(), identifier.as_bytes())?;
                Some((start, std::cmp::Reverse(identifier), metavariable))
            });
            let Some((start, std::cmp::Reverse(identifier), metavariable)) =
                first.min_by_key(|found| (found.0, found.1))
            else {
                replaced.push_str(rest);
                return replaced;
            };
            replaced.push_str(&rest[..start]);
            rest = &rest[start + identifier.len()..];
            if metavariable.as_keyword {
                rest = rest.strip_prefix("=0").unwrap_or(rest);
            }
            match metavariable.name.as_deref().and_then(&mut value) {
                Some(value) => replaced.push_str(&value),
                None => replaced.push_str(self.substituted.written(identifier)),
            }
        }
    }

    /// The value of a string or bytes literal of the tree as it was written, with `$` in it.
    pub fn restore(&self, value: &[u8]) -> Vec<u8> {
        self.substituted.restore(value)
    }

    /// An error about a part of the code.
    pub fn error(&self, range: Range<usize>, message: impl Into<String>) -> QueryError {
        QueryError::new(self.language, &self.text, range.start + self.start..range.end + self.start, message)
    }
}

impl<B> std::fmt::Debug for Fragment<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fragment").field("text", &self.text).finish_non_exhaustive()
    }
}
