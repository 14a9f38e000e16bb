//! From offsets to the lines and columns that `ast` shows.
//!
//! From 3.12 on these are true positions. Up to 3.11 the parts of an f-string have the span of the whole
//! string, and a few of the nodes inside of its expressions have places of their own, which the archive
//! lists (FORMAT.md, "3.11").

use super::{Damage, NodeId, Target, Tree};
use crate::generated::tables::{Field, Kind};

/// A place in the text: a line from 1 and a column in UTF-8 bytes from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// In bytes from the line's start.
    pub column: u32,
}

/// A line of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// From 1.
    pub number: u32,
    /// The offset of its first byte.
    pub start: u32,
    /// The offset behind its line end; for the last line, the largest number there is.
    pub end: u32,
}

/// What a node's `lineno`, `col_offset`, `end_lineno` and `end_col_offset` are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// `lineno` and `col_offset`.
    pub start: Position,
    /// `end_lineno` and `end_col_offset`.
    pub end: Position,
}

/// Positions in a tree, for one Python; see [`Tree::positions`].
#[derive(Debug)]
pub struct Positions<'t, 'a> {
    tree: &'t Tree<'a>,
    target: Target,
    parts: Vec<(NodeId, NodeId)>,
}

impl Positions<'_, '_> {
    /// As [`Tree::span`], in logarithmic time for every node.
    pub fn span(&self, id: NodeId) -> Result<Option<Span>, Damage> {
        if !self.tree.kind(id)?.has_positions() {
            return Ok(None);
        }
        if self.target.minor <= 11 {
            let part = self.parts.binary_search_by_key(&id, |(node, _)| *node);
            let string = part.map_or(id, |place| self.parts[place].1);
            if let Some(span) = self.tree.listed_span(id).or_else(|| self.tree.listed_span(string)) {
                return Ok(Some(span));
            }
            return self.tree.true_span(string).map(Some);
        }
        self.tree.true_span(id).map(Some)
    }
}

/// Words of a record of the column `spans_311`.
pub(crate) const SPAN_RECORD: usize = 5;

