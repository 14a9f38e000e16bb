//! A tree's view to a whole tree of `ast` objects, exactly those that the interpreter would make.
//!
//! This module has that one job, and nothing else makes nodes: what builds them only when they are
//! touched would stand in its place. Nodes are made from the last to the first, so that all children are
//! there when their parent is made; depth costs nothing.

use lazyast::format::read::{Constant, Positions, Row, Value};
use lazyast::format::shape::{FieldSpec, Role};
use lazyast::format::{Damage, Field, NodeId, Tree};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyComplex, PyDict, PyEllipsis, PyFloat, PyInt, PyList, PyString};

use crate::interpreter::{Class, Interpreter, empty_list};
use crate::objects;

/// Why a tree could not be built; the interpreter's own parser is asked instead.
#[derive(Debug)]
pub(crate) struct Failed;

impl From<Damage> for Failed {
    fn from(_: Damage) -> Self {
        Self
    }
}

impl From<PyErr> for Failed {
    fn from(_: PyErr) -> Self {
        Self
    }
}

/// The `ast.Module` of a tree.
pub(crate) fn module<'py>(
    py: Python<'py>,
    interpreter: &'static Interpreter,
    tree: &Tree<'_>,
) -> Result<Bound<'py, PyAny>, Failed> {
    let _paused = objects::CollectorPause::new(py);
    let rows = tree.rows().collect::<Result<Vec<Row>, Damage>>()?;
    let mut nodes = Vec::new();
    nodes.resize_with(rows.len(), || None);
    let mut builder = Builder {
        py,
        interpreter,
        tree,
        positions: tree.positions(interpreter.target)?,
        rows: &rows,
        nodes,
        children: Vec::new(),
        starts: Line::default(),
        ends: Line::default(),
        last_line: None,
    };
    for row in rows.iter().rev() {
        let node = builder.node(row)?;
        builder.nodes[row.id as usize] = Some(node);
    }
    builder.take(0)
}

struct Builder<'t, 'a, 'py> {
    py: Python<'py>,
    interpreter: &'static Interpreter,
    tree: &'t Tree<'a>,
    /// For 3.11, which moves parts of f-strings.
    positions: Positions<'t, 't>,
    rows: &'t [Row],
    /// Nodes that have no parent yet, by number.
    nodes: Vec<Option<Bound<'py, PyAny>>>,
    /// The children of the node that is being made.
    children: Vec<(Field, NodeId)>,
    starts: Line,
    ends: Line,
    /// The line number that was made last: neighbours share it.
    last_line: Option<(u32, Bound<'py, PyInt>)>,
}

