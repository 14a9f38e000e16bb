//! [`TemplateRun`]: one use of the template.

use std::ops::Range;

use lazyast_format::{Kind, NodeId};
use lazyast_query::{Capture, CapturedElement};

use super::rendered::{RenderResult, Rendered, TemplateCode, wrong};
use super::renderer::Renderer;
use crate::indent::{push_text, push_word, rebase};
use crate::nodes::{bare_name, children, is_compound};
use crate::precedence::{Level, Shape};
use crate::skip::SkipReason;
use crate::source::Part;
use crate::template::{Form, Placeholder};

/// One use of the template: the text so far, and what is known of it.
pub(super) struct TemplateRun<'x, 'r, 'a, B> {
    pub(super) renderer: &'x Renderer<'r, 'a, B>,
    pub(super) code: &'x TemplateCode<'r, B>,
    pub(super) index: usize,
    pub(super) is_expression: bool,
    pub(super) out: String,
    pub(super) shape: Shape,
    pub(super) is_open: bool,
    pub(super) is_compound: bool,
    /// The tuples that are done.
    tuples: usize,
}

impl<'x, 'r, 'a, B: AsRef<[u8]>> TemplateRun<'x, 'r, 'a, B> {
    pub(super) fn new(
        renderer: &'x Renderer<'r, 'a, B>,
        code: &'x TemplateCode<'r, B>,
        index: usize,
        is_expression: bool,
    ) -> Self {
        Self {
            renderer,
            code,
            index,
            is_expression,
            out: String::new(),
            shape: Shape::Other(Level::Atom),
            is_open: false,
            is_compound: false,
            tuples: 0,
        }
    }

    pub(super) fn run(mut self, whole: Range<usize>) -> RenderResult<Rendered> {
        if !self.is_expression {
            for root in &self.code.template.roots {
                let is_placeholder = self.code.template.placeholder_of(*root).is_some();
                self.is_compound |= !is_placeholder && is_compound(self.code.tree.kind(*root)?);
            }
        }
        self.is_open |= self.code.layout.has_open_newline(whole.start, whole.end);
        self.push_range(whole)?;
        let Self { mut out, shape, is_open, is_compound, .. } = self;
        out.truncate(out.trim_end().len());
        Ok(Rendered { text: out, shape, is_open, is_compound })
    }

    /// Appends a part of the template with its placeholders.
    pub(super) fn push_range(&mut self, range: Range<usize>) -> RenderResult<()> {
        let template = self.code.template;
        let mut at = range.start;
        for placeholder in &template.placeholders {
            // Parameters have their placeholders inside.
            if placeholder.range.start < at || placeholder.range.end > range.end {
                continue;
            }
            self.push_code(at, placeholder.range.start)?;
            at = self.push_placeholder(placeholder)?;
        }
        if at < range.end {
            self.push_code(at, range.end)?;
        }
        Ok(())
    }

    /// Appends code of the template. A tuple of one element gets its comma.
    pub(super) fn push_code(&mut self, mut start: usize, end: usize) -> RenderResult<()> {
        let code = self.code;
        while let Some((at, tuple)) = code.template.tuples.get(self.tuples).copied()
            && at <= end
        {
            self.tuples += 1;
            if at < start {
                continue;
            }
            push_text(&mut self.out, &code.layout, start, at);
            start = at;
            let has_comma =
                code.layout.text[at..].trim_start().starts_with(',') || self.out.trim_end().ends_with(',');
            if !has_comma && self.tuple_length(tuple)? == 1 {
                self.out.push(',');
            }
        }
        push_text(&mut self.out, &code.layout, start, end);
        Ok(())
    }

    pub(super) fn tuple_length(&self, tuple: NodeId) -> RenderResult<usize> {
        let mut length = 0;
        for (_, child) in children(self.code.tree, tuple)? {
            length += match self.code.template.placeholder_of(child) {
                Some(Placeholder { name, form: Form::Sequence { .. }, .. }) => {
                    self.capture(name)?.elements.len()
                }
                _ => 1,
            };
        }
        Ok(length)
    }

    pub(super) fn capture(&self, name: &str) -> RenderResult<&'x Capture<'a>> {
        let captures = &self.renderer.hits[self.index].captures;
        let expected = || SkipReason::WrongCapture { name: name.to_owned(), expected: "anything here" };
        Ok(captures.iter().find(|capture| capture.name == name).ok_or_else(expected)?)
    }