impl Tree<'_> {
    /// The place of an offset in the text.
    pub fn position(&self, offset: u32) -> Result<Position, Damage> {
        let line = self.line(offset)?;
        Ok(Position { line: line.number, column: offset.saturating_sub(line.start) })
    }

    /// The line that an offset is in. Neighbours are mostly in the same one: keep it for them.
    pub fn line(&self, offset: u32) -> Result<Line, Damage> {
        match self.columns.lines.find(offset) {
            Some((row, start, end)) => Ok(Line { number: row + 1, start, end }),
            None if self.columns.lines.len() == 0 => Ok(Line { number: 1, start: 0, end: u32::MAX }),
            None => {
                Err(Damage { what: "line is missing", at: offset, found: self.columns.lines.len() as u64 })
            }
        }
    }

    /// The offset of a line's first byte; lines are counted from 1.
    pub fn line_start(&self, number: u32) -> Option<u32> {
        Some(self.columns.lines.get(number.checked_sub(1)? as usize)?.0)
    }

    /// The line behind a line; the last line has none.
    pub fn line_after(&self, line: Line) -> Option<Line> {
        let lines = &self.columns.lines;
        let (row, start) = (line.number as usize, line.end);
        let length = lines.lengths.get(row)?;
        let last = row + 1 == lines.len();
        let end = if last { u32::MAX } else { start.saturating_add(length) };
        Some(Line { number: line.number + 1, start, end })
    }

    /// The position of a node; `None` where nodes of its kind have none.
    pub fn span(&self, id: NodeId, target: Target) -> Result<Option<Span>, Damage> {
        if !self.kind(id)?.has_positions() {
            return Ok(None);
        }
        if target.minor <= 11 && !self.columns.joined_strings.is_empty() {
            return self.span_311(id).map(Some);
        }
        self.true_span(id).map(Some)
    }

    /// The positions of many nodes: what 3.11 needs is looked up once, in one pass.
    pub fn positions(&self, target: Target) -> Result<Positions<'_, '_>, Damage> {
        let parts = if target.minor <= 11 { self.string_parts()? } else { Vec::new() };
        Ok(Positions { tree: self, target, parts })
    }

    /// The parts of f-strings, each with its f-string, in the order of the nodes.
    fn string_parts(&self) -> Result<Vec<(NodeId, NodeId)>, Damage> {
        let mut parts = Vec::new();
        let mut done = 0;
        for outermost in self.columns.joined_strings.iter().map(|node| node.to_native()) {
            if outermost < done {
                continue;
            }
            done = self.subtree_end(outermost);
            // The subtrees around a node: their ends, their kinds, and what their children are parts of.
            let mut around = vec![(done, Kind::JoinedStr, Some(outermost))];
            for id in outermost + 1..done {
                while around.last().is_some_and(|(end, ..)| *end <= id) {
                    around.pop();
                }
                let Some((_, above, string)) = around.last().copied() else { break };
                let kind = self.kind(id)?;
                let part = match string {
                    Some(_) if above == Kind::FormattedValue && self.field(id)? != Field::FormatSpec => None,
                    string => string,
                };
                parts.extend(part.map(|string| (id, string)));
                let inside = part.or((kind == Kind::JoinedStr).then_some(id));
                around.push((self.subtree_end(id), kind, inside));
            }
        }
        Ok(parts)
    }

    /// The first outermost f-string that ends behind a node, as its number and the number behind its last
    /// descendant. Up to 3.11, only nodes from there to that end have other positions than the text's.
    pub fn joined_string_at_or_after(&self, id: NodeId) -> Option<(NodeId, NodeId)> {
        let joined = &self.columns.joined_strings;
        let after = joined.partition_point(|node| node.to_native() <= id);
        let range = |place: usize| {
            let first = joined.get(place)?.to_native();
            Some((first, self.subtree_end(first)))
        };
        after.checked_sub(1).and_then(range).filter(|(_, end)| *end > id).or_else(|| range(after))
    }

    fn true_span(&self, id: NodeId) -> Result<Span, Damage> {
        let (start, end) = self.range(id)?;
        Ok(Span { start: self.position(start)?, end: self.position(end)? })
    }

    fn span_311(&self, id: NodeId) -> Result<Span, Damage> {
        if let Some(span) = self.listed_span(id) {
            return Ok(span);
        }
        match self.joined_string_with_part(id)? {
            Some(joined) => match self.listed_span(joined) {
                Some(span) => Ok(span),
                None => self.true_span(joined),
            },
            None => self.true_span(id),
        }
    }

    /// The record of a node in `spans_311`.
    fn listed_span(&self, id: NodeId) -> Option<Span> {
        let words = &self.columns.spans_311;
        let (mut low, mut high) = (0, words.len() / SPAN_RECORD);
        while low < high {
            let middle = low.midpoint(high);
            let record: &[_; SPAN_RECORD] = words.get(middle * SPAN_RECORD..)?.first_chunk()?;
            let [node, line, column, end_line, end_column] = record.map(|word| word.to_native());
            match node.cmp(&id) {
                core::cmp::Ordering::Less => low = middle + 1,
                core::cmp::Ordering::Greater => high = middle,
                core::cmp::Ordering::Equal => {
                    return Some(Span {
                        start: Position { line, column },
                        end: Position { line: end_line, column: end_column },
                    });
                }
            }
        }
        None
    }

    /// The f-string of which a node is a part: one of its values, a format specification of it, or one
    /// of that one's values. Nodes of its expressions are not parts.
    fn joined_string_with_part(&self, id: NodeId) -> Result<Option<NodeId>, Damage> {
        let joined = &self.columns.joined_strings;
        let place = joined.partition_point(|node| node.to_native() < id);
        let Some(outermost) = place.checked_sub(1).map(|before| joined[before].to_native()) else {
            return Ok(None);
        };
        if self.subtree_end(outermost) <= id {
            return Ok(None);
        }
        let mut string = Some(outermost);
        let mut above = outermost;
        while above != id {
            let Some(below) = self.child_towards(above, id)? else { return Ok(None) };
            if self.kind(above)? == Kind::FormattedValue && self.field(below)? != Field::FormatSpec {
                string = None;
            }
            if string.is_none() && below != id && self.kind(below)? == Kind::JoinedStr {
                string = Some(below);
            }
            above = below;
        }
        Ok(string)
    }

    /// The child whose subtree holds a descendant.
    fn child_towards(&self, above: NodeId, id: NodeId) -> Result<Option<NodeId>, Damage> {
        let Some(node) = self.node(above) else { return Ok(None) };
        for child in node.children() {
            let (_, child) = child?;
            if self.subtree_end(child.id()) > id {
                return Ok(Some(child.id()));
            }
        }
        Ok(None)
    }
}
