//! Hits with what most formats print of them: the query, the range in both units, and the text.

use super::file_hits::FileHits;

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

/// A position in a text. All numbers count from 1.
#[derive(Clone, Copy)]
pub(super) struct Point {
    pub(super) line: u32,
    pub(super) byte: u32,
    pub(super) character: u32,
}

/// The hits of a file, in order.
pub(super) fn locate<'t>(file: &FileHits<'t>, text: &'t str) -> Result<Vec<LocatedHit<'t>>, String> {
    let tree = file.tree;
    let point = |offset: u32| -> Result<Point, String> {
        let position = tree.position(offset).map_err(|damage| damage.to_string())?;
        let line = (offset - position.column) as usize;
        let before = text.get(line..offset as usize).unwrap_or_default();
        let character = before.chars().count() as u32 + 1;
        Ok(Point { line: position.line, byte: position.column + 1, character })
    };
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
