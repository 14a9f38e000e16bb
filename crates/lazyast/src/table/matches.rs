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
            let row = MatchRow::new(tree, &positions, *hit, text)?;
            let captured = captured_texts(self.query, tree, *hit, &self.names, text)?;
            let pushed = self.batch.push(label, row.span, row.text, captured.into_iter());
            pushed.map_err(too_long)?;
        }
        Ok(())
    }

    /// The rows since the last batch.
    pub fn finish_batch(&mut self) -> Result<RecordBatch, TableError> {
        let next = MatchBatch::new(self.labels, self.schema.clone());
        std::mem::replace(&mut self.batch, next).finish()
    }
}

/// What a row has of a hit.
pub(super) struct MatchRow<'t> {
    pub(super) span: Span,
    pub(super) text: Option<&'t str>,
}

impl<'t> MatchRow<'t> {
    /// `text` is that of the source.
    pub(super) fn new(
        tree: &Tree<'_>,
        positions: &TreePositions<'_, '_>,
        hit: Hit,
        text: Option<&'t str>,
    ) -> Result<Self, Damage> {
        let (first, last) = hit.range(tree, text)?;
        let start = match hit.decorator {
            Some(_) => tree.position(first)?,
            None => span(tree, positions, hit.node)?.start,
        };
        let end = span(tree, positions, hit.last)?.end;
        let text = text.and_then(|text| text.get(first as usize..last as usize));
        Ok(Self { span: Span { start, end }, text })
    }
}

/// The texts of the captures with some names; `None` for names that captured nothing.
pub(super) fn captured_texts<'t>(
    query: &Query,
    tree: &'t Tree<'_>,
    hit: Hit,
    names: &[&str],
    text: Option<&'t str>,
) -> Result<Vec<Option<&'t str>>, ExecutionError> {
    let captures = if names.is_empty() { Vec::new() } else { query.captures(tree, hit)? };
    let captured = |name: &&str| {
        let capture = captures.iter().find(|capture| capture.name == **name)?;
        captured_text(tree, capture, text)
    };
    Ok(names.iter().map(captured).collect())
}

/// The damage of a row that cannot be appended.
pub(super) fn too_long(error: TableError) -> Damage {
    match error {
        TableError::Damage(damage) => damage,
        _ => Damage::new("paths of matches are too long", 0),
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
