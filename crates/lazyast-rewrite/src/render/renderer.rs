//! [`Renderer`]: the hits of one source and their texts.

use lazyast_format::NodeId;

use super::rendered::{Rendered, TemplateCode};
use crate::indent::push_text;
use crate::plan::PlannedHit;
use crate::source::{Part, Source};

/// Renders the hits of one source.
pub(crate) struct Renderer<'r, 'a, B> {
    pub(crate) source: &'r Source<'r, 'a>,
    /// `None` if hits are deleted.
    pub(crate) code: Option<TemplateCode<'r, B>>,
    pub(crate) hits: &'r [PlannedHit<'a>],
    /// The texts, by hit. A hit that is not replaced has none.
    pub(crate) rendered: Vec<Option<Rendered>>,
    /// The same with what the place of the hit needs: parentheses, blanks, indentation.
    pub(crate) placed: Vec<Option<Rendered>>,
}

impl<'r, 'a, B> Renderer<'r, 'a, B> {
    /// A part of the source in which the hits after one are replaced, and whether it has a line end that needs brackets.
    pub(super) fn source_text(&self, (start, end): Part, after: usize) -> (String, bool) {
        let layout = &self.source.layout;
        let mut out = String::with_capacity(end - start);
        let mut is_open = false;
        let mut at = start;
        let first = self.hits.partition_point(|hit| hit.range.0 < start).max(after + 1);
        for (hit, placed) in self.hits.iter().zip(&self.placed).skip(first) {
            if hit.range.0 >= end {
                break;
            }
            let Some(placed) = placed else { continue };
            if hit.range.0 < at || hit.range.1 > end {
                continue;
            }
            push_text(&mut out, layout, at, hit.range.0);
            is_open |= layout.has_open_newline_at(at, hit.range.0, start);
            is_open |= placed.is_open && layout.depth(hit.range.0) <= layout.depth(start);
            out.push_str(&placed.text);
            at = hit.range.1;
        }
        push_text(&mut out, layout, at, end);
        is_open |= layout.has_open_newline_at(at, end, start);
        (out, is_open)
    }

    /// The rendered hit after `after` that is just a node.
    pub(super) fn hit_at(&self, node: NodeId, after: usize) -> Option<&Rendered> {
        let range = self.source.range(node).ok()?;
        let first = self.hits.partition_point(|hit| hit.range.0 < range.0).max(after + 1);
        let index = (first..self.hits.len())
            .take_while(|index| self.hits[*index].range.0 == range.0)
            .find(|index| self.hits[*index].nodes == (node, node) && self.hits[*index].range == range)?;
        self.rendered[index].as_ref()
    }
}
