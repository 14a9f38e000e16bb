//! Queries from Python: objects are made of what is looked at alone.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use lazyast::format::read::{Span, Target};
use lazyast::format::{Field, NodeId, Tree};
use lazyast::query::{Capture, CapturedElement, Hit};
use lazyast::{ArchiveBytes, ExecutionError, OwnedTree};
use pyo3::exceptions::{PyIndexError, PyKeyError, PyLookupError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PySlice, PyString, PyTuple};

use crate::errors::{QueryError, UnreadableFile, corrupt};
use crate::nodes::registry;

/// A compiled question, to be asked of any number of projects and trees.
///
/// Queries are made by `lazyast.pattern` and `lazyast.selector`.
#[pyclass(module = "lazyast", frozen)]
pub(crate) struct Query {
    inner: lazyast::Query,
    text: String,
}

/// A query, or the text of a selector.
#[derive(FromPyObject)]
enum Other<'py> {
    Query(Bound<'py, Query>),
    Selector(String),
}

fn wrong(error: lazyast::QueryError) -> PyErr {
    QueryError::new_err(error.to_string())
}

/// Compile a pattern: Python code with holes.
#[pyfunction]
fn pattern(text: String) -> PyResult<Query> {
    Ok(Query { inner: lazyast::pattern(&text).map_err(wrong)?, text: format!("pattern({text:?})") })
}

/// Compile a selector.
#[pyfunction]
fn selector(text: String) -> PyResult<Query> {
    Ok(Query { inner: lazyast::selector(&text).map_err(wrong)?, text: format!("selector({text:?})") })
}

impl Query {
    pub(crate) fn inner(&self) -> &lazyast::Query {
        &self.inner
    }

    fn combine(
        &self,
        other: Other<'_>,
        word: &str,
        combine: impl Fn(&lazyast::Query, &lazyast::Query) -> Result<lazyast::Query, lazyast::QueryError>,
    ) -> PyResult<Self> {
        let (other, text) = match other {
            Other::Query(query) => (query.get().inner.clone(), query.get().text.clone()),
            Other::Selector(text) => (lazyast::selector(&text).map_err(wrong)?, format!("{text:?}")),
        };
        let inner = combine(&self.inner, &other).map_err(wrong)?;
        // What is combined in a loop is refused before long, but its text would have grown by then.
        let text: String = format!("{}{}", self.text, word.replace('*', &text)).chars().take(1000).collect();
        Ok(Self { inner, text })
    }
}

#[pymethods]
impl Query {
    /// The hits that stand somewhere inside of a hit of another query.
    fn inside(&self, other: Other<'_>) -> PyResult<Self> {
        self.combine(other, ".inside(*)", lazyast::Query::inside)
    }

    /// The hits that have a hit of another query somewhere inside.
    fn has(&self, other: Other<'_>) -> PyResult<Self> {
        self.combine(other, ".has(*)", lazyast::Query::has)
    }

    /// The hits that are no hits of another query.
    fn not_(&self, other: Other<'_>) -> PyResult<Self> {
        self.combine(other, ".not_(*)", lazyast::Query::without)
    }

    fn __and__(&self, other: Other<'_>) -> PyResult<Self> {
        self.combine(other, " & *", lazyast::Query::and)
    }

    fn __or__(&self, other: Other<'_>) -> PyResult<Self> {
        self.combine(other, " | *", lazyast::Query::or)
    }

    /// What the query is compiled to, for people.
    fn explain(&self) -> String {
        self.inner.to_string()
    }

    /// The hits in one tree, as it was when lazyast parsed it.
    ///
    /// `source` is its source, for `Match.text`.
    #[pyo3(signature = (tree, source = None))]
    fn find<'py>(
        &self,
        tree: Bound<'py, PyAny>,
        source: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Matches>> {
        let py = tree.py();
        let context = registry::context_of(&tree).ok_or_else(|| {
            PyValueError::new_err(
                "the tree is none that lazyast has made: parse its source with lazyast.parse, and keep the root",
            )
        })?;
        let text = match source {
            None => None,
            Some(source) => match source.cast::<PyBytes>() {
                Ok(bytes) => lazyast::text(bytes.as_bytes()).ok().map(std::borrow::Cow::into_owned),
                Err(_) => {
                    Some(source.cast::<PyString>()?.to_str()?.replace("\r\n", "\n").replace('\r', "\n"))
                }
            },
        };
        let hits = self.inner.hits(context.tree()).map_err(|error| failed(&error, "the tree"))?;
        let mut files = Vec::new();
        if !hits.is_empty() {
            let file = File::open(context.archive().clone(), None, hits)?;
            let _ = file.root.set(tree.unbind());
            if let Some(text) = text {
                let _ = file.text.set(text);
            }
            files.push(file);
        }
        Core::matches(py, self.inner.clone(), files, None, Vec::new())
    }

