//! f-strings and t-strings.
//!
//! Ruff keeps the parts of an f-string or t-string apart. CPython joins all constant text between two
//! replacement fields, also across implicitly concatenated literals. The versions of CPython disagree about
//! details of format specifications and of the text of `{x=}`. Sources with these details are unsupported;
//! COMPATIBILITY.md lists them.
//!
//! The fields of a t-string are `Interpolation` nodes. Those in its format specifications are
//! `FormattedValue` nodes, as in an f-string.

use lazyast_format::encoding::{ConstantTag, InterpolationRecord, Payload};
use lazyast_format::{Field, Kind};
use ruff_python_ast::StringFlags;
use ruff_python_ast::{
    ConversionFlag, Expr, ExprFString, ExprTString, FString, FStringPart, InterpolatedElement,
    InterpolatedStringElement, InterpolatedStringFormatSpec,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::lowering::Lowering;
use super::operators::context;
use super::positions_311::FStringLiteral;

/// The constant text since the last replacement field.
#[derive(Default)]
struct PendingText {
    range: Option<TextRange>,
    value: Vec<u8>,
}

impl PendingText {
    fn cover(&mut self, range: TextRange) {
        self.range = Some(self.range.map_or(range, |before| before.cover(range)));
    }
}

/// The f-string or t-string around a replacement field.
#[derive(Clone, Copy)]
struct EnclosingString {
    /// What Python 3.11 needs for an f-string. It has no t-strings.
    literal: Option<FStringLiteral>,
    is_raw: bool,
    /// How many format specifications enclose the field.
    specs: u8,
}

impl Lowering<'_> {
    pub(super) fn joined_string(&mut self, node: &ExprFString, field: Field) {
        let is_concatenated = node.value.is_implicit_concatenated();
        let open = self.enter(Kind::JoinedStr, field, node.range, Payload::None);
        self.builder.joined_string(&open);
        let mut pending = PendingText::default();
        for part in &node.value {
            match part {
                FStringPart::Literal(literal) => {
                    if literal.flags.prefix().is_unicode() {
                        self.unsupported("a literal with the prefix u beside an f-string");
                    }
                    pending.cover(literal.range);
                    self.append_literal(literal, &mut pending.value);
                }
                FStringPart::FString(part) => {
                    self.check_line_ends(part);
                    let literal = self.positions.literal(part.range, is_concatenated, self.replacement);
                    let is_raw = part.flags.prefix().is_raw();
                    let enclosing = EnclosingString { literal: Some(literal), is_raw, specs: 0 };
                    for element in &part.elements {
                        self.element(element, enclosing, &mut pending);
                    }
                }
            }
        }
        self.flush(&mut pending);
        self.builder.leave(open);
    }

    pub(super) fn template_string(&mut self, node: &ExprTString, field: Field) {
        let open = self.enter(Kind::TemplateStr, field, node.range, Payload::None);
        let mut pending = PendingText::default();
        for part in &node.value {
            let is_raw = part.flags.prefix().is_raw();
            let enclosing = EnclosingString { literal: None, is_raw, specs: 0 };
            for element in &part.elements {
                self.element(element, enclosing, &mut pending);
            }
        }
        self.flush(&mut pending);
        self.builder.leave(open);
    }

    fn element(
        &mut self,
        element: &InterpolatedStringElement,
        enclosing: EnclosingString,
        pending: &mut PendingText,
    ) {
        match element {
            InterpolatedStringElement::Literal(text) => {
                if text.value.is_empty() {
                    return;
                }
                self.check_continuation(text.range);
                pending.cover(text.range);
                self.append(&text.value, text.range, enclosing.is_raw, true, &mut pending.value);
            }
            InterpolatedStringElement::Interpolation(replacement) => {
                if let Some(debug) = &replacement.debug_text {
                    let start = replacement.start() + TextSize::new(1);
                    let range = TextRange::at(start, TextSize::of(debug.as_str()));
                    self.check_debug_text(range);
                    pending.cover(range);
                    pending.value.extend_from_slice(self.text[range].as_bytes());
                }
                self.flush(pending);
                self.formatted_value(replacement, enclosing);
            }
        }
    }

    /// Writes the pending text, before a replacement field or at the end, as a constant. Returns the
    /// constant's number unless the text is empty.
    fn flush(&mut self, pending: &mut PendingText) -> Option<u32> {
        let PendingText { range, value } = std::mem::take(pending);
        let range = range.filter(|_| !value.is_empty())?;
        let payload = self.builder.string_constant(ConstantTag::Str, &value);
        let (start, end) = (range.start().to_u32(), range.end().to_u32());
        Some(self.builder.leaf(Kind::Constant, Field::Values, start, end, payload))
    }

    fn formatted_value(&mut self, field: &InterpolatedElement, enclosing: EnclosingString) {
        if !self.may_descend() {
            return;
        }
        self.check_field(field, enclosing);
        let conversion = match field.conversion {
            ConversionFlag::None if field.debug_text.is_some() && field.format_spec.is_none() => {
                i32::from(b'r')
            }
            ConversionFlag::None => -1,
            ConversionFlag::Str => i32::from(b's'),
            ConversionFlag::Repr => i32::from(b'r'),
            ConversionFlag::Ascii => i32::from(b'a'),
        };
        let (start, end) = (field.start().to_u32(), field.end().to_u32());
        let (kind, payload) = if enclosing.literal.is_none() && enclosing.specs == 0 {
            let record = InterpolationRecord { text: self.interpolation_text(field), conversion };
            (Kind::Interpolation, Payload::Interpolation(self.builder.record(record)))
        } else {
            (Kind::FormattedValue, Payload::Conversion(conversion))
        };
        let open = self.builder.enter(kind, Field::Values, start, end, payload);
        self.field_expression(field, enclosing);
        if let Some(spec) = &field.format_spec {
            self.format_spec(spec, enclosing);
        }
        self.builder.leave(open);
    }

    /// The number of `Interpolation.str`: the text from the opening brace to the conversion, the format
    /// specification or the closing brace. In a self-documenting field it ends before the `=`.
    fn interpolation_text(&mut self, field: &InterpolatedElement) -> u32 {
        let text = &self.text[field.start().to_usize() + 1..];
        let text = if let Some(debug) = &field.debug_text {
            let documented = &text[..debug.as_str().len()];
            documented.rsplit_once('=').map_or(documented, |(expression, _)| expression)
        } else {
            let end = field.format_spec.as_ref().map_or(field.end(), |spec| spec.range.start());
            let text = &text[..end.to_usize() - field.start().to_usize() - 2];
            match field.conversion {
                ConversionFlag::None => text,
                _ => text.rsplit_once('!').map_or(text, |(expression, _)| expression),
            }
        };
        if text.contains('#') {
            // CPython removes comments from the text.
            self.unsupported("a # in a replacement field of a t-string");
        }
        self.builder.string(text.as_bytes())
    }

    /// The expression of a field, which Python 3.11 parses as a source of its own.
    fn field_expression(&mut self, field: &InterpolatedElement, enclosing: EnclosingString) {
        let Some(literal) = enclosing.literal else {
            return self.expression(&field.expression, Field::Value);
        };
        let replacement = self.positions.replacement(field.range, literal);
        let moves = self.positions.has_moved_nodes(replacement, field.range);
        let around = std::mem::replace(&mut self.replacement, moves.then_some(replacement));
        match &*field.expression {
            Expr::Tuple(tuple) if !tuple.parenthesized => {
                let (start, end) = (tuple.range.start().to_u32(), tuple.range.end().to_u32());
                let open = self.builder.enter(
                    Kind::Tuple,
                    Field::Value,
                    start,
                    end,
                    Payload::Context(context(tuple.ctx)),
                );
                let span = self.positions.bare_tuple_span(tuple.range, replacement, literal);
                self.builder.span_311(open.id(), span);
                self.expressions(&tuple.elts, Field::Elts);
                self.builder.leave(open);
            }
            expression => self.expression(expression, Field::Value),
        }
        self.replacement = around;
    }

    /// The `JoinedStr` of a format specification: from the colon to the closing brace.
    fn format_spec(&mut self, spec: &InterpolatedStringFormatSpec, enclosing: EnclosingString) {
        let start = spec.range.start().to_u32().saturating_sub(1);
        let end = spec.range.end().to_u32();
        let open = self.builder.enter(Kind::JoinedStr, Field::FormatSpec, start, end, Payload::None);
        let span_311 = enclosing.literal.and_then(|literal| literal.span);
        if let Some(span) = span_311 {
            self.builder.span_311(open.id(), span);
        }
        let enclosing = EnclosingString { specs: enclosing.specs + 1, ..enclosing };
        let mut pending = PendingText::default();
        for element in &spec.elements {
            if let InterpolatedStringElement::Literal(text) = element {
                self.check_spec_text(text.range, enclosing.is_raw);
            }
            self.element(element, enclosing, &mut pending);
        }
        let constant = self.flush(&mut pending);
        if let Some((constant, span)) = constant.zip(span_311) {
            self.builder.span_311(constant, span);
        }
        if constant.is_none() && !spec.elements.is_empty() {
            let empty = self.builder.string_constant(ConstantTag::Str, b"");
            self.builder.leaf(Kind::Constant, Field::Values312, end, end, empty);
        }
        self.builder.leave(open);
    }
}

