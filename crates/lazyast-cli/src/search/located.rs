//! Hits with what most formats print of them: the query, the range in both units, and the text.

use super::file_hits::{FileHits, HitText};
use crate::point::Point;

/// A hit in a text.
pub(super) struct LocatedHit<'t> {
    /// The index of the query, and its text.
    pub(super) query: (usize, &'t str),
    /// The kind of the node.
    pub(super) kind: &'static str,
    /// The cell of a notebook, in which lines count.
    pub(super) cell: Option<u32>,
    pub(super) start: Point,
    pub(super) end: Point,
    pub(super) text: &'t str,
}

/// The hits of a file, in order.
pub(super) fn locate<'t>(file: &FileHits<'t>, source: &HitText<'t>) -> Result<Vec<LocatedHit<'t>>, String> {
    let tree = file.tree;
    let (start, end) = file.whole_text();
    let text = source.text(start, end);
    let point = |offset: u32, lines_before: u32| -> Result<Point, String> {
        let point = Point::of(tree, text, offset).map_err(|damage| damage.to_string())?;
        Ok(Point { line: point.line - lines_before, ..point })
    };
    let attributed = file.queries.attribute(tree, &file.hits);
    let located = attributed.into_iter().map(|(query, hit)| {
        let (start, end) = source.range(tree, hit).map_err(|damage| damage.to_string())?;
        let first = tree.position(start).map_err(|damage| damage.to_string())?.line;
        let (cell, before) = source.cell_of(first);
        Ok(LocatedHit {
            query: (query, file.queries.texts[query].as_str()),
            kind: tree.kind(hit.node).map_err(|damage| damage.to_string())?.name(),
            cell,
            start: point(start, before)?,
            end: point(end, before)?,
            text: source.text(start, end),
        })
    });
    located.collect()
}
