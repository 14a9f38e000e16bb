//! [`Layout`]: where the string literals, comments and brackets of a text are.
//!
//! Whatever looks at characters of a source has to know these: a bracket in a string is none, and a line that starts
//! inside of a string must not be indented. The tree says where strings are, so that this is no tokenizer.

use lazyast_format::encoding::{ConstantTag, Payload};
use lazyast_format::{Damage, Kind, NodeId, Tree};

/// A bracket outside of strings and comments.
#[derive(Clone, Copy, Debug)]
struct Bracket {
    offset: usize,
    /// The number of brackets that are open after this one.
    depth: usize,
    /// The offset of the other bracket of the pair.
    partner: usize,
}

/// The literals, comments and brackets of a text.
#[derive(Debug)]
pub(crate) struct Layout<'t> {
    pub(crate) text: &'t str,
    /// The string literals, in order. Literals that Python concatenates are several.
    strings: Vec<(usize, usize)>,
    comments: Vec<(usize, usize)>,
    brackets: Vec<Bracket>,
}

impl<'t> Layout<'t> {
    /// The layout of a text whose tree has `before` further bytes before it.
    pub(crate) fn new(text: &'t str, tree: &Tree<'_>, before: usize) -> Result<Self, Damage> {
        let shifted = |(start, end): (u32, u32)| {
            ((start as usize).checked_sub(before), (end as usize).saturating_sub(before))
        };
        let in_text = |range: (u32, u32)| match shifted(range) {
            (Some(start), end) if start < end && text.get(start..end).is_some() => Some((start, end)),
            _ => None,
        };
        let mut strings = Vec::new();
        let mut node: NodeId = 0;
        while node < tree.len() {
            let is_string = match tree.kind(node)? {
                Kind::JoinedStr | Kind::TemplateStr => true,
                Kind::Constant => matches!(
                    tree.payload(node, Kind::Constant)?,
                    Payload::Constant {
                        tag: ConstantTag::Str | ConstantTag::UnicodeStr | ConstantTag::Bytes,
                        ..
                    }
                ),
                _ => false,
            };
            if !is_string {
                node += 1;
                continue;
            }
            let mut fields = Vec::new();
            for inner in node + 1..tree.subtree_end(node) {
                if matches!(tree.kind(inner)?, Kind::FormattedValue | Kind::Interpolation) {
                    fields.extend(in_text(tree.range(inner)?));
                }
            }
            if let Some(range) = in_text(tree.range(node)?) {
                push_literals(text.as_bytes(), range, &fields, &mut strings);
            }
            node = tree.subtree_end(node);
        }
        strings.sort_unstable();
        let comments = tree.comments().filter_map(in_text).collect();
        let mut layout = Self { text, strings, comments, brackets: Vec::new() };
        layout.find_brackets();
        Ok(layout)
    }

    fn find_brackets(&mut self) {
        let mut opaque: Vec<_> = self.strings.iter().chain(&self.comments).copied().collect();
        opaque.sort_unstable();
        let mut opaque = opaque.into_iter().peekable();
        let mut open: Vec<usize> = Vec::new();
        let mut offset = 0;
        while let Some(byte) = self.text.as_bytes().get(offset) {
            while opaque.next_if(|(_, end)| *end <= offset).is_some() {}
            if let Some((_, end)) = opaque.next_if(|(start, _)| *start <= offset) {
                offset = end;
                continue;
            }
            match byte {
                b'(' | b'[' | b'{' => {
                    open.push(self.brackets.len());
                    self.brackets.push(Bracket { offset, depth: open.len(), partner: offset });
                }
                b')' | b']' | b'}' => {
                    if let Some(opener) = open.pop() {
                        self.brackets[opener].partner = offset;
                        let partner = self.brackets[opener].offset;
                        self.brackets.push(Bracket { offset, depth: open.len(), partner });
                    }
                }
                _ => {}
            }
            offset += 1;
        }
    }

    /// Whether an offset is inside of a string literal.
    pub(crate) fn is_in_string(&self, offset: usize) -> bool {
        let after = self.strings.partition_point(|(start, _)| *start < offset);
        self.strings[..after].last().is_some_and(|(_, end)| offset < *end)
    }

    /// Whether an offset is inside of a comment.
    pub(crate) fn is_in_comment(&self, offset: usize) -> bool {
        let after = self.comments.partition_point(|(start, _)| *start <= offset);
        self.comments[..after].last().is_some_and(|(_, end)| offset < *end)
    }

    /// The string literal that contains an offset.
    pub(crate) fn string_around(&self, offset: usize) -> Option<(usize, usize)> {
        let after = self.strings.partition_point(|(start, _)| *start <= offset);
        self.strings[..after].last().copied().filter(|(_, end)| offset < *end)
    }

    /// The number of brackets that are open before an offset.
    pub(crate) fn depth(&self, offset: usize) -> usize {
        let after = self.brackets.partition_point(|bracket| bracket.offset < offset);
        self.brackets[..after].last().map_or(0, |bracket| bracket.depth)
    }

    /// The innermost pair of brackets around an offset.
    pub(crate) fn pair_around(&self, offset: usize) -> Option<(usize, usize)> {
        let after = self.brackets.partition_point(|bracket| bracket.offset < offset);
        let opener = self.brackets[..after].iter().rev().find(|bracket| bracket.partner >= offset)?;
        Some((opener.offset, opener.partner))
    }

    /// The bracket that ends the pair that starts at an offset.
    fn closing(&self, offset: usize) -> Option<usize> {
        let index = self.brackets.binary_search_by_key(&offset, |bracket| bracket.offset).ok()?;
        Some(self.brackets[index].partner).filter(|partner| *partner > offset)
    }