    /// The one element of a capture.
    pub(super) fn element(&self, name: &str) -> RenderResult<CapturedElement<'a>> {
        match self.capture(name)?.elements[..] {
            [one] => Ok(one),
            _ => Err(wrong(name, "one node")),
        }
    }

    /// Appends what a placeholder stands for, and returns the offset in the template at which to go on.
    pub(super) fn push_placeholder(&mut self, placeholder: &Placeholder) -> RenderResult<usize> {
        let Placeholder { range, name, form, .. } = placeholder;
        match *form {
            Form::Parameters(arguments) => self.push_parameters(arguments, range)?,
            Form::Statements => return self.push_statements(placeholder),
            Form::Name => {
                let text = self.name(name)?;
                push_word(&mut self.out, &text);
            }
            Form::Text { quote, is_raw } => self.push_string_text(name, quote, is_raw)?,
            Form::Expression(place) => self.push_expression(name, self.element(name)?, place, range)?,
            Form::Optional(place, words) => match self.capture(name)?.elements[..] {
                [one] => self.push_expression(name, one, place, range)?,
                [] => {
                    self.out.truncate(self.out.trim_end().len());
                    if let Some(rest) = words.iter().find_map(|word| self.out.strip_suffix(word)) {
                        self.out.truncate(rest.trim_end().len());
                    }
                }
                _ => return Err(wrong(name, "one node at most")),
            },
            Form::Sequence { separator, has_brackets } => {
                let text = self.sequence(name, separator, has_brackets, range)?;
                match text {
                    Some(text) => push_word(&mut self.out, &text),
                    None => return Ok(self.drop_comma(range.end)),
                }
            }
            Form::Decorators => return self.push_decorators(name, range),
            Form::Parameter { has_default } => {
                let text = self.parameter(name, has_default)?;
                self.out.push_str(&text);
            }
            Form::Node => {
                let text = match self.element(name)? {
                    CapturedElement::Name(text, _) => text.to_owned(),
                    CapturedElement::Node(node) => {
                        let range = self.renderer.source.range(node)?;
                        self.copy(range, range.0, placeholder.range.start)
                    }
                };
                push_word(&mut self.out, &text);
            }
        }
        Ok(range.end)
    }

    /// A part of the source, with the indentation of the template's line.
    pub(super) fn copy(&self, part: Part, first: usize, at: usize) -> String {
        let (text, _) = self.renderer.source_text(part, self.index);
        rebase(&text, self.renderer.source.layout.indentation(first), self.code.layout.indentation(at))
    }

    /// The identifier that a capture is.
    pub(super) fn name(&self, name: &str) -> RenderResult<String> {
        let tree = self.renderer.source.tree;
        match self.element(name)? {
            CapturedElement::Name(_, node) if tree.kind(node)? == Kind::Constant => {
                Err(wrong(name, "a name"))
            }
            CapturedElement::Name(text, _) => Ok(text.to_owned()),
            CapturedElement::Node(node) => match bare_name(tree, node)? {
                Some(text) => Ok(text.to_owned()),
                None if tree.kind(node)? == Kind::Arg => {
                    let (start, end) = self.renderer.source.range(node)?;
                    let text = &self.renderer.source.layout.text[start..end];
                    Ok(text.split([':', ' ']).next().unwrap_or_default().to_owned())
                }
                None => Err(wrong(name, "a name")),
            },
        }
    }

    /// Text in a string literal, escaped.
    pub(super) fn push_string_text(&mut self, name: &str, quote: u8, is_raw: bool) -> RenderResult<()> {
        let CapturedElement::Name(text, _) = self.element(name)? else {
            return Err(wrong(name, "a name or a part of a string"));
        };
        for character in text.chars() {
            let is_plain = character != '\\' && character != char::from(quote) && !character.is_control();
            match character {
                _ if is_plain => self.out.push(character),
                _ if is_raw => return Err(wrong(name, "text that a raw string can have")),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\\' | '"' | '\'' => self.out.extend(['\\', character]),
                _ if u32::from(character) < 256 => {
                    self.out.push_str(&format!("\\x{:02x}", u32::from(character)))
                }
                _ => self.out.push(character),
            }
        }
        Ok(())
    }
}
