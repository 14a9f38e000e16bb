//! f-strings.
//!
//! Ruff keeps the parts of an f-string apart; CPython joins what is constant between two replacement
//! fields, across implicitly concatenated literals. CPython's own parsers disagree about corners of
//! format specifications and of the text of `{x=}`; sources that have one are left to the interpreter
//! (COMPATIBILITY.md lists them).

use lazyast_format::shape::ConstantTag;
use lazyast_format::{Field, Kind};
use ruff_python_ast::StringFlags;
use ruff_python_ast::{
    ConversionFlag, Expr, ExprFString, FString, FStringPart, InterpolatedElement, InterpolatedStringElement,
    InterpolatedStringFormatSpec,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Lowering;
use super::positions_311::Literal;

/// What is constant since the last replacement field.
#[derive(Default)]
struct Pending {
    range: Option<TextRange>,
    value: Vec<u8>,
}

impl Pending {
    fn cover(&mut self, range: TextRange) {
        self.range = Some(self.range.map_or(range, |before| before.cover(range)));
    }
}

/// The f-string that a replacement field stands in.
#[derive(Clone, Copy)]
struct Place<'f> {
    literal: Literal,
    part: &'f FString,
    /// How many format specifications are around the field.
    specs: u8,
}

impl Lowering<'_> {
    pub(super) fn joined_string(&mut self, node: &ExprFString, field: Field) {
        let concatenated = node.value.is_implicit_concatenated();
        let open = self.enter(Kind::JoinedStr, field, node.range, 0);
        self.builder.joined_string(&open);
        let mut pending = Pending::default();
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
                    let place = Place { literal: self.literal(part.range, concatenated), part, specs: 0 };
                    for element in &part.elements {
                        self.element(element, place, &mut pending);
                    }
                }
            }
        }
        self.flush(&mut pending);
        self.builder.leave(open);
    }

    fn element(&mut self, element: &InterpolatedStringElement, place: Place<'_>, pending: &mut Pending) {
        match element {
            InterpolatedStringElement::Literal(text) => {
                if text.value.is_empty() {
                    return;
                }
                self.check_continuation(text.range);
                pending.cover(text.range);
                let raw = place.part.flags.prefix().is_raw();
                self.append(&text.value, text.range, raw, true, &mut pending.value);
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
                self.formatted_value(replacement, place);
            }
        }
    }

    /// Writes the constant before a replacement field or at the end, if there is any text, and gives
    /// its number.
    fn flush(&mut self, pending: &mut Pending) -> Option<u32> {
        let Pending { range, value } = std::mem::take(pending);
        let range = range.filter(|_| !value.is_empty())?;
        let payload = self.builder.string_constant(ConstantTag::Str, &value);
        let (start, end) = (range.start().to_u32(), range.end().to_u32());
        Some(self.builder.leaf(Kind::Constant, Field::Values, start, end, payload))
    }

    fn formatted_value(&mut self, field: &InterpolatedElement, place: Place<'_>) {
        if !self.may_descend() {
            return;
        }
        self.check_field(field, place);
        let conversion = match field.conversion {
            ConversionFlag::None if field.debug_text.is_some() && field.format_spec.is_none() => b'r' + 1,
            ConversionFlag::None => 0,
            ConversionFlag::Str => b's' + 1,
            ConversionFlag::Repr => b'r' + 1,
            ConversionFlag::Ascii => b'a' + 1,
        };
        let (start, end) = (field.start().to_u32(), field.end().to_u32());
        let open = self.builder.enter(Kind::FormattedValue, Field::Values, start, end, u32::from(conversion));
        self.field_expression(field, place);
        if let Some(spec) = &field.format_spec {
            self.format_spec(spec, place);
        }
        self.builder.leave(open);
    }

    /// The expression, which Python 3.11 parses as a source of its own.
    fn field_expression(&mut self, field: &InterpolatedElement, place: Place<'_>) {
        let replacement = self.replacement(field.range, place.literal);
        let outside =
            std::mem::replace(&mut self.replacement, replacement.moves(self.nested_multiline, field.range));
        match &*field.expression {
            Expr::Tuple(tuple) if !tuple.parenthesized => {
                let (start, end) = (tuple.range.start().to_u32(), tuple.range.end().to_u32());
                let open =
                    self.builder.enter(Kind::Tuple, Field::Value, start, end, super::context(tuple.ctx));
                let span = self.bare_tuple_span(tuple.range, replacement, place.literal);
                self.builder.span_311(open.id(), span);
                self.expressions(&tuple.elts, Field::Elts);
                self.builder.leave(open);
            }
            expression => self.expression(expression, Field::Value),
        }
        self.replacement = outside;
    }

    /// The `JoinedStr` of a format specification: from the colon to the closing brace.
    fn format_spec(&mut self, spec: &InterpolatedStringFormatSpec, place: Place<'_>) {
        let start = spec.range.start().to_u32().saturating_sub(1);
        let end = spec.range.end().to_u32();
        let open = self.builder.enter(Kind::JoinedStr, Field::FormatSpec, start, end, 0);
        if let Some(span) = place.literal.span {
            self.builder.span_311(open.id(), span);
        }
        let place = Place { specs: place.specs + 1, ..place };
        let mut pending = Pending::default();
        for element in &spec.elements {
            if let InterpolatedStringElement::Literal(text) = element {
                self.check_spec_text(text.range, place.part);
            }
            self.element(element, place, &mut pending);
        }
        let constant = self.flush(&mut pending);
        if let Some((constant, span)) = constant.zip(place.literal.span) {
            self.builder.span_311(constant, span);
        }
        if constant.is_none() && !spec.elements.is_empty() {
            let empty = self.builder.string_constant(ConstantTag::Str, b"");
            self.builder.leaf(Kind::Constant, Field::Values312, end, end, empty);
        }
        self.builder.leave(open);
    }
}