    fn __repr__(&self) -> String {
        format!("lazyast.{}", self.text)
    }
}

/// A file with hits.
pub(crate) struct File {
    opened: OwnedTree,
    hits: Vec<Hit>,
    /// The path and the module's number, of a project's.
    place: Option<(PathBuf, usize)>,
    path: OnceLock<Py<PyAny>>,
    module: OnceLock<Py<PyAny>>,
    root: OnceLock<Py<PyAny>>,
    text: OnceLock<String>,
}

impl File {
    pub(crate) fn open(
        archive: ArchiveBytes,
        place: Option<(PathBuf, usize)>,
        hits: Vec<Hit>,
    ) -> PyResult<Self> {
        let opened = OwnedTree::open(archive)
            .map_err(|error| crate::errors::CorruptArchive::new_err(error.to_string()))?;
        let (path, module, root, text) = Default::default();
        Ok(Self { opened, hits, place, path, module, root, text })
    }

    fn tree(&self) -> &Tree<'_> {
        self.opened.tree()
    }

    /// The text that positions count, as it was when it was parsed.
    fn text(&self) -> PyResult<&str> {
        if let Some(text) = self.text.get() {
            return Ok(text);
        }
        let Some((path, _)) = &self.place else {
            let message = "the source is not known: give it, as in query.find(tree, source)";
            return Err(PyValueError::new_err(message));
        };
        let mut source = Vec::new();
        let read = lazyast::read_source(path, &mut source).map_err(|error| error.to_string());
        let text = read.and_then(|_| {
            if lazyast::source_key(&source) != self.tree().header().source_hash {
                return Err("changed since it was searched".to_owned());
            }
            lazyast::text(&source).map(std::borrow::Cow::into_owned).map_err(|reason| reason.to_string())
        });
        let text = text.map_err(|why| UnreadableFile::new_err(format!("{}: {why}", path.display())))?;
        Ok(self.text.get_or_init(|| text))
    }

    fn path(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let Some((path, _)) = &self.place else { return Ok(py.None()) };
        if self.path.get().is_none() {
            let path = py.import("pathlib")?.getattr("Path")?.call1((path,))?;
            let _ = self.path.set(path.unbind());
        }
        Ok(self.path.get().map_or_else(|| py.None(), |path| path.clone_ref(py)))
    }
}

/// What the matches of one search share.
#[pyclass(module = "lazyast._native", frozen)]
struct Core {
    query: lazyast::Query,
    files: Vec<File>,
    /// How many hits there are before each file's, and in all.
    starts: Vec<usize>,
    /// Makes a project's `Module` of its number.
    make_module: Option<Py<PyAny>>,
    unsearched: Vec<PathBuf>,
    target: Target,
}

#[pymethods]
impl Core {
    // What a cycle can go through, trees above all, can be cleared at other places of it.
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        for file in &self.files {
            for object in [&file.module, &file.root].into_iter().filter_map(OnceLock::get) {
                visit.call(object)?;
            }
        }
        self.make_module.as_ref().map_or(Ok(()), |object| visit.call(object))
    }
}

