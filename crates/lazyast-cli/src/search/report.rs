//! How hits are printed.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use lazyast::query::{self, Captured, Hit, Query, Thing};
use lazyast::{Module, Tree};
use serde::Serialize;

use super::{Language, by_query};

/// What was searched for.
pub(super) struct Asked {
    pub(super) texts: Vec<String>,
    pub(super) queries: Vec<Query>,
}

/// A file with hits.
pub(super) struct Found<'f> {
    pub(super) module: &'f Module,
    /// Its path as it is printed.
    pub(super) path: &'f Path,
    pub(super) tree: &'f Tree<'f>,
    pub(super) hits: Vec<Hit>,
    pub(super) asked: &'f Asked,
}

/// What is printed of a file.
#[derive(Clone, Copy)]
pub(super) enum Report {
    Nothing,
    Paths,
    Count,
    Lines { context: Option<usize>, color: bool },
    Json(Language),
}

const PATH: Style = AnsiColor::Magenta.on_default();
const NUMBER: Style = AnsiColor::Green.on_default();
const HIT: Style = AnsiColor::Red.on_default().bold();

/// One hit as JSON. Columns count bytes of UTF-8 from 0, as `ast` does.
#[derive(Serialize)]
struct Object<'o> {
    path: Cow<'o, str>,
    #[serde(flatten)]
    place: PlaceObject<'o>,
    captures: BTreeMap<String, CaptureObject<'o>>,
    /// The pattern or selector.
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'o str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selector: Option<&'o str>,
}

#[derive(Serialize)]
struct PlaceObject<'o> {
    kind: &'static str,
    lineno: u32,
    col_offset: u32,
    end_lineno: u32,
    end_col_offset: u32,
    text: &'o str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ThingObject<'o> {
    Node(PlaceObject<'o>),
    Name { name: String },
}

#[derive(Serialize)]
#[serde(untagged)]
enum CaptureObject<'o> {
    One(ThingObject<'o>),
    Several(Vec<ThingObject<'o>>),
}

impl Report {
    /// What is printed of a file, or why it cannot be.
    pub(super) fn file(self, found: &Found<'_>) -> super::Printed {
        let mut out = Vec::new();
        match self {
            Self::Nothing => {}
            Self::Paths => {
                out.extend_from_slice(path_of(found));
                out.push(b'\n');
            }
            Self::Count => {
                out.extend_from_slice(path_of(found));
                out.extend_from_slice(format!(":{}\n", found.hits.len()).as_bytes());
            }
            Self::Lines { context, color } => {
                with_text(found, |text| {
                    let page = Page { found, text, color };
                    let written = match context {
                        None => page.lines(&mut out),
                        Some(count) => page.with_context(count, &mut out),
                    };
                    written.map_err(|damage| damage.to_string())
                })?;
            }
            Self::Json(language) => {
                with_text(found, |text| json(language, found, text, &mut out))?;
            }
        }
        Ok(out)
    }
}

/// A path as it is, whether it is text or not.
fn path_of<'f>(found: &Found<'f>) -> &'f [u8] {
    found.path.as_os_str().as_encoded_bytes()
}

thread_local! {
    /// Memory for one source after the other: new pages for each would take longer than reading.
    static SOURCE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Does some work with the text of a file.
fn with_text(found: &Found<'_>, work: impl FnOnce(&str) -> Result<(), String>) -> Result<(), String> {
    SOURCE.with_borrow_mut(|source| {
        lazyast::read_file(found.module.path(), source).map_err(|error| error.to_string())?;
        // It was proved a moment ago that it is what the archive was made of; hashing it again would take longer than
        // the search.
        if source.len() != found.tree.header().source_len as usize {
            return Err("changed while it was searched".to_owned());
        }
        work(&text_of(source)?)
    })
}

fn text_of(source: &[u8]) -> Result<Cow<'_, str>, String> {
    lazyast::text(source).map_err(|reason| reason.to_string())
}

/// Hits as lines of text.
struct Page<'p> {
    found: &'p Found<'p>,
    text: &'p str,
    color: bool,
}

type Written = Result<(), Box<dyn std::error::Error>>;

