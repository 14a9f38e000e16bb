//! What the untouched nodes of one tree share.

use std::cell::{Cell, OnceCell, RefCell};

use lazyast::format::read::{Line, OpenError, Position, Span};
use lazyast::format::{Damage, NodeId, Tree};
use lazyast::{ArchiveBytes, OwnedTree};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::runtime::interpreter::Interpreter;

/// An archive that is open, its names as Python has them, and what was seen of its reader's habits.
///
/// Only ever used while attached to the interpreter.
pub(crate) struct Origin {
    opened: OwnedTree,
    /// By number; as long as the table of names from the first name on.
    names: RefCell<Vec<Option<Py<PyString>>>>,
    /// The line that was looked up last: neighbours are mostly in the same one.
    line: Cell<Line>,
    /// How many nodes below statements were touched, one by one.
    touches: Cell<u32>,
    /// A weak reference to the `Module`.
    pub(crate) root: OnceCell<Py<PyAny>>,
}

/// After so many single touches below statements, whatever has no statements below is decoded whole: its
/// reader goes through expressions.
const SINGLE_TOUCHES: u32 = 8;
/// How many lines are looked at one after the other before one is searched for.
const LINES_AHEAD: u32 = 6;
/// Larger subtrees are decoded node by node all the same.
const WHOLE_NODES: u32 = 512;

impl Origin {
    /// Opens an archive.
    pub(crate) fn open(archive: ArchiveBytes) -> Result<Self, OpenError> {
        let opened = OwnedTree::open(archive)?;
        Ok(Self {
            opened,
            names: RefCell::default(),
            line: Cell::new(Line { number: 0, start: 0, end: 0 }),
            touches: Cell::new(0),
            root: OnceCell::new(),
        })
    }

    /// The archive.
    pub(crate) fn archive(&self) -> &ArchiveBytes {
        self.opened.bytes()
    }

    /// The view of the archive.
    pub(crate) fn tree(&self) -> &Tree<'_> {
        self.opened.tree()
    }

    /// An identifier: the same interned object each time.
    pub(crate) fn name<'py>(&self, py: Python<'py>, number: u32) -> Result<Bound<'py, PyString>, Damage> {
        let mut names = self.names.borrow_mut();
        if names.is_empty() {
            names.resize_with(self.tree().name_count() as usize, || None);
        }
        match names.get_mut(number as usize) {
            Some(Some(name)) => Ok(name.bind(py).clone()),
            Some(empty) => {
                let name = PyString::intern(py, self.tree().name(number)?);
                *empty = Some(name.clone().unbind());
                Ok(name)
            }
            // The table's own error.
            None => self.tree().name(number).map(|name| PyString::intern(py, name)),
        }
    }

    /// The position of a node whose kind has one.
    pub(crate) fn span(&self, interpreter: &Interpreter, id: NodeId) -> Result<Span, Damage> {
        let tree = self.tree();
        if interpreter.target.minor <= 11
            && tree.joined_string_at_or_after(id).is_some_and(|(first, _)| first <= id)
        {
            let missing = Damage { what: "position is missing", at: id, found: 0 };
            return tree.span(id, interpreter.target)?.ok_or(missing);
        }
        let (start, end) = tree.range(id)?;
        self.span_of(start, end)
    }

    /// The positions of two offsets, the later one mostly in the line of the earlier one.
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
    pub(crate) fn position(&self, offset: u32) -> Result<Position, Damage> {
        let mut line = self.line.get();
        if offset < line.start || offset >= line.end {
            line = self.line(line, offset)?;
            self.line.set(line);
        }
        Ok(Position { line: line.number, column: offset.saturating_sub(line.start) })
    }

    /// The line of an offset, which is mostly a little behind another one.
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

    /// Whether a node that is touched now should be decoded with everything below.
    pub(crate) fn goes_deep(&self, is_statement: bool, nodes: u32) -> bool {
        if !is_statement && self.touches.get() <= SINGLE_TOUCHES {
            self.touches.set(self.touches.get() + 1);
        }
        self.touches.get() > SINGLE_TOUCHES && nodes <= WHOLE_NODES
    }
}
