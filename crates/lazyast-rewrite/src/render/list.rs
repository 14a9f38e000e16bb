//! Placeholders that are elements of a list.

use std::ops::Range;

use lazyast_query::CapturedElement;

use super::rendered::RenderResult;
use super::run::TemplateRun;
use crate::indent::rebase;
use crate::precedence::{Shape, shape};

impl<'x, 'r, 'a, B: AsRef<[u8]>> TemplateRun<'x, 'r, 'a, B> {
    /// Removes the comma that an absent element of a list leaves. Returns where the template goes on.
    pub(super) fn drop_comma(&mut self, end: usize) -> usize {
        let rest = &self.code.layout.text[end..];
        if let Some(after) = rest.trim_start().strip_prefix(',') {
            let kept = after.trim_start_matches([' ', '\t']);
            return self.code.layout.text.len() - kept.len();
        }
        let trimmed = self.out.trim_end();
        if let Some(before) = trimmed.strip_suffix(',') {
            self.out.truncate(before.len());
        }
        end
    }

    /// The elements of a list as text; `None` if there are none.
    pub(super) fn sequence(
        &mut self,
        name: &str,
        separator: &str,
        has_brackets: bool,
        range: &Range<usize>,
    ) -> RenderResult<Option<String>> {
        let capture = self.capture(name)?;
        let source = self.renderer.source;
        if capture.elements.is_empty() {
            return Ok(None);
        }
        let ranges = source.element_ranges(&capture.elements)?;
        if ranges.is_empty() {
            // Names of `global` and `nonlocal`.
            let names = capture.elements.iter().filter_map(|element| match element {
                CapturedElement::Name(text, _) => Some(*text),
                CapturedElement::Node(_) => None,
            });
            return Ok(Some(names.collect::<Vec<_>>().join(separator)));
        }
        let word = separator.trim();
        let mut needs_parentheses = Vec::new();
        for (element, part) in capture.elements.iter().zip(&ranges) {
            let CapturedElement::Node(node) = *element else { continue };
            let is_naked = source.tree.kind(node)?.class() == "expr"
                && source.range(node)? == *part
                && matches!(shape(source.tree, &source.layout, node, 0)?, Shape::Tuple | Shape::Yield);
            needs_parentheses.push(is_naked);
        }
        let is_naked = |index: usize| needs_parentheses.get(index) == Some(&true);
        let is_run = !needs_parentheses.contains(&true)
            && ranges.windows(2).all(|pair| {
                let between = source.layout.code_after(pair[0].1);
                let after = source.layout.code_before(pair[1].0);
                source.layout.text.get(between..after).is_some_and(|text| text == word)
            });
        let first = ranges[0].0;
        let whole = (first, ranges[ranges.len() - 1].1);
        if is_run {
            let (text, is_open) = self.renderer.source_text(whole, self.index);
            if has_brackets || !is_open {
                let indent = self.code.layout.indentation(range.start);
                return Ok(Some(rebase(&text, source.layout.indentation(first), indent)));
            }
        }
        let mut pieces = Vec::new();
        for (index, part) in ranges.into_iter().enumerate() {
            let (text, is_open) = self.renderer.source_text(part, self.index);
            let text =
                rebase(&text, source.layout.indentation(part.0), self.code.layout.indentation(range.start));
            pieces.push(if is_open && !has_brackets || is_naked(index) { format!("({text})") } else { text });
        }
        Ok(Some(pieces.join(separator)))
    }

    /// Decorators, each in a line of its own.
    pub(super) fn push_decorators(&mut self, name: &str, range: &Range<usize>) -> RenderResult<usize> {
        let capture = self.capture(name)?;
        let indent = self.code.layout.indentation(range.start);
        if capture.elements.is_empty() {
            self.out.truncate(self.out.trim_end_matches([' ', '\t']).len());
            let line_end = self.code.layout.line_end(range.end);
            let kept = self.code.layout.text[(line_end + 1).min(self.code.layout.text.len())..]
                .trim_start_matches([' ', '\t']);
            self.out.push_str(if self.out.is_empty() { "" } else { indent });
            return Ok(self.code.layout.text.len() - kept.len());
        }
        let source = self.renderer.source;
        for (index, part) in source.element_ranges(&capture.elements)?.into_iter().enumerate() {
            let text = self.copy(part, part.0, range.start);
            if index > 0 {
                self.out.push('\n');
                self.out.push_str(indent);
            }
            self.out.push('@');
            self.out.push_str(&text);
        }
        Ok(range.end)
    }
}