impl Page<'_> {
    fn styled(&self, out: &mut Vec<u8>, style: Style, text: &[u8]) -> io::Result<()> {
        if !self.color {
            return out.write_all(text);
        }
        write!(out, "{style}")?;
        out.write_all(text)?;
        write!(out, "{style:#}")
    }

    /// `path:line:column:` and the line.
    fn lines(&self, out: &mut Vec<u8>) -> Written {
        for hit in &self.found.hits {
            let (start, end) = query::range(self.found.tree, *hit)?;
            let line = self.found.tree.line(start)?;
            let text = self.line_from(line.start as usize);
            let column =
                text.get(..start.saturating_sub(line.start) as usize).unwrap_or(text).chars().count() + 1;
            self.styled(out, PATH, path_of(self.found))?;
            out.push(b':');
            self.styled(out, NUMBER, line.number.to_string().as_bytes())?;
            write!(out, ":{column}:")?;
            self.marked(out, text, line.start, &[(start, end)])?;
            out.push(b'\n');
        }
        Ok(())
    }

    /// All lines of hits and some around them; lines that no hit is in have `-` for `:`.
    fn with_context(&self, count: usize, out: &mut Vec<u8>) -> Written {
        let tree = self.found.tree;
        let mut ranges = Vec::new();
        // Lines of hits, from the first to the last.
        let mut blocks: Vec<(u32, u32)> = Vec::new();
        for hit in &self.found.hits {
            let (start, end) = query::range(tree, *hit)?;
            ranges.push((start, end));
            blocks.push((tree.line(start)?.number, tree.line(end.saturating_sub(1).max(start))?.number));
        }
        let last_line = tree.line_count();
        let around = |block: &(u32, u32)| {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            (block.0.saturating_sub(count).max(1), block.1.saturating_add(count).min(last_line))
        };
        let mut printed = 0;
        for block in &blocks {
            let (first, last) = around(block);
            if printed > 0 && first > printed + 1 {
                out.extend_from_slice("--\n".as_bytes());
            }
            for number in first.max(printed + 1)..=last {
                let start = tree.line_start(number).unwrap_or_default();
                let is_hit = blocks.iter().any(|(first, last)| (*first..=*last).contains(&number));
                let mark = if is_hit { b':' } else { b'-' };
                self.styled(out, PATH, path_of(self.found))?;
                out.push(mark);
                self.styled(out, NUMBER, number.to_string().as_bytes())?;
                out.push(mark);
                self.marked(out, self.line_from(start as usize), start, &ranges)?;
                out.push(b'\n');
                printed = number;
            }
        }
        Ok(())
    }

    fn line_from(&self, start: usize) -> &str {
        let rest = self.text.get(start..).unwrap_or_default();
        &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())]
    }

    /// A line with what hits have of it in colour.
    fn marked(&self, out: &mut Vec<u8>, line: &str, start: u32, ranges: &[(u32, u32)]) -> io::Result<()> {
        let end = start.saturating_add(line.len() as u32);
        let mut at = start;
        let touching = ranges.iter().filter(|(from, to)| *from < end && *to > start);
        for (from, to) in touching.filter(|_| self.color) {
            let (from, to) = ((*from).max(at), (*to).min(end));
            if from >= to {
                continue;
            }
            let piece =
                |from: u32, to: u32| line.get((from - start) as usize..(to - start) as usize).unwrap_or("");
            out.extend_from_slice(piece(at, from).as_bytes());
            self.styled(out, HIT, piece(from, to).as_bytes())?;
            at = to;
        }
        out.extend_from_slice(line.get((at - start) as usize..).unwrap_or_default().as_bytes());
        Ok(())
    }
}

fn json(language: Language, found: &Found<'_>, text: &str, out: &mut Vec<u8>) -> Result<(), String> {
    let tree = found.tree;
    for (number, hit) in by_query(found.asked, tree, &found.hits) {
        let query = &found.asked.queries[number];
        let place = place(tree, text, hit).map_err(|damage| damage.to_string())?;
        let captures = query.captures(tree, hit).map_err(|error| error.to_string())?;
        let captures = captures.into_iter().map(|captured| capture(tree, text, captured));
        let asked = found.asked.texts[number].as_str();
        let (pattern, selector) = match language {
            Language::Pattern => (Some(asked), None),
            Language::Selector => (None, Some(asked)),
        };
        let object = Object {
            path: found.path.to_string_lossy(),
            place,
            captures: captures.collect::<Result<_, _>>().map_err(|damage| damage.to_string())?,
            pattern,
            selector,
        };
        out.extend_from_slice(&serde_json::to_vec(&object).map_err(|error| error.to_string())?);
        out.push(b'\n');
    }
    Ok(())
}

fn place<'o>(tree: &Tree<'_>, text: &'o str, hit: Hit) -> Result<PlaceObject<'o>, lazyast::format::Damage> {
    let (start, end) = query::range(tree, hit)?;
    let (first, last) = (tree.position(start)?, tree.position(end)?);
    Ok(PlaceObject {
        kind: tree.kind(hit.node)?.name(),
        lineno: first.line,
        col_offset: first.column,
        end_lineno: last.line,
        end_col_offset: last.column,
        text: text.get(start as usize..end as usize).unwrap_or_default(),
    })
}

fn capture<'o>(
    tree: &Tree<'_>,
    text: &'o str,
    captured: Captured<'_>,
) -> Result<(String, CaptureObject<'o>), lazyast::format::Damage> {
    let things = captured.things.into_iter().map(|thing| match thing {
        Thing::Node(node) => place(tree, text, Hit { node, last: node }).map(ThingObject::Node),
        Thing::Name(name, _) => Ok(ThingObject::Name { name: name.to_owned() }),
    });
    let mut things: Vec<_> = things.collect::<Result<_, _>>()?;
    let object = match things.len() {
        1 if !captured.several => CaptureObject::One(things.remove(0)),
        _ => CaptureObject::Several(things),
    };
    Ok((captured.name, object))
}
