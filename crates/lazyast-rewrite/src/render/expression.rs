//! Placeholders that are expressions.

use std::ops::Range;

use lazyast_format::Kind;
use lazyast_query::CapturedElement;

use super::rendered::{RenderResult, Rendered, wrong};
use super::run::TemplateRun;
use crate::indent::{push_word, rebase};
use crate::nodes::bare_name;
use crate::precedence::{Shape, shape};
use crate::source::is_statement;
use crate::template::ExpressionPlace;

impl<'x, 'r, 'a, B: AsRef<[u8]>> TemplateRun<'x, 'r, 'a, B> {
    pub(super) fn push_expression(
        &mut self,
        name: &str,
        element: CapturedElement<'a>,
        place: ExpressionPlace,
        range: &Range<usize>,
    ) -> RenderResult<()> {
        let source = self.renderer.source;
        let mut node = match element {
            CapturedElement::Name(_, node) if source.tree.kind(node)? == Kind::Constant => {
                return Err(wrong(name, "an expression: it is a part of a string"));
            }
            CapturedElement::Name(text, _) => {
                push_word(&mut self.out, text);
                return Ok(());
            }
            CapturedElement::Node(node) => node,
        };
        if source.tree.kind(node)? == Kind::Withitem
            && source.tree.subtree_end(node + 1) == source.tree.subtree_end(node)
        {
            node += 1;
        }
        if source.tree.kind(node)?.class() != "expr" {
            if self.is_whole(range) && is_statement(source.tree.kind(node)?) {
                let indent = self.statements(&[node])?;
                self.out.push_str(&rebase(&indent.0, indent.1, ""));
                return Ok(());
            }
            let text = bare_name(source.tree, node)?.ok_or_else(|| wrong(name, "an expression"))?;
            push_word(&mut self.out, text);
            return Ok(());
        }
        let part = source.range(node)?;
        let rendered = match self.renderer.hit_at(node, self.index) {
            Some(hit) => hit.clone(),
            None => {
                let (text, is_open) = self.renderer.source_text(part, self.index);
                let shape = shape(source.tree, &source.layout, node, 0)?;
                Rendered { text, shape, is_open, is_compound: false }
            }
        };
        let mut text = rebase(
            &rendered.text,
            source.layout.indentation(part.0),
            self.code.layout.indentation(range.start),
        );
        let is_whole = self.is_expression && self.is_whole(range);
        let is_open = rendered.is_open && !place.has_brackets;
        if is_whole {
            self.shape = rendered.shape;
            self.is_open |= is_open;
        } else if place.is_only_argument
            && source.tree.kind(node)? == Kind::GeneratorExp
            && text.starts_with('(')
        {
            text = text[1..text.len() - 1].to_owned();
        } else if rendered.shape != Shape::Fixed
            && (place.slot.asks_for_parentheses(rendered.shape) || is_open && !self.is_expression)
        {
            text = format!("({text})");
        } else {
            self.is_open |= is_open;
        }
        push_word(&mut self.out, &text);
        Ok(())
    }

    /// Whether a placeholder is all of the template.
    pub(super) fn is_whole(&self, range: &Range<usize>) -> bool {
        let template = self.code.template;
        template.roots.len() == 1
            && template.placeholder_of(template.expression()).is_some_and(|whole| whole.range == *range)
    }
}