impl Core {
    pub(crate) fn matches<'py>(
        py: Python<'py>,
        query: lazyast::Query,
        files: Vec<File>,
        make_module: Option<Py<PyAny>>,
        unsearched: Vec<PathBuf>,
    ) -> PyResult<Bound<'py, Matches>> {
        let mut starts = vec![0];
        let mut count = 0;
        for file in &files {
            count += file.hits.len();
            starts.push(count);
        }
        let version = py.version_info();
        let target = Target::new(version.minor, version.patch);
        let core = Self { query, files, starts, make_module, unsearched, target };
        Bound::new(py, Matches { core: Py::new(py, core)?, chosen: None })
    }

    fn len(&self) -> usize {
        self.starts.last().copied().unwrap_or_default()
    }

    /// The file and the hit with a number.
    fn hit(&self, number: usize) -> (usize, Hit) {
        let file = self.starts.partition_point(|start| *start <= number) - 1;
        (file, self.files[file].hits[number - self.starts[file]])
    }

    /// The `Module` of a file; nothing where a single tree was searched.
    fn module<'py>(&self, py: Python<'py>, file: &File) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (Some((_, index)), Some(make)) = (&file.place, &self.make_module) else { return Ok(None) };
        if file.module.get().is_none() {
            let module = make.bind(py).call1((*index,))?;
            let _ = file.module.set(module.unbind());
        }
        Ok(file.module.get().map(|module| module.bind(py).clone()))
    }

    fn root<'py>(&self, py: Python<'py>, file: &File) -> PyResult<Bound<'py, PyAny>> {
        if file.root.get().is_none()
            && let Some(module) = self.module(py, file)?
        {
            let _ = file.root.set(module.getattr("tree")?.unbind());
        }
        let missing = || PyLookupError::new_err("the tree is gone");
        file.root.get().map(|root| root.bind(py).clone()).ok_or_else(missing)
    }

    /// The node with a number, on the way that the archive says.
    fn node<'py>(&self, py: Python<'py>, file: &File, id: NodeId) -> PyResult<Bound<'py, PyAny>> {
        let tree = file.tree();
        let mut here = self.root(py, file)?;
        let mut kind = tree.kind(0).map_err(|damage| corrupt(&damage))?;
        for step in tree.path_to(id).map_err(|damage| corrupt(&damage))? {
            let field = if step.field == Field::Values312 { Field::Values } else { step.field };
            let spec = kind.fields().iter().find(|spec| spec.field == Some(field));
            let changed =
                || PyLookupError::new_err("the node is not in its tree any more: the tree was changed");
            let value = here.getattr(spec.ok_or_else(changed)?.name)?;
            here = match value.cast::<PyList>() {
                Ok(list) => {
                    list.iter().filter(|item| !item.is_none()).nth(step.index as usize).ok_or_else(changed)?
                }
                Err(_) if step.index == 0 => value,
                Err(_) => return Err(changed()),
            };
            kind = tree.kind(step.id).map_err(|damage| corrupt(&damage))?;
        }
        Ok(here)
    }

    fn span(&self, file: &File, hit: Hit) -> PyResult<Span> {
        let tree = file.tree();
        let span = |node: NodeId| match tree.span(node, self.target)? {
            Some(span) => Ok(span),
            None => {
                let (start, end) = tree.range(node)?;
                Ok(Span { start: tree.position(start)?, end: tree.position(end)? })
            }
        };
        let first = span(hit.node).map_err(|damage| corrupt(&damage))?;
        if hit.last == hit.node {
            return Ok(first);
        }
        let last = span(hit.last).map_err(|damage| corrupt(&damage))?;
        Ok(Span { start: first.start, end: last.end })
    }

    fn captures<'a>(&self, file: &'a File, hit: Hit) -> PyResult<Vec<Capture<'a>>> {
        self.query.captures(file.tree(), hit).map_err(|error| failed(&error, "the tree"))
    }

    /// What a name captured, as a node, a `str`, or a list of these.
    fn captured<'py>(
        &self,
        py: Python<'py>,
        file: &File,
        captured: &Capture<'_>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let thing = |thing: &CapturedElement<'_>| match thing {
            CapturedElement::Node(node) => self.node(py, file, *node),
            CapturedElement::Name(name, _) => Ok(PyString::new(py, name).into_any()),
        };
        match &captured.elements[..] {
            [one] if !captured.is_sequence => thing(one),
            things => {
                Ok(PyList::new(py, things.iter().map(thing).collect::<PyResult<Vec<_>>>()?)?.into_any())
            }
        }
    }
}

pub(crate) fn failed(error: &ExecutionError, what: &str) -> PyErr {
    match error {
        ExecutionError::Damage(damage) => corrupt(damage),
        error => QueryError::new_err(format!("{what}: {error}")),
    }
}

/// The hits of a query, in the order of paths and of trees: a sequence of `Match` objects, made when they are
/// looked at.
#[pyclass(module = "lazyast", frozen, sequence)]
pub(crate) struct Matches {
    core: Py<Core>,
    /// The numbers of the hits, where these are not all.
    chosen: Option<Arc<Vec<usize>>>,
}