/// Details in which versions of CPython differ.
impl Lowering<'_> {
    /// Up to Python 3.11 every line end in a literal without triple quotes must be escaped.
    fn check_line_ends(&mut self, part: &FString) {
        if part.flags.is_triple_quoted() {
            return;
        }
        let text = self.slice(part.range).as_bytes();
        if memchr::memchr_iter(b'\n', text).any(|at| !text[..at].ends_with(b"\\")) {
            self.needs(12);
        }
    }

    /// From Python 3.12 on, an escaped line end after a brace ends the text with an empty piece, whose
    /// position differs between versions.
    fn check_continuation(&mut self, range: TextRange) {
        let mut text = self.slice(range);
        if !text.ends_with("\\\n") {
            return;
        }
        while let Some(before) = text.strip_suffix("\\\n") {
            text = before;
        }
        if text.ends_with(['{', '}']) {
            self.unsupported("an escaped line end after a brace in an f-string");
        }
    }

    /// Python 3.12 and 3.13 cut or decode the text of `{x=}` if it contains any of these.
    fn check_debug_text(&mut self, range: TextRange) {
        let text = self.slice(range);
        let expression = text.rsplit_once('=').map_or(text, |(expression, _)| expression);
        if text.contains(['#', '!', '\\']) || expression.contains('=') && expression.contains([':', '{', '}'])
        {
            self.unsupported("a self-documenting expression with #, !, \\ or keywords beside : { }");
        }
    }

    fn check_field(&mut self, field: &InterpolatedElement, enclosing: EnclosingString) {
        self.check(self.strict.replacement_field(field));
        let spec_start = field.format_spec.as_ref().map(|spec| spec.range.start());
        // After the conversion or the expression: the colon or the closing brace.
        let end = spec_start.unwrap_or(field.end()) - TextSize::new(1);
        let text = &self.text.as_bytes()[field.start().to_usize()..end.to_usize()];
        let escapes = memchr::memchr(b'\\', text).is_some();
        let blank_conversion =
            field.conversion != ConversionFlag::None && !text.last().is_some_and(u8::is_ascii_alphabetic);
        let nested_braces = text.starts_with(b"{{");
        if escapes || blank_conversion || field.expression.is_starred_expr() || enclosing.specs > 1 {
            self.needs(12);
        }
        if enclosing.specs > 2 {
            self.unsupported("replacement fields nested three format specifications deep");
        }
        if enclosing.specs > 0 && nested_braces {
            self.unsupported("a display in braces in a format specification");
        }
        if enclosing.specs > 0 && field.debug_text.is_some() {
            self.unsupported("a self-documenting expression in a format specification");
        }
    }

    fn check_spec_text(&mut self, range: TextRange, is_raw: bool) {
        let text = self.slice(range);
        let escaped =
            if is_raw { text.contains('\\') } else { text.contains("\\N{") || text.contains("\\\n") };
        if escaped || text.contains(['{', '}']) {
            self.unsupported("an escape or a brace in a format specification");
        }
    }
}
