//! Placeholders that are statements.

use lazyast_format::{Kind, NodeId};
use lazyast_query::CapturedElement;

use super::rendered::{RenderResult, wrong};
use super::run::TemplateRun;
use crate::indent::rebase;
use crate::nodes::is_compound;
use crate::precedence::Slot;
use crate::skip::SkipReason;
use crate::template::{ExpressionPlace, Placeholder};

impl<'x, 'r, 'a, B: AsRef<[u8]>> TemplateRun<'x, 'r, 'a, B> {
    /// The text of captured statements, its indentation, and whether it has to be in lines of its own.
    pub(super) fn statements(&mut self, nodes: &[NodeId]) -> RenderResult<(String, &'r str, bool)> {
        let source = self.renderer.source;
        let layout = &source.layout;
        let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else {
            return Ok((String::new(), "", false));
        };
        let hit = self.renderer.hits[self.index].range;
        let statement = source.start_with_decorators(*first)?;
        let indent = layout.indentation(statement);
        let mut is_block = layout.starts_line(statement);
        let mut start = statement;
        // Comments in lines of their own before the statements belong to them.
        loop {
            let line = layout.line_start(start);
            let before = layout.text[..line].trim_end();
            let comment = layout.line_start(before.len());
            let text = layout.text[comment..before.len()].trim_start_matches([' ', '\t']);
            let begin = before.len() - text.len();
            if !is_block || !text.starts_with('#') || begin < hit.0 || !layout.is_in_comment(begin) {
                break;
            }
            start = begin;
        }
        let mut end = source.range(*last)?.1;
        if end < hit.1
            && let Some((_, comment)) = layout.comment_after(end)
        {
            end = comment;
        }
        let (mut text, is_open) = self.renderer.source_text((start, end), self.index);
        if layout.text[start..].starts_with("elif")
            && source.tree.kind(*first)? == Kind::If
            && text.starts_with("el")
        {
            text.drain(.."el".len());
            is_block = true;
        }
        let mut has_compound = false;
        for node in nodes {
            has_compound |= is_compound(source.tree.kind(*node)?);
        }
        self.is_compound |= has_compound;
        self.is_open |= is_open;
        Ok((text, indent, is_block || is_open || has_compound))
    }

    pub(super) fn push_statements(&mut self, placeholder: &Placeholder) -> RenderResult<usize> {
        let Placeholder { range, name, node, .. } = placeholder;
        let layout = &self.code.layout;
        let source = self.renderer.source;
        let capture = self.capture(name)?;
        let nodes: Vec<NodeId> = capture
            .elements
            .iter()
            .filter_map(|element| match element {
                CapturedElement::Node(node) => Some(*node),
                CapturedElement::Name(..) => None,
            })
            .collect();
        let line_end = layout.line_end(range.end);
        let rest = layout.text[range.end..line_end].trim_start_matches([' ', '\t']);
        let ends_line = rest.is_empty() || rest.starts_with('#');
        let starts_line = layout.starts_line(range.start);
        if nodes.is_empty() && capture.elements.is_empty() {
            let is_empty = |name: &str| self.capture(name).is_ok_and(|capture| capture.elements.is_empty());
            let node = node.unwrap_or_default();
            if self.code.template.leaves_pass(self.code.tree, layout, node, is_empty)? {
                self.out.push_str("pass");
                return Ok(range.end);
            }
            self.out.truncate(self.out.trim_end_matches([' ', '\t']).len());
            return Ok((line_end + 1).min(layout.text.len()));
        }
        if nodes.len() != capture.elements.len() {
            return Err(wrong(name, "statements"));
        }
        if let [one] = nodes[..]
            && source.tree.kind(one)?.class() == "expr"
        {
            let slot = Slot::parenthesised();
            let place = ExpressionPlace { slot, has_brackets: false, is_only_argument: false };
            self.push_expression(name, CapturedElement::Node(one), place, range)?;
            return Ok(range.end);
        }
        for node in &nodes {
            if source.tree.kind(*node)?.class() != "stmt" {
                return Err(wrong(name, "statements"));
            }
        }
        let (text, from, needs_lines) = self.statements(&nodes)?;
        let indent = layout.indentation(range.start);
        if starts_line {
            if !ends_line && needs_lines {
                return Err(SkipReason::SharesLine.into());
            }
            self.out.push_str(&rebase(&text, from, indent));
        } else if !needs_lines {
            self.out.push_str(&text);
        } else if ends_line && self.out.trim_end().ends_with(':') {
            // The block of a statement that the template has in one line.
            let outer = source.layout.indentation(source.range(source.parent(nodes[0]))?.0);
            let unit = from.strip_prefix(outer).filter(|unit| !unit.is_empty()).unwrap_or("    ");
            let inner = format!("{indent}{unit}");
            self.out.truncate(self.out.trim_end().len());
            self.out.push('\n');
            self.out.push_str(&inner);
            self.out.push_str(&rebase(&text, from, &inner));
        } else {
            return Err(SkipReason::SharesLine.into());
        }
        Ok(range.end)
    }
}
