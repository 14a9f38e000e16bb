//! The table of a search.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use lazyast_format::encoding::Span;
use lazyast_format::read::{TargetPython, TreePositions};
use lazyast_format::{Damage, NodeId, Tree};
use lazyast_query::{Capture, CapturedElement, ExecutionError, Hit, Query};
use lazyast_table::{MatchBatch, MatchLabels, SourceLabel, TableError, match_schema};

/// Hits in one source.
#[derive(Clone, Copy, Debug)]
pub struct MatchedHits<'h> {
    /// The path or the number; `None` if a single tree was searched.
    pub label: Option<SourceLabel<'h>>,
    /// The tree.
    pub tree: &'h Tree<'h>,
    /// The text that the tree's positions count in, if it is available.
    pub text: Option<&'h str>,
    /// The hits.
    pub hits: &'h [Hit],
}

/// The rows of a search, file by file.
pub struct MatchTable<'q> {
    query: &'q Query,
    python: TargetPython,
    labels: MatchLabels,
    names: Vec<&'q str>,
    schema: SchemaRef,
    batch: MatchBatch,
}

impl<'q> MatchTable<'q> {
    /// A table without rows. Positions are those of `python`.
    pub fn new(query: &'q Query, labels: MatchLabels, python: TargetPython) -> Self {
        let names = query.capture_names();
        let schema = match_schema(labels, &names);
        let batch = MatchBatch::new(labels, schema.clone());
        Self { query, python, labels, names, schema, batch }
    }

    /// The schema: path or number, position, text, and a column for each metavariable.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The number of rows since the last batch.
    pub fn rows(&self) -> usize {
        self.batch.rows()
    }

    /// Appends the hits of a source.
    pub fn push(&mut self, file: &MatchedHits<'_>) -> Result<(), ExecutionError> {
        let MatchedHits { label, tree, text, hits } = *file;
        let positions = tree.positions(self.python)?;
        for hit in hits {
            let (first, last) = hit.range(tree, text)?;
            let start = match hit.decorator {
                Some(_) => tree.position(first)?,
                None => span(tree, &positions, hit.node)?.start,
            };
            let end = span(tree, &positions, hit.last)?.end;
            let captures =
                if self.names.is_empty() { Vec::new() } else { self.query.captures(tree, *hit)? };
            let captured = |name: &&str| {
                let capture = captures.iter().find(|capture| capture.name == **name)?;
                captured_text(tree, capture, text)
            };
            let captured: Vec<Option<&str>> = self.names.iter().map(captured).collect();
            let text = text.and_then(|text| text.get(first as usize..last as usize));
            let pushed = self.batch.push(label, Span { start, end }, text, captured.into_iter());
            pushed.map_err(|error| match error {
                TableError::Damage(damage) => damage,
                _ => Damage::new("paths of matches are too long", 0),
            })?;
        }
        Ok(())
    }

    /// The rows since the last batch.
    pub fn finish_batch(&mut self) -> Result<RecordBatch, TableError> {
        let next = MatchBatch::new(self.labels, self.schema.clone());
        std::mem::replace(&mut self.batch, next).finish()
    }
}

/// The position of a node; that of its range, if nodes of its kind have none.
fn span(tree: &Tree<'_>, positions: &TreePositions<'_, '_>, node: NodeId) -> Result<Span, Damage> {
    match positions.span(node)? {
        Some(span) => Ok(span),
        None => {
            let (start, end) = tree.range(node)?;
            Ok(Span { start: tree.position(start)?, end: tree.position(end)? })
        }
    }
}

/// The text from the first to the last element of a capture. `text` is that of the source.
pub fn captured_text<'t>(tree: &Tree<'_>, capture: &Capture<'t>, text: Option<&'t str>) -> Option<&'t str> {
    let range = |element: &CapturedElement<'_>| match element {
        CapturedElement::Node(node) => tree.range(*node).ok(),
        CapturedElement::Name(..) => None,
    };
    match &capture.elements[..] {
        [CapturedElement::Name(name, _)] => Some(name),
        [first, .., last] => text?.get(range(first)?.0 as usize..range(last)?.1 as usize),
        [one] => {
            let (start, end) = range(one)?;
            text?.get(start as usize..end as usize)
        }
        [] => Some(""),
    }
}
