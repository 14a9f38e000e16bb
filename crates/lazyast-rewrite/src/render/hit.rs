//! The text of a hit, and what its place in the source adds: parentheses, blanks, indentation.

use lazyast_format::Damage;

use super::rendered::{RenderResult, Rendered, TemplateCode};
use super::renderer::Renderer;
use super::run::TemplateRun;
use crate::indent::{push_word, rebase};
use crate::plan::HitForm;
use crate::precedence::{Shape, shape};
use crate::skip::SkipReason;

impl<'r, 'a, B: AsRef<[u8]>> Renderer<'r, 'a, B> {
    /// Renders the hit with an index. Those after it are rendered already.
    pub(crate) fn render(&mut self, index: usize) -> RenderResult<()> {
        let hit = &self.hits[index];
        let layout = &self.source.layout;
        let (start, end) = hit.range;
        if let HitForm::Deletion { leaves_pass } = hit.form {
            let text = if leaves_pass { "pass" } else { "" };
            self.set(
                index,
                Rendered { text: text.to_owned(), shape: Shape::Fixed, is_open: false, is_compound: false },
            );
            return Ok(());
        }
        let Some(code) = &self.code else { return Ok(()) };
        let is_expression = matches!(hit.form, HitForm::Expression { .. });
        let whole = if is_expression {
            let node = code.template.expression();
            code.template.fragment.range(code.tree.range(node)?)
        } else {
            0..code.layout.text.len()
        };
        let mut rendered = TemplateRun::new(self, code, index, is_expression).run(whole)?;
        let base = code.layout.indentation(0);
        rendered.text = rebase(&rendered.text, base, layout.indentation(start));
        if is_expression && matches!(rendered.shape, Shape::Other(_)) {
            // A placeholder that is the whole template has set the shape.
            rendered.shape = self.template_shape(code, index, rendered.shape)?;
        }
        let mut placed = rendered.clone();
        match hit.form {
            HitForm::Expression { slot, has_brackets, is_only_argument, literal } => {
                let asks = slot.asks_for_parentheses(rendered.shape) || rendered.is_open && !has_brackets;
                if is_only_argument || asks && rendered.shape != Shape::Fixed {
                    placed.text = format!("({})", placed.text);
                    placed.is_open = false;
                }
                if let Some((literal, _)) = literal {
                    self.check_in_field(literal, &mut placed.text, start)?;
                }
            }
            HitForm::Statements { shares_line, is_elif } => {
                if shares_line && (rendered.is_compound || rendered.is_open) {
                    return Err(SkipReason::SharesLine.into());
                }
                if is_elif {
                    placed.text.insert_str(0, "el");
                }
            }
            HitForm::Deletion { .. } => {}
        }
        if is_expression {
            let mut spaced = String::new();
            spaced.push_str(layout.text[..start].chars().next_back().map_or("", |last| {
                let length = last.len_utf8();
                &layout.text[start - length..start]
            }));
            let before = spaced.len();
            push_word(&mut spaced, &placed.text);
            let next = layout.text[end..].chars().next();
            let joins = |character: char| character.is_alphanumeric() || character == '_';
            if next.is_some_and(joins) && spaced.ends_with(joins) {
                spaced.push(' ');
            }
            placed.text = spaced.split_off(before);
        }
        self.rendered[index] = Some(rendered);
        self.placed[index] = Some(placed);
        Ok(())
    }

    fn set(&mut self, index: usize, rendered: Rendered) {
        self.rendered[index] = Some(rendered.clone());
        self.placed[index] = Some(rendered);
    }

    /// The shape of the template's expression, unless it is a placeholder.
    fn template_shape(
        &self,
        code: &TemplateCode<'_, B>,
        _index: usize,
        known: Shape,
    ) -> Result<Shape, Damage> {
        let node = code.template.expression();
        if code.template.placeholder_of(node).is_some() {
            return Ok(known);
        }
        shape(code.tree, &code.layout, node, code.template.fragment.offset())
    }

    /// Before Python 3.12, a replacement field cannot have the quotes of its string.
    fn check_in_field(&self, literal: usize, text: &mut String, start: usize) -> RenderResult<()> {
        let source = self.source.layout.text.as_bytes();
        if text.starts_with('{') && start > 0 && source[start - 1] == b'{' {
            text.insert(0, ' ');
        }
        let quote = source[literal..].iter().copied().find(|byte| matches!(byte, b'"' | b'\''));
        let is_nested = |character: char| {
            matches!(character, '\\' | '#' | '\n' | '\r')
                || quote.is_some_and(|quote| character == char::from(quote))
        };
        if self.source.tree.header().facts.minimum_python < 12 && text.contains(is_nested) {
            return Err(SkipReason::NeedsNestedQuotes.into());
        }
        Ok(())
    }
}
