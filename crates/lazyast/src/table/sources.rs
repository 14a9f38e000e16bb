//! Tables of sources in memory, such as a column of a data set. No file is read.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, Int32Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use lazyast_format::read::TargetPython;
use lazyast_parse::Unsupported;
use lazyast_query::Query;
use lazyast_table::{BatchBuilder, MatchLabels, SourceLabel, SourceTree, TableError, TableSpec};

use super::matches::{MatchTable, MatchedHits};
use crate::archive::OwnedTree;
use crate::cache::Cache;
use crate::parallel;
use crate::project::MAX_SOURCE_BYTES;

/// A source in memory.
#[derive(Clone, Copy, Debug)]
pub enum SourceInMemory<'s> {
    /// The bytes of a file, which are decoded as Python decodes them.
    Bytes(&'s [u8]),
    /// Text, in which a comment that declares an encoding means nothing.
    Text(&'s str),
}

/// How tables of sources are made.
#[derive(Clone, Copy, Debug)]
pub struct SourceOptions {
    /// The number of threads; by default that of processors.
    pub jobs: Option<usize>,
    /// A source with more bytes is not parsed, and an error. Parsing takes ten to thirty times the memory of the source.
    pub max_bytes: u64,
}

impl Default for SourceOptions {
    fn default() -> Self {
        Self { jobs: None, max_bytes: MAX_SOURCE_BYTES }
    }
}

/// The rows of some sources, and the sources without rows.
#[derive(Clone, Debug)]
pub struct SourceTables {
    /// The rows, in the order of the sources.
    pub rows: RecordBatch,
    /// One row for each source without a tree: `source`, its number; `kind`, which is `syntax`, `newer`, `encoding`, `depth`,
    /// `size`, `unsupported`, `missing`, `damaged` or `query`; `message`; `line`, from 1, null if the error is in no line.
    pub errors: RecordBatch,
}

/// Why there is no table of any of the sources.
#[derive(Debug)]
pub enum InvalidSources {
    /// There are more than 2^31.
    Count,
    /// The rows cannot be made.
    Table(TableError),
}

impl fmt::Display for InvalidSources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => write!(f, "there are more than 2^31 sources"),
            Self::Table(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for InvalidSources {}

impl From<TableError> for InvalidSources {
    fn from(error: TableError) -> Self {
        Self::Table(error)
    }
}

/// Makes a relation of sources, of which `None` is a missing one. `spec` comes from
/// [`TableSpec::of_sources`](lazyast_table::TableSpec::of_sources).
///
/// ```
/// use lazyast::Cache;
/// use lazyast::table::{SourceInMemory, TableRelation, TableSpec, TargetPython, tables_of_sources};
///
/// let sources = [Some(SourceInMemory::Text("print(1)\n")), Some(SourceInMemory::Bytes(b"def f(:\n"))];
/// let spec = TableSpec::of_sources(TableRelation::Calls, None, &Default::default(), TargetPython::new(13, 0))?;
/// let tables = tables_of_sources(&sources, &spec, &Cache::disabled(), Default::default())?;
/// assert_eq!(tables.rows.num_rows(), 1);
/// assert_eq!(tables.errors.num_rows(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn tables_of_sources<'s>(
    sources: &[Option<SourceInMemory<'s>>],
    spec: &TableSpec,
    cache: &Cache,
    options: SourceOptions,
) -> Result<SourceTables, InvalidSources> {
    let mut builder = BatchBuilder::new(spec.clone());
    let open = |source: SourceInMemory<'s>| source.open(spec.python(), cache);
    let errors = for_each_source(sources, options, open, |number, opened, _| {
        let text = if spec.reads_text() { opened.text() } else { None };
        let (label, tree) = (SourceLabel::Number(number), opened.tree.tree());
        Ok(builder.push(&SourceTree { label, tree, text: text.as_deref(), module: None })?)
    })?;
    Ok(SourceTables { rows: builder.finish()?, errors: errors_batch(errors)? })
}

/// Makes the table of the matches of a query in sources, of which `None` is a missing one.
///
/// A source in which some nodes were not compared, because that takes too many steps, has rows for its other matches, and
/// an error.
pub fn matches_of_sources<'s>(
    sources: &[Option<SourceInMemory<'s>>],
    query: &Query,
    python: TargetPython,
    cache: &Cache,
    options: SourceOptions,
) -> Result<SourceTables, InvalidSources> {
    let failed = SourceError::of_query;
    let search = |source: SourceInMemory<'s>| {
        let opened = source.open(python, cache)?;
        let found = query.search(opened.tree.tree()).map_err(|error| failed(error.to_string()))?;
        let limit = found.limit_error().map(|limit| failed(limit.to_string()));
        Ok((opened, found.hits, limit))
    };
    let mut table = MatchTable::new(query, MatchLabels::Numbers, python);
    let errors = for_each_source(sources, options, search, |number, (opened, hits, limit), errors| {
        errors.extend(limit.map(|limit| (number, limit)));
        let text = if hits.is_empty() { None } else { opened.text() };
        let (label, tree) = (Some(SourceLabel::Number(number)), opened.tree.tree());
        if let Err(error) = table.push(&MatchedHits { label, tree, text: text.as_deref(), hits: &hits }) {
            errors.push((number, failed(error.to_string())));
        }
        Ok(())
    })?;
    Ok(SourceTables { rows: table.finish_batch()?, errors: errors_batch(errors)? })
}

/// Errors with the numbers of their sources.
pub(super) type NumberedErrors = Vec<(i32, SourceError)>;

/// Calls `map` with each source that is not too large, on several threads, and `push` with the results, in the order of the
/// sources. Gives the errors of `map`, and those that `push` adds.
pub(super) fn for_each_source<'s, T: Send>(
    sources: &[Option<SourceInMemory<'s>>],
    options: SourceOptions,
    map: impl Fn(SourceInMemory<'s>) -> Result<T, SourceError> + Sync,
    mut push: impl FnMut(i32, T, &mut NumberedErrors) -> Result<(), InvalidSources>,
) -> Result<NumberedErrors, InvalidSources> {
    i32::try_from(sources.len()).map_err(|_| InvalidSources::Count)?;
    let error = |kind, message| SourceError { kind, message, line: None };
    let map = |number: usize| {
        let Some(source) = sources[number] else {
            return Err(error("missing", "there is no source".to_owned()));
        };
        let (bytes, max_bytes) = (source.bytes().len() as u64, options.max_bytes.min(MAX_SOURCE_BYTES));
        if bytes > max_bytes {
            return Err(error("size", format!("{bytes} bytes are more than {max_bytes}")));
        }
        map(source)
    };
    let mut errors = Vec::new();
    let threads = parallel::thread_count(options.jobs).min(sources.len());
    parallel::for_each_in_order(sources.len(), threads, map, |number, mapped| match mapped {
        Ok(value) => push(number as i32, value, &mut errors),
        Err(error) => {
            errors.push((number as i32, error));
            Ok(())
        }
    })?;
    Ok(errors)
}

/// Why a source has no tree, or not all of its rows.
pub(super) struct SourceError {
    kind: &'static str,
    message: String,
    line: Option<u32>,
}

impl SourceError {
    /// A query that compared not all nodes.
    pub(super) fn of_query(message: String) -> Self {
        Self { kind: "query", message, line: None }
    }
}

pub(super) fn errors_batch(errors: NumberedErrors) -> Result<RecordBatch, TableError> {
    let (mut kinds, mut messages) = (StringBuilder::new(), StringBuilder::new());
    for (_, error) in &errors {
        kinds.append_value(error.kind);
        messages.append_value(&error.message);
    }
    let sources = Int32Array::from_iter_values(errors.iter().map(|(number, _)| *number));
    let lines: Int32Array = errors.iter().map(|(_, error)| error.line.map(|line| line as i32)).collect();
    let columns: Vec<ArrayRef> =
        vec![Arc::new(sources), Arc::new(kinds.finish()), Arc::new(messages.finish()), Arc::new(lines)];
    let types = [DataType::Int32, DataType::Utf8, DataType::Utf8, DataType::Int32];
    let names = ["source", "kind", "message", "line"];
    let fields: Vec<Field> =
        names.iter().zip(types).map(|(name, data)| Field::new(*name, data, *name == "line")).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}

/// A source whose tree is open.
pub(super) struct OpenedSource<'s> {
    pub(super) tree: OwnedTree,
    source: SourceInMemory<'s>,
    /// Whether it was parsed without the encoding that it declares.
    is_reencoded: bool,
}

impl OpenedSource<'_> {
    /// The text that the tree's positions count in.
    pub(super) fn text(&self) -> Option<Cow<'_, str>> {
        match self.source {
            SourceInMemory::Text(text) if self.is_reencoded => {
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                Some(text.replace("\r\n", "\n").replace('\r', "\n").into())
            }
            source => lazyast_parse::text(source.bytes()).ok(),
        }
    }
}

