//! The tree context: what all lazy proxies of one tree share.

use std::cell::{Cell, OnceCell, RefCell};

use lazyast::format::encoding::{Position, Span};
use lazyast::format::read::{Line, OpenError, ParentTable};
use lazyast::format::{Damage, NodeId, Tree};
use lazyast::{ArchiveBytes, OwnedTree};
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::detached::DetachedNodes;
use super::prefetch::AdaptivePrefetch;
use crate::runtime::interpreter::Interpreter;
use crate::runtime::recent_names;

/// How many lines are tried one after the other before a line is searched for.
const LINES_AHEAD: u32 = 6;

/// What a proxy calls on its first access.
///
/// This is a pointer, stored in the tree context, because proxies lie below decoding: decoding creates proxies.
pub(crate) type FirstAccess = fn(&'static Interpreter, &TreeContext, &Bound<'_, PyAny>) -> PyResult<()>;

/// An open archive, with its identifiers as Python objects and the state that speeds up reading it.
///
/// It is only used by threads that are attached to the interpreter.
pub(crate) struct TreeContext {
    opened: OwnedTree,
    /// The identifiers by number. Empty until the first identifier is read, and then as long as the archive's table.
    names: RefCell<Vec<Option<Py<PyString>>>>,
    /// The line of the last offset: neighbouring nodes are mostly in the same line.
    line: Cell<Line>,
    pub(crate) prefetch: AdaptivePrefetch,
    pub(crate) detached: DetachedNodes,
    /// A weak reference to the `Module`.
    pub(crate) root: OnceCell<Py<PyAny>>,
    /// Materialises a proxy.
    pub(crate) first_access: FirstAccess,
    /// The parents of all nodes. Empty until somebody asks for one.
    parents: OnceCell<ParentTable>,
    /// The node whose ancestors were found last.
    pub(crate) last_found: Cell<NodeId>,
}

impl TreeContext {
    /// Opens an archive.
    pub(crate) fn open(archive: ArchiveBytes, first_access: FirstAccess) -> Result<Self, OpenError> {
        Ok(Self {
            opened: OwnedTree::open(archive)?,
            names: RefCell::default(),
            line: Cell::new(Line { number: 0, start: 0, end: 0 }),
            prefetch: AdaptivePrefetch::default(),
            detached: DetachedNodes::default(),
            root: OnceCell::new(),
            first_access,
            parents: OnceCell::new(),
            last_found: Cell::new(0),
        })
    }

    /// The archive.
    pub(crate) fn archive(&self) -> &ArchiveBytes {
        self.opened.bytes()
    }

    /// The view of the archive.
    #[inline]
    pub(crate) fn tree(&self) -> &Tree<'_> {
        self.opened.tree()
    }

    /// The parents of all nodes.
    pub(crate) fn parents(&self, interpreter: &Interpreter) -> Result<&ParentTable, Damage> {
        if self.parents.get().is_none() {
            let _ = self.parents.set(ParentTable::of(self.tree(), interpreter.target)?);
        }
        self.parents.get().ok_or_else(|| Damage::new("parents are missing", 0))
    }

    /// An identifier: the same interned object each time.
    #[inline]
    pub(crate) fn name<'py>(&self, py: Python<'py>, number: u32) -> Result<Bound<'py, PyString>, Damage> {
        let mut names = self.names.borrow_mut();
        if names.is_empty() {
            names.resize_with(self.tree().name_count() as usize, || None);
        }
        match names.get_mut(number as usize) {
            Some(Some(name)) => Ok(name.bind(py).clone()),
            Some(empty) => {
                let name = recent_names::intern(py, self.tree().name(number)?);
                *empty = Some(name.clone().unbind());
                Ok(name)
            }
            // The number is invalid: reading the archive's table gives the error.
            None => self.tree().name(number).map(|name| PyString::intern(py, name)),
        }
    }

    /// The position of a node whose kind has one.
    pub(crate) fn span(&self, interpreter: &Interpreter, id: NodeId) -> Result<Span, Damage> {
        if let Some(span) = self.span_in_string(interpreter, id)? {
            return Ok(span);
        }
        let (start, end) = self.tree().range(id)?;
        self.span_of(start, end)
    }

    /// Where a node begins whose kind has a position.
    pub(crate) fn start(&self, interpreter: &Interpreter, id: NodeId) -> Result<Position, Damage> {
        if let Some(span) = self.span_in_string(interpreter, id)? {
            return Ok(span.start);
        }
        self.position(self.tree().range(id)?.0)
    }

    /// The position of a node in an f-string, up to 3.11: it is not that of the text.
    fn span_in_string(&self, interpreter: &Interpreter, id: NodeId) -> Result<Option<Span>, Damage> {
        let tree = self.tree();
        if interpreter.target.minor > 11
            || tree.joined_string_at_or_after(id).is_none_or(|(first, _)| first > id)
        {
            return Ok(None);
        }
        let missing = || Damage::new("position is missing", id);
        tree.span(id, interpreter.target)?.ok_or_else(missing).map(Some)
    }

    /// The positions of two offsets, of which the second is mostly in the same line as the first.
    #[inline]
    pub(crate) fn span_of(&self, start: u32, end: u32) -> Result<Span, Damage> {
        let start = self.position(start)?;
        let line = self.line.get();
        let end = if end < line.end {
            Position { line: line.number, column: end.saturating_sub(line.start) }
        } else {
            let line = self.line(line, end)?;
            Position { line: line.number, column: end.saturating_sub(line.start) }
        };
        Ok(Span { start, end })
    }

    /// The line and column of an offset.
    #[inline]
    pub(crate) fn position(&self, offset: u32) -> Result<Position, Damage> {
        let mut line = self.line.get();
        if offset < line.start || offset >= line.end {
            line = self.line(line, offset)?;
            self.line.set(line);
        }
        Ok(Position { line: line.number, column: offset.saturating_sub(line.start) })
    }

    /// The line of an offset, which is mostly a few lines after `near`.
    #[inline]
    fn line(&self, mut near: Line, offset: u32) -> Result<Line, Damage> {
        for _ in 0..LINES_AHEAD {
            match self.tree().line_after(near) {
                Some(next) if offset >= next.start => near = next,
                _ => break,
            }
            if offset < near.end {
                return Ok(near);
            }
        }
        self.tree().line(offset)
    }
}
