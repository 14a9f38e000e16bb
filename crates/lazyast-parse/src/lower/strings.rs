//! String and bytes literals, implicit concatenation included.

use lazyast_format::encoding::{ConstantTag, Payload};
use lazyast_format::{Field, Kind};
use ruff_python_ast::{ExprBytesLiteral, ExprStringLiteral, StringLiteral};
use ruff_python_ast::{StringFlags, StringLiteralFlags};
use ruff_text_size::{Ranged, TextRange};

use super::lowering::Lowering;
use crate::unicode::is_unchanged;

impl Lowering<'_> {
    #[inline(never)]
    pub(super) fn string(&mut self, node: &ExprStringLiteral, field: Field) {
        // CPython's `kind` depends on a lower-case prefix of the first literal alone.
        let tag = if self.rest(node.start())[0] == b'u' { ConstantTag::UnicodeStr } else { ConstantTag::Str };
        let payload = match node.value.as_slice() {
            [literal] if let Some(value) = self.short_string(literal) => Payload::Constant { tag, value },
            [literal] if literal.value.is_ascii() => {
                self.builder.string_constant(tag, literal.value.as_bytes())
            }
            literals => {
                let mut value = Vec::new();
                for literal in literals {
                    self.append_literal(literal, &mut value);
                }
                self.builder.string_constant(tag, &value)
            }
        };
        self.leaf(Kind::Constant, field, node.range, payload);
    }

    /// The number of a string that is short and stands in the text as it is.
    #[inline]
    fn short_string(&mut self, literal: &StringLiteral) -> Option<u32> {
        let content = content(literal.range, literal.flags);
        // Every escape is longer than its value, so that equal lengths mean that none was replaced.
        let has_no_escapes = literal.value.len() == content.len().to_usize();
        has_no_escapes
            .then(|| self.builder.string_in(self.text, content.start().to_u32(), content.end().to_u32()))
            .flatten()
    }

    pub(super) fn bytes(&mut self, node: &ExprBytesLiteral, field: Field) {
        let payload = match node.value.as_slice() {
            [literal] => self.builder.string_constant(ConstantTag::Bytes, &literal.value),
            literals => {
                let value: Vec<u8> =
                    literals.iter().flat_map(|literal| literal.value.iter().copied()).collect();
                self.builder.string_constant(ConstantTag::Bytes, &value)
            }
        };
        self.leaf(Kind::Constant, field, node.range, payload);
    }

    /// Appends the value of one literal.
    pub(super) fn append_literal(&mut self, literal: &StringLiteral, value: &mut Vec<u8>) {
        self.append(
            &literal.value,
            content(literal.range, literal.flags),
            literal.flags.prefix().is_raw(),
            false,
            value,
        );
    }

    /// Appends a decoded piece of text. Ruff writes U+FFFD for lone surrogates, so a piece whose source has
    /// such escapes is decoded again. With `braces`, doubled braces stand for one.
    pub(super) fn append(
        &mut self,
        decoded: &str,
        source: TextRange,
        raw: bool,
        braces: bool,
        value: &mut Vec<u8>,
    ) {
        if raw || decoded.is_ascii() {
            return value.extend_from_slice(decoded.as_bytes());
        }
        if self.slice(source).contains("\\N{") {
            self.check_named_characters(decoded, self.slice(source));
        }
        if !decoded.contains('\u{fffd}') || !has_surrogate_escape(self.slice(source).as_bytes()) {
            return value.extend_from_slice(decoded.as_bytes());
        }
        match unescape(self.slice(source), braces) {
            Some(text) => value.extend_from_slice(&text),
            None => self.unsupported("a lone surrogate beside a named character"),
        }
    }

    /// CPython compares the names of ideographs and Hangul syllables with case, and all others without.
    /// Ruff ignores the case of any name.
    fn check_named_characters(&mut self, decoded: &str, source: &str) {
        if !decoded.chars().all(is_unchanged) {
            self.unsupported("a named character that Unicode 14 may not have");
        }
        let has_lower_case = |name: &str| {
            let name = name.split('}').next().unwrap_or_default();
            let is_derived = ["cjk", "hangul"]
                .iter()
                .any(|start| name.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start)));
            is_derived && name.bytes().any(|byte| byte.is_ascii_lowercase())
        };
        if source.split("\\N{").skip(1).any(has_lower_case) {
            self.unsupported("the name of an ideograph or a Hangul syllable in lower case");
        }
    }
}

/// The range between a literal's quotes.
fn content(range: TextRange, flags: StringLiteralFlags) -> TextRange {
    TextRange::new(range.start() + flags.opener_len(), range.end() - flags.closer_len())
}

/// Whether a text has an escape for a surrogate.
fn has_surrogate_escape(source: &[u8]) -> bool {
    memchr::memchr_iter(b'\\', source).any(|at| {
        matches!(
            &source[at + 1..],
            [b'u', b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..]
                | [b'U', b'0', b'0', b'0', b'0', b'd' | b'D', ..]
        )
    })
}

/// The value of a text with escapes in WTF-8: UTF-8 with three bytes for each lone surrogate. `None` if the
/// text has named characters. The parser has checked that the escapes are valid.
fn unescape(source: &str, braces: bool) -> Option<Vec<u8>> {
    let mut value = Vec::with_capacity(source.len());
    let mut rest = source.as_bytes();
    while let [first, after @ ..] = rest {
        if *first != b'\\' {
            value.push(*first);
            let doubled = braces && matches!(first, b'{' | b'}') && after.first() == Some(first);
            rest = &after[usize::from(doubled)..];
            continue;
        }
        let (escape, after) = after.split_first()?;
        rest = after;
        let digits = match escape {
            b'\n' => continue,
            b'N' => return None,
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            b'0'..=b'7' => {
                let more = rest.iter().take(2).take_while(|digit| matches!(digit, b'0'..=b'7')).count();
                let start = source.len() - rest.len() - 1;
                push_scalar(&mut value, u32::from_str_radix(&source[start..=start + more], 8).ok()?);
                rest = &rest[more..];
                continue;
            }
            // The backslash stands for itself, and the brace is doubled as any other.
            b'{' | b'}' if braces => {
                value.push(b'\\');
                rest = &source.as_bytes()[source.len() - after.len() - 1..];
                continue;
            }
            other => {
                push_simple(&mut value, *other);
                continue;
            }
        };
        push_scalar(
            &mut value,
            u32::from_str_radix(core::str::from_utf8(rest.get(..digits)?).ok()?, 16).ok()?,
        );
        rest = &rest[digits..];
    }
    Some(value)
}

fn push_simple(value: &mut Vec<u8>, escape: u8) {
    match escape {
        b'\\' | b'\'' | b'"' => value.push(escape),
        b'a' => value.push(0x07),
        b'b' => value.push(0x08),
        b'f' => value.push(0x0c),
        b'n' => value.push(b'\n'),
        b'r' => value.push(b'\r'),
        b't' => value.push(b'\t'),
        b'v' => value.push(0x0b),
        other => value.extend_from_slice(&[b'\\', other]),
    }
}

/// Appends a code point in WTF-8.
fn push_scalar(value: &mut Vec<u8>, code: u32) {
    match char::from_u32(code) {
        Some(character) => value.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        None => value.extend_from_slice(&[
            0xe0 | (code >> 12) as u8,
            0x80 | (code >> 6 & 0x3f) as u8,
            0x80 | (code & 0x3f) as u8,
        ]),
    }
}