impl<'s> SourceInMemory<'s> {
    fn bytes(self) -> &'s [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text(text) => text.as_bytes(),
        }
    }

    /// The tree as a Python has it.
    pub(super) fn open(self, python: TargetPython, cache: &Cache) -> Result<OpenedSource<'s>, SourceError> {
        let opened = self.open_for_any(cache)?;
        match opened.tree.tree().header().facts.minimum_python {
            minor if minor > python.minor => {
                let message = format!("the syntax is that of Python 3.{minor}");
                Err(SourceError { kind: "newer", message, line: None })
            }
            _ => Ok(opened),
        }
    }

    fn open_for_any(self, cache: &Cache) -> Result<OpenedSource<'s>, SourceError> {
        let bytes = self.bytes();
        let opened = |tree, is_reencoded| OpenedSource { tree, source: self, is_reencoded };
        let is_text = matches!(self, Self::Text(_));
        match open_bytes(bytes, cache) {
            // A comment says how the bytes of a file were encoded, and these are no bytes of a file.
            Ok(tree) if is_text && tree.tree().header().facts.reencoded => {
                Ok(opened(open_bytes(&without_encoding(bytes), cache)?, true))
            }
            Err(error) if is_text && error.kind == "encoding" => {
                Ok(opened(open_bytes(&without_encoding(bytes), cache)?, true))
            }
            tree => Ok(opened(tree?, false)),
        }
    }
}

