//! Hits with what most formats print of them: the query, the range in both units, and the text.

use super::file_hits::FileHits;
use crate::point::Point;

/// A hit in a text.
pub(super) struct LocatedHit<'t> {
    /// The index of the query, and its text.
    pub(super) query: (usize, &'t str),
    /// The kind of the node.
    pub(super) kind: &'static str,
    pub(super) start: Point,
    pub(super) end: Point,
    pub(super) text: &'t str,
}

/// The hits of a file, in order.
pub(super) fn locate<'t>(file: &FileHits<'t>, text: &'t str) -> Result<Vec<LocatedHit<'t>>, String> {
    let tree = file.tree;
    let point = |offset: u32| Point::of(tree, text, offset).map_err(|damage| damage.to_string());
    let attributed = file.queries.attribute(tree, &file.hits);
    let located = attributed.into_iter().map(|(query, hit)| {
        let (start, end) = hit.range(tree, Some(text)).map_err(|damage| damage.to_string())?;
        Ok(LocatedHit {
            query: (query, file.queries.texts[query].as_str()),
            kind: tree.kind(hit.node).map_err(|damage| damage.to_string())?.name(),
            start: point(start)?,
            end: point(end)?,
            text: text.get(start as usize..end as usize).unwrap_or_default(),
        })
    });
    located.collect()
}
