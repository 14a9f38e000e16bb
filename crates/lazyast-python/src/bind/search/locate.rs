//! From a hit to its node, in the tree as it is now.
//!
//! The archive gives the path from the root. In a tree that nobody has changed, elements of lists stand where they
//! stood, so that each step takes constant time. What stands there is not trusted: a node is the hit's only if its
//! class and its position are. Otherwise somebody has changed a list, and the list is searched, from the index at
//! which the last such search ended.

use std::sync::atomic::Ordering;

use lazyast::format::read::{FieldStep, TargetPython};
use lazyast::format::{NodeId, Tree};
use pyo3::exceptions::{PyAttributeError, PyLookupError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use super::file::MatchedFile;
use crate::errors::corrupt;
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
    /// The node with a number. Nodes on the path to it are materialised.
    pub(super) fn node<'py>(&self, root: &Bound<'py, PyAny>, id: NodeId) -> PyResult<Bound<'py, PyAny>> {
        let parents = self.file.parents(self.target).map_err(|damage| corrupt(&damage))?;
        let path = parents.path_to(self.tree(), id).map_err(|damage| corrupt(&damage))?;
        let path = path.ok_or_else(|| PyLookupError::new_err("this Python's tree does not have the node"))?;
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

    /// The object at the end of a path, if the path exists.
    fn follow<'py>(
        &self,
        root: &Bound<'py, PyAny>,
        path: &[FieldStep],
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut node = root.clone();
        for step in path {
            let Some(value) = self.value(&node, step)? else { return Ok(None) };
            node = match value.cast_into::<PyList>() {
                Ok(list) => match list.get_item(step.index as usize) {
                    Ok(item) => item,
                    Err(_) => return Ok(None),
                },
                Err(error) => error.into_inner(),
            };
        }
        Ok(Some(node))
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