    /// Whether a range starts with a bracket and ends with the other one of the pair.
    pub(crate) fn is_bracketed(&self, start: usize, end: usize) -> bool {
        self.closing(start).is_some_and(|closing| closing + 1 == end)
    }

    /// The pairs of parentheses directly around a range, from the inside to the outside.
    pub(crate) fn parentheses_around(&self, mut start: usize, mut end: usize) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        loop {
            let (before, after) = (self.code_before(start), self.code_after(end));
            let is_pair = before > 0
                && self.text.as_bytes()[before - 1] == b'('
                && self.closing(before - 1) == Some(after);
            if !is_pair {
                return pairs;
            }
            (start, end) = (before - 1, after + 1);
            pairs.push((start, end));
        }
    }

    /// The end of the last code before an offset: white space, comments and continued lines are passed over.
    pub(crate) fn code_before(&self, mut offset: usize) -> usize {
        loop {
            let trimmed = self.text[..offset].trim_end_matches([' ', '\t', '\n', '\x0c', '\\']).len();
            let comment = self.comments.binary_search_by_key(&trimmed, |(_, end)| *end);
            match comment {
                Ok(index) => offset = self.comments[index].0,
                Err(_) => return trimmed,
            }
        }
    }

    /// The start of the first code from an offset on.
    pub(crate) fn code_after(&self, mut offset: usize) -> usize {
        loop {
            let rest = self.text[offset..].trim_start_matches([' ', '\t', '\n', '\x0c', '\\']).len();
            offset = self.text.len() - rest;
            match self.comments.binary_search_by_key(&offset, |(start, _)| *start) {
                Ok(index) => offset = self.comments[index].1,
                Err(_) => return offset,
            }
        }
    }

    /// The offset of the first byte of the line with an offset.
    pub(crate) fn line_start(&self, offset: usize) -> usize {
        self.text[..offset].rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// The offset of the line end after an offset, or of the end of the text.
    pub(crate) fn line_end(&self, offset: usize) -> usize {
        memchr::memchr(b'\n', &self.text.as_bytes()[offset..]).map_or(self.text.len(), |index| offset + index)
    }

    /// The white space at the start of the line with an offset.
    pub(crate) fn indentation(&self, offset: usize) -> &'t str {
        let start = self.line_start(offset);
        if self.is_in_string(start) {
            return "";
        }
        let line = &self.text[start..];
        &line[..line.len() - line.trim_start_matches([' ', '\t', '\x0c']).len()]
    }

    /// Whether only white space is before an offset in its line.
    pub(crate) fn starts_line(&self, offset: usize) -> bool {
        self.text[self.line_start(offset)..offset].trim_start_matches([' ', '\t', '\x0c']).is_empty()
    }

    /// The comment after an offset in its line, if only white space is between them.
    pub(crate) fn comment_after(&self, offset: usize) -> Option<(usize, usize)> {
        let rest = self.text[offset..].trim_start_matches([' ', '\t']);
        let start = self.text.len() - rest.len();
        let index = self.comments.binary_search_by_key(&start, |(start, _)| *start).ok()?;
        Some(self.comments[index])
    }

    /// Whether a range has a line end outside of strings and of brackets that start in the range. Such code needs
    /// brackets around it.
    pub(crate) fn has_open_newline(&self, start: usize, end: usize) -> bool {
        self.has_open_newline_at(start, end, start)
    }

    /// The same for a part of what starts at `outer`.
    pub(crate) fn has_open_newline_at(&self, start: usize, end: usize, outer: usize) -> bool {
        let depth = self.depth(outer);
        memchr::memchr_iter(b'\n', &self.text.as_bytes()[start..end]).any(|index| {
            let offset = start + index;
            let is_continued = offset > start
                && self.text.as_bytes()[offset - 1] == b'\\'
                && !self.is_in_comment(offset - 1);
            !is_continued && !self.is_in_string(offset) && self.depth(offset) <= depth
        })
    }
}

/// The literals in the range of a string node. `fields` are the replacement fields in it, which may contain quotes.
fn push_literals(
    text: &[u8],
    (start, end): (usize, usize),
    fields: &[(usize, usize)],
    strings: &mut Vec<(usize, usize)>,
) {
    let mut offset = start;
    while offset < end {
        match text[offset] {
            b'#' => offset += memchr::memchr(b'\n', &text[offset..end]).unwrap_or(end - offset),
            byte if byte.is_ascii_alphabetic() || byte == b'"' || byte == b'\'' => {
                let literal = offset;
                offset = literal_end(text, offset, end, fields);
                strings.push((literal, offset));
            }
            _ => offset += 1,
        }
    }
}

/// The end of the literal that starts at an offset.
fn literal_end(text: &[u8], start: usize, end: usize, fields: &[(usize, usize)]) -> usize {
    let prefix = text[start..end].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let open = start + prefix;
    let Some(quote) = text.get(open).copied().filter(|byte| matches!(byte, b'"' | b'\'')) else { return end };
    let count = if text[open..end].starts_with(&[quote; 3]) { 3 } else { 1 };
    let mut offset = open + count;
    while offset < end {
        if let Some((_, field_end)) = fields.iter().find(|(field, _)| *field == offset) {
            offset = *field_end;
        } else if text[offset] == b'\\' {
            offset += 2;
        } else if text[offset] == quote
            && text[offset..end].iter().take(count).all(|byte| *byte == quote)
            && end - offset >= count
        {
            return offset + count;
        } else {
            offset += 1;
        }
    }
    end
}
