//! Positions in Python 3.11, which differ inside of f-strings.
//!
//! The parts of an f-string have the span of the whole string. A few nodes in its expressions have positions of their
//! own, which the archive lists. FORMAT.md, "3.11", is the normative description.

use super::damage::Damage;
use super::tree::Tree;
use crate::encoding::{NodeId, SPAN_RECORD_LEN, Span, SpanRecord};
use crate::layout::LittleEndian as _;
use crate::schema::{Field, Kind};

/// A node that is a part of an f-string.
#[derive(Clone, Copy, Debug)]
pub(super) struct StringPart {
    pub(super) node: NodeId,
    /// The `JoinedStr` of the f-string.
    pub(super) string: NodeId,
}

impl Tree<'_> {
    /// The first outermost f-string that ends after a node: its number, and the number after its last descendant.
    /// In 3.11, only nodes from there to that end have other positions than in later versions.
    pub fn joined_string_at_or_after(&self, id: NodeId) -> Option<(NodeId, NodeId)> {
        let joined = &self.columns.joined_strings;
        let after = joined.partition_point(|node| node.to_native() <= id);
        let range = |index: usize| {
            let first = joined.get(index)?.to_native();
            Some((first, self.subtree_end(first)))
        };
        after.checked_sub(1).and_then(range).filter(|(_, end)| *end > id).or_else(|| range(after))
    }

    /// The position of a node in 3.11. `string` is the f-string of which the node is a part, or the node itself.
    pub(super) fn span_311(&self, id: NodeId, string: NodeId) -> Result<Span, Damage> {
        match self.listed_span(id).or_else(|| self.listed_span(string)) {
            Some(span) => Ok(span),
            None => self.span_of_range(string),
        }
    }

    /// The span of a node in `spans_311`, if it is listed there.
    fn listed_span(&self, id: NodeId) -> Option<Span> {
        let words = &self.columns.spans_311;
        let (mut low, mut high) = (0, words.len() / SPAN_RECORD_LEN);
        while low < high {
            let middle = low.midpoint(high);
            let words: &[_; SPAN_RECORD_LEN] = words.get(middle * SPAN_RECORD_LEN..)?.first_chunk()?;
            let record = SpanRecord::from_words(words.map(|word| word.to_native()));
            match record.node.cmp(&id) {
                core::cmp::Ordering::Less => low = middle + 1,
                core::cmp::Ordering::Greater => high = middle,
                core::cmp::Ordering::Equal => return Some(record.span),
            }
        }
        None
    }

    /// The f-string of which a node is a part: one of its values, a format specification of it, or one of the values
    /// of that. Nodes of its expressions are not parts.
    pub(super) fn joined_string_with_part(&self, id: NodeId) -> Result<Option<NodeId>, Damage> {
        let joined = &self.columns.joined_strings;
        let before = joined.partition_point(|node| node.to_native() < id).checked_sub(1);
        let Some(outermost) = before.map(|index| joined[index].to_native()) else { return Ok(None) };
        if self.subtree_end(outermost) <= id {
            return Ok(None);
        }
        // From the outermost f-string down to the node.
        let mut string = Some(outermost);
        let mut ancestor = outermost;
        while ancestor != id {
            let Some(step) = self.step_towards(ancestor, id)? else { return Ok(None) };
            let child = step.id;
            if self.kind(ancestor)? == Kind::FormattedValue && self.field(child)? != Field::FormatSpec {
                string = None;
            }
            if string.is_none() && child != id && self.kind(child)? == Kind::JoinedStr {
                string = Some(child);
            }
            ancestor = child;
        }
        Ok(string)
    }

    /// The parts of all f-strings, in the order of nodes.
    pub(super) fn string_parts(&self) -> Result<Vec<StringPart>, Damage> {
        let mut parts = Vec::new();
        let mut searched = 0;
        for outermost in self.columns.joined_strings.iter().map(|node| node.to_native()) {
            if outermost >= searched {
                searched = self.subtree_end(outermost);
                self.parts_below(outermost, searched, &mut parts)?;
            }
        }
        Ok(parts)
    }

    /// Adds the parts of all f-strings in the subtree of an outermost f-string.
    fn parts_below(&self, outermost: NodeId, end: NodeId, parts: &mut Vec<StringPart>) -> Result<(), Damage> {
        // The ancestors of a node: the end of each one's subtree, its kind, and the f-string of which its children
        // are parts.
        let mut ancestors = vec![(end, Kind::JoinedStr, Some(outermost))];
        for id in (outermost..end).skip(1) {
            while ancestors.last().is_some_and(|(end, ..)| *end <= id) {
                ancestors.pop();
            }
            let Some((_, parent_kind, string)) = ancestors.last().copied() else { break };
            let kind = self.kind(id)?;
            let is_expression = parent_kind == Kind::FormattedValue
                && string.is_some()
                && self.field(id)? != Field::FormatSpec;
            let string = if is_expression { None } else { string };
            parts.extend(string.map(|string| StringPart { node: id, string }));
            let string_of_children = string.or((kind == Kind::JoinedStr).then_some(id));
            ancestors.push((self.subtree_end(id), kind, string_of_children));
        }
        Ok(())
    }
}