impl Matches {
    pub(crate) fn new<'py>(
        py: Python<'py>,
        query: lazyast::Query,
        files: Vec<File>,
        make_module: Py<PyAny>,
        unsearched: Vec<PathBuf>,
    ) -> PyResult<Bound<'py, Self>> {
        Core::matches(py, query, files, Some(make_module), unsearched)
    }

    fn number(&self, place: usize) -> usize {
        self.chosen.as_ref().map_or(place, |chosen| chosen[place])
    }

    fn at(&self, py: Python<'_>, place: usize) -> Match {
        let (file, hit) = self.core.get().hit(self.number(place));
        Match { core: self.core.clone_ref(py), file, hit }
    }

    fn is_at(&self, place: usize, value: &Bound<'_, PyAny>) -> bool {
        let (file, hit) = self.core.get().hit(self.number(place));
        value.cast::<Match>().is_ok_and(|value| {
            let value = value.get();
            value.core.is(&self.core) && (value.file, value.hit) == (file, hit)
        })
    }

    /// The files and hits, one after the other.
    fn hits(&self) -> impl Iterator<Item = (&File, Hit)> {
        let core = self.core.get();
        (0..self.__len__()).map(|place| {
            let (file, hit) = core.hit(self.number(place));
            (&core.files[file], hit)
        })
    }
}

#[pymethods]
impl Matches {
    fn __len__(&self) -> usize {
        self.chosen.as_ref().map_or_else(|| self.core.get().len(), |chosen| chosen.len())
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let length = self.__len__();
        if let Ok(slice) = index.cast::<PySlice>() {
            let indices = slice.indices(length as isize)?;
            let place = |step: usize| (indices.start + step as isize * indices.step) as usize;
            let chosen = (0..indices.slicelength).map(|step| self.number(place(step))).collect();
            let matches = Self { core: self.core.clone_ref(py), chosen: Some(Arc::new(chosen)) };
            return Ok(Bound::new(py, matches)?.into_any());
        }
        let index: isize = index.extract().map_err(|error: PyErr| {
            if error.is_instance_of::<PyOverflowError>(py) {
                PyIndexError::new_err("match index out of range")
            } else {
                PyTypeError::new_err("matches are counted by int, or taken by slice")
            }
        })?;
        let place = if index < 0 { index.saturating_add(length as isize) } else { index };
        let place = usize::try_from(place).ok().filter(|place| *place < length);
        let place = place.ok_or_else(|| PyIndexError::new_err("match index out of range"))?;
        Ok(Bound::new(py, self.at(py, place))?.into_any())
    }

    fn __iter__(this: Bound<'_, Self>) -> MatchIterator {
        MatchIterator { length: this.get().__len__(), matches: this.unbind(), next: 0 }
    }

    /// The number of the first hit from `start` to before `stop` that equals a match. Raises ValueError.
    #[pyo3(signature = (value, start = 0, stop = isize::MAX, /))]
    fn index(&self, value: &Bound<'_, PyAny>, start: isize, stop: isize) -> PyResult<usize> {
        let length = self.__len__();
        let bound = |bound: isize| {
            if bound < 0 { length.saturating_sub(bound.unsigned_abs()) } else { length.min(bound as usize) }
        };
        let found = (bound(start)..bound(stop)).find(|place| self.is_at(*place, value));
        found.ok_or_else(|| PyValueError::new_err("the match is not among these"))
    }

    /// How many hits equal a match.
    #[pyo3(signature = (value, /))]
    fn count(&self, value: &Bound<'_, PyAny>) -> usize {
        (0..self.__len__()).filter(|place| self.is_at(*place, value)).count()
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.core)
    }

    /// The paths of the files with hits, each once, in order.
    fn paths(&self, py: Python<'_>) -> PyResult<Vec<Py<PyAny>>> {
        let mut paths = Vec::new();
        let mut last: Option<&File> = None;
        for (file, _) in self.hits() {
            if !last.is_some_and(|last| std::ptr::eq(last, file)) {
                paths.push(file.path(py)?);
                last = Some(file);
            }
        }
        Ok(paths)
    }

    /// The node of each hit.
    fn nodes<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.hits().map(|(file, hit)| self.core.get().node(py, file, hit.node)).collect()
    }

    /// What a name captured in each hit.
    fn captures<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let core = self.core.get();
        if !core.query.capture_names().contains(&name) {
            return Err(PyKeyError::new_err(name.to_owned()));
        }
        let mut all = Vec::with_capacity(self.__len__());
        for (file, hit) in self.hits() {
            let captures = core.captures(file, hit)?;
            let captured = captures.iter().find(|captured| captured.name == name);
            let captured = captured.ok_or_else(|| PyKeyError::new_err(name.to_owned()))?;
            all.push(core.captured(py, file, captured)?);
        }
        Ok(all)
    }

    /// Files that were not searched, because they have no archive.
    #[getter]
    fn unsearched<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let path = py.import("pathlib")?.getattr("Path")?;
        let paths = self.core.get().unsearched.iter().map(|unsearched| path.call1((unsearched,)));
        PyTuple::new(py, paths.collect::<PyResult<Vec<_>>>()?)
    }

    fn __repr__(&self) -> String {
        let hits = self.__len__();
        let plural = if hits == 1 { "" } else { "es" };
        format!("<{hits} match{plural} of {}>", self.core.get().query.describe())
    }
}