fn open_bytes(bytes: &[u8], cache: &Cache) -> Result<OwnedTree, SourceError> {
    let archive = cache.archive(bytes).map_err(|reason| error_of(&reason))?;
    let damaged = |message| SourceError { kind: "damaged", message, line: None };
    OwnedTree::open(archive).map_err(|error| damaged(error.to_string()))
}

fn error_of(reason: &Unsupported) -> SourceError {
    let (kind, line) = match reason {
        Unsupported::Syntax { line, .. } => ("syntax", Some(*line)),
        Unsupported::Encoding(_) => ("encoding", None),
        Unsupported::Depth { .. } => ("depth", None),
        Unsupported::Size { .. } => ("size", None),
        _ => ("unsupported", None),
    };
    SourceError { kind, message: reason.to_string(), line }
}

/// A source whose first two lines declare no encoding. They are comments, so that nothing else is different.
fn without_encoding(bytes: &[u8]) -> Vec<u8> {
    const WORD: &[u8] = b"coding";
    let mut changed = bytes.to_vec();
    let mut start = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    for _ in 0..2 {
        let line = bytes[start..].split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
        let first = line.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c'));
        if first.is_some_and(|byte| *byte != b'#') {
            break;
        }
        for (index, word) in line.windows(WORD.len()).enumerate() {
            if word == WORD {
                // Declarations are in lower case.
                changed[start + index] = b'C';
            }
        }
        let end = start + line.len();
        start = end + if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
        if start >= bytes.len() {
            break;
        }
    }
    changed
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

#[cfg(test)]
mod tests {
    use lazyast_table::{RowFilter, TableRelation};

    use super::*;

    #[test]
    fn only_declarations_are_changed() {
        let unchanged: [&[u8]; 4] =
            [b"", b"encoding = 1\n", b"x = \"\"\"\n# coding: latin-1\n\"\"\"", b"\n\n# coding: latin-1\n"];
        for source in unchanged {
            assert_eq!(without_encoding(source), source);
        }
        let changed = without_encoding(b"#!python\r\n # coding: latin-1\r\nencoding = 1");
        assert_eq!(changed, b"#!python\r\n # Coding: latin-1\r\nencoding = 1");
        assert_eq!(without_encoding(b"\xef\xbb\xbf# coding=x"), b"\xef\xbb\xbf# Coding=x");
    }

    #[test]
    fn every_source_has_rows_or_an_error() -> Result<(), Box<dyn std::error::Error>> {
        let nested = "(".repeat(100_000);
        let sources = [
            Some(SourceInMemory::Text("# coding: latin-1\nf('\u{e9}')  # encoding\n")),
            None,
            Some(SourceInMemory::Bytes(b"a = 1\nb = = 2\n")),
            Some(SourceInMemory::Bytes(b"\0\x01\xff")),
            Some(SourceInMemory::Text(&nested)),
            Some(SourceInMemory::Text("type X = int\n")),
            Some(SourceInMemory::Bytes(b"")),
        ];
        let python = TargetPython::new(11, 0);
        let made = |relation, jobs| -> Result<_, Box<dyn std::error::Error>> {
            let spec = TableSpec::of_sources(relation, None, &RowFilter::default(), python)?;
            let options = SourceOptions { jobs: Some(jobs), ..SourceOptions::default() };
            Ok(tables_of_sources(&sources, &spec, &Cache::disabled(), options)?)
        };
        let (one, four) = (made(TableRelation::Nodes, 1)?, made(TableRelation::Nodes, 4)?);
        assert_eq!((&one.rows, &one.errors), (&four.rows, &four.errors));
        assert_eq!(one.errors.num_rows(), 5);
        let errors = format!("{:?}", one.errors);
        for kind in ["missing", "syntax", "encoding", "depth", "newer"] {
            assert!(errors.contains(&format!("\"{kind}\"")), "{kind}: {errors}");
        }
        let comments = made(TableRelation::Comments, 1)?;
        assert!(format!("{:?}", comments.rows).contains("\"# coding: latin-1\""));
        Ok(())
    }
}