impl<'py> Builder<'_, '_, 'py> {
    fn node(&mut self, row: &Row) -> Result<Bound<'py, PyAny>, Failed> {
        let py = self.py;
        let damage =
            Damage { what: "kind is newer than the interpreter", at: row.id, found: row.kind as u64 };
        let class: &'static Class = self.interpreter.class(row.kind).ok_or(damage)?;
        self.find_children(row)?;
        let dict = class.template.bind(py).copy()?;
        for field in &class.fields {
            if let Some(value) = self.value(row, field.spec)? {
                dict.set_item(&field.name, value)?;
            }
        }
        if row.kind.has_positions() {
            self.set_positions(row, &dict)?;
        }
        Ok(objects::node(class.class.bind(py), &dict)?)
    }

    fn find_children(&mut self, row: &Row) -> Result<(), Damage> {
        self.children.clear();
        let mut next = row.id + 1;
        while next < row.subtree_end {
            let child = &self.rows[next as usize];
            if child.subtree_end > row.subtree_end {
                let found = u64::from(child.subtree_end);
                return Err(Damage { what: "subtree ends outside of its parent's", at: next, found });
            }
            self.children.push((child.field, next));
            next = child.subtree_end;
        }
        Ok(())
    }

    /// The value of a field, or nothing where it is the template's `None`.
    fn value(&mut self, row: &Row, spec: &FieldSpec) -> Result<Option<Bound<'py, PyAny>>, Failed> {
        let py = self.py;
        match spec.role {
            Role::Child => return self.child(row, spec),
            Role::Children => return self.list(spec).map(Some),
            Role::Empty => return Ok(Some(empty_list(py))),
            _ => {}
        }
        let missing = Damage { what: "node is missing", at: row.id, found: 0 };
        let node = self.tree.node(row.id).ok_or(missing)?;
        Ok(Some(match node.value(spec, self.interpreter.target)? {
            Value::None => return Ok(None),
            Value::Int(int) => int.into_bound_py_any(py)?,
            Value::Identifier(name) => PyString::intern(py, name).into_any(),
            Value::Singleton(singleton) => self.singleton(singleton, row.id)?,
            Value::Constant(constant) => self.constant(constant)?,
            Value::Node(id) => self.take(id)?,
            Value::Nodes(ids) => {
                let nodes = ids.into_iter().map(|id| id.map(|id| self.take(id)).transpose());
                PyList::new(py, nodes.collect::<Result<Vec<_>, _>>()?)?.into_any()
            }
            Value::Identifiers(names) => {
                PyList::new(py, names.into_iter().map(|name| PyString::intern(py, name)).collect::<Vec<_>>())?
                    .into_any()
            }
            Value::Singletons(singletons) => {
                let singletons = singletons.into_iter().map(|singleton| self.singleton(singleton, row.id));
                PyList::new(py, singletons.collect::<Result<Vec<_>, _>>()?)?.into_any()
            }
        }))
    }

    fn child(&mut self, row: &Row, spec: &FieldSpec) -> Result<Option<Bound<'py, PyAny>>, Failed> {
        match self.children.iter().find(|(field, _)| Some(*field) == spec.field) {
            Some((_, id)) => self.take(*id).map(Some),
            None if spec.optional => Ok(None),
            None => Err(Damage { what: "required child is missing", at: row.id, found: 0 }.into()),
        }
    }

    fn list(&mut self, spec: &FieldSpec) -> Result<Bound<'py, PyAny>, Failed> {
        let list = PyList::empty(self.py);
        for index in 0..self.children.len() {
            let (field, id) = self.children[index];
            if Some(field) == spec.field {
                list.append(self.take(id)?)?;
            }
        }
        Ok(list.into_any())
    }

    /// A node that was made, for its one parent.
    fn take(&mut self, id: NodeId) -> Result<Bound<'py, PyAny>, Failed> {
        let node = self.nodes.get_mut(id as usize).and_then(Option::take);
        Ok(node.ok_or(Damage { what: "node has no place of its own", at: id, found: 0 })?)
    }

    fn singleton(
        &self,
        singleton: lazyast::format::read::Singleton,
        at: NodeId,
    ) -> Result<Bound<'py, PyAny>, Failed> {
        let damage = Damage { what: "unknown operator or context", at, found: u64::from(singleton.code) };
        Ok(self.interpreter.singleton(singleton).ok_or(damage)?.bind(self.py).clone())
    }

    fn constant(&self, constant: Constant<'_>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        Ok(match constant {
            Constant::None => py.None().into_bound(py),
            Constant::Bool(value) => PyBool::new(py, value).to_owned().into_any(),
            Constant::Ellipsis => PyEllipsis::get(py).to_owned().into_any(),
            Constant::Str(wtf8) => objects::string(py, wtf8)?,
            Constant::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
            Constant::Int(value) => value.into_bound_py_any(py)?,
            Constant::BigInt(literal) => objects::big_int(py, literal)?,
            Constant::Float(value) => PyFloat::new(py, value).into_any(),
            Constant::Imaginary(value) => PyComplex::from_doubles(py, 0.0, value).into_any(),
        })
    }

    fn set_positions(&mut self, row: &Row, dict: &Bound<'py, PyDict>) -> Result<(), Failed> {
        let ((line, column), (end_line, end_column)) = if self.interpreter.target.minor > 11 {
            (self.starts.position(self.tree, row.start)?, self.ends.position(self.tree, row.end)?)
        } else {
            let missing = Damage { what: "position is missing", at: row.id, found: 0 };
            let span = self.positions.span(row.id)?.ok_or(missing)?;
            ((span.start.line, span.start.column), (span.end.line, span.end.column))
        };
        let [lineno, col_offset, end_lineno, end_col_offset] = &self.interpreter.attributes;
        dict.set_item(lineno, self.line_number(line)?)?;
        dict.set_item(col_offset, column)?;
        dict.set_item(end_lineno, self.line_number(end_line)?)?;
        dict.set_item(end_col_offset, end_column)?;
        Ok(())
    }

    fn line_number(&mut self, line: u32) -> PyResult<Bound<'py, PyInt>> {
        match &self.last_line {
            Some((last, object)) if *last == line => Ok(object.clone()),
            _ => {
                let object = line.into_pyobject(self.py)?;
                self.last_line = Some((line, object.clone()));
                Ok(object)
            }
        }
    }
}

/// A part of a line that was looked up: neighbours are mostly in the same one.
#[derive(Default)]
struct Line {
    number: u32,
    start: u32,
    /// The last offset that is known to be in the line.
    known: u32,
}

impl Line {
    fn position(&mut self, tree: &Tree<'_>, offset: u32) -> Result<(u32, u32), Damage> {
        if self.number == 0 || offset < self.start || offset > self.known {
            let position = tree.position(offset)?;
            let start = offset.saturating_sub(position.column);
            if start != self.start || self.number == 0 {
                *self = Self { number: position.line, start, known: offset };
            }
            self.known = self.known.max(offset);
        }
        Ok((self.number, offset - self.start))
    }
}
