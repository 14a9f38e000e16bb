//! Parameters of functions: `def f($$$ARGS)`.
//!
//! `/` and a lone `*` are no parameters. They follow from the kinds of the parameters around them, so a list with captured
//! parameters is written anew, unless it is one captured list as a whole.

use std::ops::Range;

use lazyast_format::{Field, NodeId};
use lazyast_query::CapturedElement;

use super::rendered::{RenderResult, wrong};
use super::run::TemplateRun;
use crate::indent::rebase;
use crate::nodes::{children, default_of};
use crate::order::order;
use crate::template::{Form, Placeholder, parameter_list};

impl<B: AsRef<[u8]>> TemplateRun<'_, '_, '_, B> {
    /// One parameter, without stars.
    pub(super) fn parameter(&self, name: &str, has_default: bool) -> RenderResult<String> {
        let source = self.renderer.source;
        let node = match self.element(name)? {
            CapturedElement::Name(text, _) => return Ok(text.to_owned()),
            CapturedElement::Node(node) => node,
        };
        if source.tree.kind(node)? != lazyast_format::Kind::Arg {
            return self.name(name);
        }
        let range = if has_default { source.range(node)? } else { source.element_range(node)? };
        Ok(self.renderer.source_text(range, self.index).0)
    }

    /// All parameters of an `arguments` of the template.
    pub(super) fn push_parameters(&mut self, arguments: NodeId, range: &Range<usize>) -> RenderResult<()> {
        let code = self.code;
        let mut parameters: Vec<(Field, String)> = Vec::new();
        let all = children(code.tree, arguments)?;
        let nodes: Vec<_> = all.iter().filter(|(field, _)| order(*field) < 5).collect();
        if let [(_, only)] = nodes[..]
            && let Some(Placeholder { name, .. }) = code.template.placeholder_of(*only)
            && let Some(text) = self.whole_list(name, range)?
        {
            self.out.push_str(&text);
            return Ok(());
        }
        for (field, node) in nodes {
            let placeholder = code.template.placeholder_of(*node);
            let is_sequence = placeholder.is_some_and(|found| {
                found.form == Form::Parameter { has_default: false }
                    && self.capture(&found.name).is_ok_and(|capture| capture.is_sequence)
            });
            match placeholder {
                Some(Placeholder { name, .. }) if is_sequence => {
                    self.captured_parameters(name, &mut parameters)?
                }
                _ => {
                    let mut start = code.template.fragment.range(code.tree.range(*node)?).start;
                    let mut end = code.template.fragment.range(code.tree.range(*node)?).end;
                    if let Some(placeholder) = placeholder {
                        (start, end) = (placeholder.range.start, placeholder.range.end);
                    }
                    if let Some(default) = default_of(code.tree, arguments, *node)? {
                        end = code.template.fragment.range(code.tree.range(default)?).end;
                        end = code
                            .layout
                            .parentheses_around(
                                code.template.fragment.range(code.tree.range(default)?).start,
                                end,
                            )
                            .last()
                            .filter(|pair| pair.1 < range.end)
                            .map_or(end, |pair| pair.1);
                    }
                    let before = std::mem::take(&mut self.out);
                    self.push_range(start..end)?;
                    parameters.push((*field, std::mem::replace(&mut self.out, before)));
                }
            }
        }
        parameters.sort_by_key(|(field, _)| order(*field));
        let text = parameter_text(&parameters);
        if self.code.layout.text[..range.start].ends_with("lambda") && !text.is_empty() {
            self.out.push(' ');
        }
        self.out.push_str(&text);
        Ok(())
    }

    fn captured_parameters(&self, name: &str, parameters: &mut Vec<(Field, String)>) -> RenderResult<()> {
        let source = self.renderer.source;
        for element in &self.capture(name)?.elements {
            let CapturedElement::Node(node) = *element else { return Err(wrong(name, "parameters")) };
            let field = source.tree.field(node)?;
            if order(field) >= 5 {
                return Err(wrong(name, "parameters"));
            }
            let (text, _) = self.renderer.source_text(source.element_range(node)?, self.index);
            parameters.push((field, text));
        }
        Ok(())
    }

    /// The text of a whole parameter list, if that is what was captured.
    fn whole_list(&self, name: &str, range: &Range<usize>) -> RenderResult<Option<String>> {
        let source = self.renderer.source;
        let capture = self.capture(name)?;
        let Some(CapturedElement::Node(first)) = capture.elements.first() else { return Ok(None) };
        if order(source.tree.field(*first)?) >= 5 {
            return Err(wrong(name, "parameters"));
        }
        let arguments = source.parent(*first);
        let count = children(source.tree, arguments)?.iter().filter(|(field, _)| order(*field) < 5).count();
        let part = parameter_list(source.tree, &source.layout, &source.parents, arguments, 0)?;
        let (text, is_open) = self.renderer.source_text((part.start, part.end), self.index);
        let has_brackets = self.code.layout.depth(range.start) > 0;
        if count != capture.elements.len() || is_open && !has_brackets {
            return Ok(None);
        }
        let text =
            rebase(&text, source.layout.indentation(part.start), self.code.layout.indentation(range.start));
        let is_lambda = self.code.layout.text[..range.start].ends_with("lambda");
        Ok(Some(if is_lambda && !text.starts_with(' ') { format!(" {text}") } else { text }))
    }
}

/// Parameters with the `/` and `*` that their kinds need.
fn parameter_text(parameters: &[(Field, String)]) -> String {
    let mut pieces: Vec<String> = Vec::new();
    let has_vararg = parameters.iter().any(|(field, _)| *field == Field::Vararg);
    let last_positional = parameters.iter().rposition(|(field, _)| *field == Field::Posonlyargs);
    let first_keyword = parameters.iter().position(|(field, _)| *field == Field::Kwonlyargs);
    for (index, (field, text)) in parameters.iter().enumerate() {
        if first_keyword == Some(index) && !has_vararg {
            pieces.push("*".to_owned());
        }
        pieces.push(match field {
            Field::Vararg => format!("*{text}"),
            Field::Kwarg => format!("**{text}"),
            _ => text.clone(),
        });
        if last_positional == Some(index) {
            pieces.push("/".to_owned());
        }
    }
    pieces.join(", ")
}
