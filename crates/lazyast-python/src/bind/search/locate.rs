//! From a hit to its node, in the tree as it is now.
//!
//! The archive gives the path from the root. It is followed through nodes that are materialised. Below the first proxy,
//! nobody can have changed anything, so that the node is created alone: a hit costs one object, and not those around it.
//!
//! In a tree that nobody has changed, elements of lists stand where they stood, so that each step takes constant time.
//! What stands there is not trusted: a node is the hit's only if its class and its position are. Otherwise somebody has
//! changed a list, and the list is searched, from the index at which the last such search ended.

use std::rc::Rc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use lazyast::format::read::{FieldStep, TargetPython};
use lazyast::format::{Damage, NodeId, Tree};
use pyo3::exceptions::{PyAttributeError, PyLookupError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use super::file::MatchedFile;
use crate::errors::corrupt;
use crate::nodes::context::TreeContext;
use crate::nodes::proxy;
use crate::runtime::interpreter::Interpreter;

/// The last version whose nodes inside of f-strings have positions that are costly to find.
const LAST_WITH_STRING_PARTS: u8 = 11;

/// Finds the nodes of one file's hits.
pub(super) struct Locator<'f> {
    pub(super) interpreter: Option<&'static Interpreter>,
    pub(super) target: TargetPython,
    pub(super) file: &'f MatchedFile,
}