#[pyclass(module = "lazyast._native")]
struct MatchIterator {
    matches: Py<Matches>,
    next: usize,
    length: usize,
}

#[pymethods]
impl MatchIterator {
    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__(&mut self, py: Python<'_>) -> Option<Match> {
        (self.next < self.length).then(|| {
            self.next += 1;
            self.matches.get().at(py, self.next - 1)
        })
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.matches)
    }

    fn __length_hint__(&self) -> usize {
        self.length - self.next
    }
}

/// A hit of a query.
#[pyclass(module = "lazyast", frozen)]
struct Match {
    core: Py<Core>,
    file: usize,
    hit: Hit,
}

impl Match {
    fn file(&self) -> &File {
        &self.core.get().files[self.file]
    }

    fn span(&self) -> PyResult<Span> {
        self.core.get().span(self.file(), self.hit)
    }
}

#[pymethods]
impl Match {
    /// The file, as it was found; `None` for a single tree.
    #[getter]
    fn path(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.file().path(py)
    }

    /// The project's `Module`, whose `tree` has the node; `None` for a single tree.
    #[getter]
    fn module<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.core.get().module(py, self.file())
    }

    /// The class of the node, by name.
    #[getter]
    fn kind(&self) -> PyResult<&'static str> {
        self.file().tree().kind(self.hit.node).map(|kind| kind.name()).map_err(|damage| corrupt(&damage))
    }

    /// The first line, from 1.
    #[getter]
    fn lineno(&self) -> PyResult<u32> {
        Ok(self.span()?.start.line)
    }

    /// Where it starts in its line, in bytes of UTF-8 from 0.
    #[getter]
    fn col_offset(&self) -> PyResult<u32> {
        Ok(self.span()?.start.column)
    }

    /// The last line, from 1.
    #[getter]
    fn end_lineno(&self) -> PyResult<u32> {
        Ok(self.span()?.end.line)
    }

    /// Where it ends in its line, in bytes of UTF-8 from 0.
    #[getter]
    fn end_col_offset(&self) -> PyResult<u32> {
        Ok(self.span()?.end.column)
    }

    /// The node; the first one where several statements match. The same object each time.
    #[getter]
    fn node<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.core.get().node(py, self.file(), self.hit.node)
    }

    /// The nodes: one, or all statements of a hit of several.
    #[getter]
    fn nodes<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let statements = self.hit.statements(self.file().tree());
        statements.into_iter().map(|node| self.core.get().node(py, self.file(), node)).collect()
    }

    /// What each name of the pattern stands for: a node, a `str` for a name, or a list of these for `$$$`.
    #[getter]
    fn captures<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let core = self.core.get();
        let captures = PyDict::new(py);
        for captured in core.captures(self.file(), self.hit)? {
            captures.set_item(&captured.name, core.captured(py, self.file(), &captured)?)?;
        }
        Ok(captures)
    }

    /// The source of the hit.
    #[getter]
    fn text(&self) -> PyResult<&str> {
        let (start, end) = self.hit.range(self.file().tree()).map_err(|damage| corrupt(&damage))?;
        let text = self.file().text()?;
        text.get(start as usize..end as usize)
            .ok_or_else(|| PyValueError::new_err("the source given is not that of the tree"))
    }

    fn __repr__(&self) -> PyResult<String> {
        let path =
            self.file().place.as_ref().map_or("a tree".to_owned(), |(path, _)| path.display().to_string());
        let start = self.span()?.start;
        Ok(format!("<Match: {} in {path}, line {}, column {}>", self.kind()?, start.line, start.column))
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.core)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.core.is(&other.core) && self.file == other.file && self.hit == other.hit
    }

    fn __hash__(&self) -> u64 {
        (self.core.as_ptr() as u64) ^ (self.file as u64) << 32 ^ u64::from(self.hit.node)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Query>()?;
    module.add_class::<Matches>()?;
    module.add_class::<Match>()?;
    module.add_function(wrap_pyfunction!(pattern, module)?)?;
    module.add_function(wrap_pyfunction!(selector, module)?)
}
