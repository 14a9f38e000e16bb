//! Printing hits as JSON, one object per line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use lazyast::Tree;
use lazyast::format::Damage;
use lazyast::query::{Capture, CapturedElement, Hit};
use serde::Serialize;

use crate::search::file_hits::{FileHits, HitText};
use crate::search::queries::QueryLanguage;

/// One hit as JSON.
#[derive(Serialize)]
struct HitJson<'o> {
    path: Cow<'o, str>,
    /// What `col_offset` and `end_col_offset` count, from 0: as those of `ast`.
    column_unit: &'static str,
    #[serde(flatten)]
    node: NodeJson<'o>,
    captures: BTreeMap<String, CaptureJson<'o>>,
    /// The text of the query, under the name of its language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'o str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selector: Option<&'o str>,
}

#[derive(Serialize)]
struct NodeJson<'o> {
    kind: &'static str,
    /// The cell of a notebook, in which lines count.
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<u32>,
    lineno: u32,
    col_offset: u32,
    end_lineno: u32,
    end_col_offset: u32,
    text: &'o str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum CapturedItemJson<'o> {
    Node(NodeJson<'o>),
    Name { name: String },
}

#[derive(Serialize)]
#[serde(untagged)]
enum CaptureJson<'o> {
    Single(CapturedItemJson<'o>),
    Sequence(Vec<CapturedItemJson<'o>>),
}

/// Prints one JSON object per hit.
pub(in crate::search) fn print(
    language: QueryLanguage,
    file: &FileHits<'_>,
    source: &HitText<'_>,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    let tree = file.tree;
    for (index, hit) in file.queries.attribute(tree, &file.hits) {
        let query = file.queries.query(index);
        let node = node_json(tree, source, hit).map_err(|damage| damage.to_string())?;
        let captures = query.captures(tree, hit).map_err(|error| error.to_string())?;
        let captures = captures.into_iter().map(|captured| capture_json(tree, source, captured));
        let query_text = file.queries.texts[index].as_str();
        let (pattern, selector) = match language {
            QueryLanguage::Pattern => (Some(query_text), None),
            QueryLanguage::Selector => (None, Some(query_text)),
        };
        let object = HitJson {
            path: file.path.to_string_lossy(),
            column_unit: "utf-8 byte",
            node,
            captures: captures.collect::<Result<_, _>>().map_err(|damage| damage.to_string())?,
            pattern,
            selector,
        };
        out.extend_from_slice(&serde_json::to_vec(&object).map_err(|error| error.to_string())?);
        out.push(b'\n');
    }
    Ok(())
}

fn node_json<'o>(tree: &Tree<'_>, source: &HitText<'o>, hit: Hit) -> Result<NodeJson<'o>, Damage> {
    let (start, end) = source.range(tree, hit)?;
    let (first, last) = (tree.position(start)?, tree.position(end)?);
    let (cell, before) = source.cell_of(first.line);
    Ok(NodeJson {
        kind: tree.kind(hit.node)?.name(),
        cell,
        lineno: first.line - before,
        col_offset: first.column,
        end_lineno: last.line - before,
        end_col_offset: last.column,
        text: source.text(start, end),
    })
}

fn capture_json<'o>(
    tree: &Tree<'_>,
    source: &HitText<'o>,
    captured: Capture<'_>,
) -> Result<(String, CaptureJson<'o>), Damage> {
    let items = captured.elements.into_iter().map(|element| match element {
        CapturedElement::Node(node) => {
            node_json(tree, source, Hit::of_node(node)).map(CapturedItemJson::Node)
        }
        CapturedElement::Name(name, _) => Ok(CapturedItemJson::Name { name: name.to_owned() }),
    });
    let mut items: Vec<_> = items.collect::<Result<_, _>>()?;
    let object = match items.len() {
        1 if !captured.is_sequence => CaptureJson::Single(items.remove(0)),
        _ => CaptureJson::Sequence(items),
    };
    Ok((captured.name, object))
}