impl Locator<'_> {
    /// The node with a number.
    pub(super) fn node<'py>(&self, root: &Bound<'py, PyAny>, id: NodeId) -> PyResult<Bound<'py, PyAny>> {
        let parents = self.file.parents(self.target).map_err(|damage| corrupt(&damage))?;
        let path = parents.path_to(self.tree(), id).map_err(|damage| corrupt(&damage))?;
        let path = path.ok_or_else(|| PyLookupError::new_err("this Python's tree does not have the node"))?;
        if let Some(node) = self.reach(root, &path)? {
            return Ok(node);
        }
        let node = match self.follow(root, &path)? {
            Some(node) if self.is_node(&node, id)? => Some(node),
            _ => self.search(root, &path)?,
        };
        node.ok_or_else(|| {
            PyLookupError::new_err("the node is not where it was parsed: the tree was changed since then")
        })
    }

    fn tree(&self) -> &Tree<'_> {
        self.file.tree()
    }

    /// The node at the end of a path that leads to a proxy. `None` if the path has none, or if somebody has changed it.
    fn reach<'py>(
        &self,
        root: &Bound<'py, PyAny>,
        path: &[FieldStep],
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(interpreter) = self.interpreter else { return Ok(None) };
        let py = root.py();
        let (mut here, mut id, mut rest) = (root.clone(), 0, path);
        loop {
            if let Some((context, number)) = proxy::location(interpreter.node_layout, &here) {
                if number != id || context.tree().header().source_hash != self.tree().header().source_hash {
                    return Ok(None);
                }
                let Some(last) = rest.last() else { return Ok(Some(here)) };
                let known =
                    |(index, step): (usize, &FieldStep)| Some((index, context.detached.get(py, step.id)?));
                match rest.iter().enumerate().rev().find_map(known) {
                    None => return self.create(interpreter, &context, last.id, py).map(Some),
                    Some((index, node)) if index + 1 == rest.len() => return Ok(Some(node)),
                    Some((index, node)) => (here, id, rest) = (node, rest[index].id, &rest[index + 1..]),
                }
                continue;
            }
            let Some((step, after)) = rest.split_first() else { return Ok(None) };
            let Some(next) = self.child(&here, step)? else { return Ok(None) };
            (here, id, rest) = (next, step.id, after);
        }
    }

    /// Creates a node without those around it.
    fn create<'py>(
        &self,
        interpreter: &'static Interpreter,
        context: &Rc<TreeContext>,
        id: NodeId,
        py: Python<'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kind = self.tree().kind(id).map_err(|damage| corrupt(&damage))?;
        let newer = || corrupt(&Damage::new("kind is newer than the interpreter", id).found(kind as u32));
        let class = interpreter.class(kind).ok_or_else(newer)?;
        let node = proxy::new(py, interpreter, class, context, id)?;
        context.detached.add(id, &node)?;
        let mut detached = self.file.detached.lock().unwrap_or_else(PoisonError::into_inner);
        detached.push(node.clone().unbind());
        Ok(node)
    }

    /// The object at the end of a path, if the path exists.
    fn follow<'py>(
        &self,
        root: &Bound<'py, PyAny>,
        path: &[FieldStep],
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut node = root.clone();
        for step in path {
            let Some(child) = self.child(&node, step)? else { return Ok(None) };
            node = child;
        }
        Ok(Some(node))
    }

    /// The object that stands where a step leads, if there is one.
    fn child<'py>(&self, node: &Bound<'py, PyAny>, step: &FieldStep) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(value) = self.value(node, step)? else { return Ok(None) };
        Ok(match value.cast_into::<PyList>() {
            Ok(list) => list.get_item(step.index as usize).ok(),
            Err(error) => Some(error.into_inner()),
        })
    }

    /// The node at the end of a path through lists that were changed.
    fn search<'py>(
        &self,
        root: &Bound<'py, PyAny>,
        path: &[FieldStep],
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut node = root.clone();
        for step in path {
            let Some(value) = self.value(&node, step)? else { return Ok(None) };
            let child = match value.cast_into::<PyList>() {
                Ok(list) => self.element(&list, step)?,
                Err(error) => Some(error.into_inner()),
            };
            let Some(child) = child else { return Ok(None) };
            node = child;
        }
        let is_found = path.last().is_none_or(|step| step.spec.list) || self.is_last_node(&node, path)?;
        Ok(is_found.then_some(node))
    }

    fn is_last_node(&self, node: &Bound<'_, PyAny>, path: &[FieldStep]) -> PyResult<bool> {
        path.last().map_or(Ok(true), |step| self.is_node(node, step.id))
    }

    /// The element of a list that is the node of a step: the nearest to where it is expected.
    fn element<'py>(
        &self,
        list: &Bound<'py, PyList>,
        step: &FieldStep,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let shift = &self.file.shift;
        let length = list.len() as isize;
        let index = step.index as isize;
        let expected = (index + shift.load(Ordering::Relaxed)).clamp(0, length);
        for distance in 0..=length {
            for here in [expected - distance, expected + distance] {
                let Some(item) = usize::try_from(here).ok().and_then(|here| list.get_item(here).ok()) else {
                    continue;
                };
                if self.is_node(&item, step.id)? {
                    shift.store(here - index, Ordering::Relaxed);
                    return Ok(Some(item));
                }
            }
        }
        Ok(None)
    }

    /// The value of the field that a step goes through. `None` if the node has no such field now.
    fn value<'py>(&self, node: &Bound<'py, PyAny>, step: &FieldStep) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = node.py();
        let class = self.interpreter.and_then(|interpreter| interpreter.class_of(&node.get_type()));
        let plan =
            class.and_then(|class| class.fields.iter().find(|plan| std::ptr::eq(plan.spec, step.spec)));
        let value = match (class, plan) {
            (Some(class), Some(plan)) => node.getattr(class.field_names[plan.slot].bind(py)),
            _ => node.getattr(PyString::intern(py, step.spec.name)),
        };
        match value {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_instance_of::<PyAttributeError>(py) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether an object is the node with a number: a proxy of it, or a node of its class at its position.
    fn is_node(&self, object: &Bound<'_, PyAny>, id: NodeId) -> PyResult<bool> {
        let tree = self.tree();
        if let Some(interpreter) = self.interpreter
            && let Some((context, number)) = proxy::location(interpreter.node_layout, object)
        {
            return Ok(number == id && context.tree().header().source_hash == tree.header().source_hash);
        }
        let kind = tree.kind(id).map_err(|damage| corrupt(&damage))?;
        let class = object.get_type();
        let is_of_kind = match self.interpreter {
            Some(interpreter) => interpreter.class_of(&class).is_some_and(|class| class.kind == kind),
            None => class.name()?.to_str()? == kind.name(),
        };
        if !is_of_kind {
            return Ok(false);
        }
        if !kind.has_positions() {
            return self.has_first_child(object, id);
        }
        let in_string = tree.joined_string_at_or_after(id).is_some_and(|(first, _)| first <= id);
        if self.target.minor <= LAST_WITH_STRING_PARTS && in_string {
            return Ok(true);
        }
        let span = tree.span(id, self.target).map_err(|damage| corrupt(&damage))?;
        let Some(span) = span else { return Ok(true) };
        let py = object.py();
        let is = |name: &Bound<'_, PyString>, expected: u32| {
            object
                .getattr(name)
                .is_ok_and(|value| value.extract::<u32>().is_ok_and(|value| value == expected))
        };
        Ok(is(intern!(py, "lineno"), span.start.line)
            && is(intern!(py, "col_offset"), span.start.column)
            && is(intern!(py, "end_lineno"), span.end.line)
            && is(intern!(py, "end_col_offset"), span.end.column))
    }

    /// Whether the first child of a node without a position is where it was.
    fn has_first_child(&self, node: &Bound<'_, PyAny>, id: NodeId) -> PyResult<bool> {
        let tree = self.tree();
        let first = id + 1;
        if first >= tree.subtree_end(id) || !tree.kind(first).is_ok_and(|kind| kind.has_positions()) {
            return Ok(true);
        }
        let parents = self.file.parents(self.target).map_err(|damage| corrupt(&damage))?;
        let step = parents.step_to(tree, first).map_err(|damage| corrupt(&damage))?;
        let Some(step) = step else { return Ok(true) };
        match self.follow(node, &[step])? {
            Some(child) => self.is_node(&child, first),
            None => Ok(false),
        }
    }
}