/// What older or single versions see differently.
impl Lowering<'_> {
    /// Up to Python 3.11 a literal in single quotes has no line end that is not escaped.
    fn check_line_ends(&mut self, part: &FString) {
        if part.flags.is_triple_quoted() {
            return;
        }
        let text = self.slice(part.range).as_bytes();
        if memchr::memchr_iter(b'\n', text).any(|at| !text[..at].ends_with(b"\\")) {
            self.needs(12);
        }
    }

    /// From Python 3.12 on, a text that ends in an escaped line end behind braces or a named character
    /// has a piece of its own that is empty, and does not count.
    fn check_continuation(&mut self, range: TextRange) {
        let mut text = self.slice(range);
        if !text.ends_with("\\\n") {
            return;
        }
        while let Some(before) = text.strip_suffix("\\\n") {
            text = before;
        }
        if text.ends_with(['{', '}']) {
            self.unsupported("an escaped line end behind a brace in an f-string");
        }
    }

    /// Python 3.12 and 3.13 cut and decode the text of `{x=}` where it holds any of these.
    fn check_debug_text(&mut self, range: TextRange) {
        let text = self.slice(range);
        let expression = text.rsplit_once('=').map_or(text, |(expression, _)| expression);
        if text.contains(['#', '!', '\\']) || expression.contains('=') && expression.contains([':', '{', '}'])
        {
            self.unsupported("a self-documenting expression with #, !, \\ or keywords beside : { }");
        }
    }

    fn check_field(&mut self, field: &InterpolatedElement, place: Place<'_>) {
        let spec_start = field.format_spec.as_ref().map(|spec| spec.range.start());
        // Behind the conversion or the expression: the colon or the closing brace.
        let end = spec_start.unwrap_or(field.end()) - TextSize::new(1);
        let text = &self.text.as_bytes()[field.start().to_usize()..end.to_usize()];
        let escapes = memchr::memchr(b'\\', text).is_some();
        let blank_conversion =
            field.conversion != ConversionFlag::None && !text.last().is_some_and(u8::is_ascii_alphabetic);
        let nested_braces = text.starts_with(b"{{");
        if escapes || blank_conversion || field.expression.is_starred_expr() || place.specs > 1 {
            self.needs(12);
        }
        if place.specs > 2 {
            self.unsupported("replacement fields nested three format specifications deep");
        }
        if place.specs > 0 && nested_braces {
            self.unsupported("a display in braces in a format specification");
        }
        if place.specs > 0 && field.debug_text.is_some() {
            self.unsupported("a self-documenting expression in a format specification");
        }
    }

    fn check_spec_text(&mut self, range: TextRange, part: &FString) {
        let text = self.slice(range);
        let escaped = if part.flags.prefix().is_raw() {
            text.contains('\\')
        } else {
            text.contains("\\N{") || text.contains("\\\n")
        };
        if escaped || text.contains(['{', '}']) {
            self.unsupported("an escape or a brace in a format specification");
        }
    }
}
