//! `lazyast.parent` and its kin: what stands around a node.
//!
//! `ast` nodes do not know their parents, so a node is looked for from a root. Where the tree is as it was
//! parsed, its archive says the way: the node's position gives its number, the number gives the fields to
//! go through, and it is the way if it ends at that very object. Otherwise every node that was made is
//! looked at.

use lazyast::format::generated::tables::{Field, Kind};
use lazyast::format::shape::Role;
use lazyast::format::{NodeId, Tree};
use pyo3::exceptions::PyLookupError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::nodes::children::{self, Fields};
use crate::nodes::context::Origin;
use crate::nodes::{proxy, registry};
use crate::runtime::class::Class;
use crate::runtime::interpreter::{Interpreter, Known};

/// The nodes around a node, the nearest first and the root last; none for a root.
#[pyfunction]
#[pyo3(signature = (node, root = None))]
fn ancestors<'py>(
    node: &Bound<'py, PyAny>,
    root: Option<Bound<'py, PyAny>>,
) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    let py = node.py();
    let Some(interpreter) = Interpreter::get(py)? else { return Ok(None) };
    if interpreter.known(&node.get_type()) == Some(Known::Singleton) {
        let class = node.get_type().name()?;
        return Err(PyLookupError::new_err(format!(
            "all trees share one {class}(): it stands in many places"
        )));
    }
    let search = Search { interpreter, node };
    let mut path = match root {
        Some(root) => search.anywhere(&root)?,
        None => search.in_trees_in_use()?,
    }
    .ok_or_else(|| {
        PyLookupError::new_err(
            "the node is in no tree that is in use: keep the tree that it came from, or give it as root",
        )
    })?;
    path.reverse();
    Ok(Some(path))
}

struct Search<'s, 'py> {
    interpreter: &'static Interpreter,
    node: &'s Bound<'py, PyAny>,
}

/// The nodes from a root to the parent of a node.
type Path<'py> = Vec<Bound<'py, PyAny>>;

impl<'py> Search<'_, 'py> {
    fn in_trees_in_use(&self) -> PyResult<Option<Path<'py>>> {
        let py = self.node.py();
        if let Some((origin, id)) = proxy::place(self.interpreter, self.node) {
            let root = origin.root.get().and_then(|root| registry::referent(root.bind(py)));
            if let Some(root) = root
                && let Some(path) = self.along(&origin, &root, id)?
            {
                return Ok(Some(path));
            }
        }
        if let Some(tree) = registry::latest(py)
            && let Some(path) = self.as_parsed(&tree)?
        {
            return Ok(Some(path));
        }
        let trees = registry::all(py);
        for way in [Self::as_parsed, Self::by_hand] {
            for tree in &trees {
                if let Some(path) = way(self, tree)? {
                    registry::prefer(&tree.0);
                    return Ok(Some(path));
                }
            }
        }
        Ok(None)
    }

    /// The way in a tree that is as it was parsed.
    fn as_parsed(&self, (root, origin): &registry::Tree<'py>) -> PyResult<Option<Path<'py>>> {
        if root.is(self.node) {
            return Ok(Some(Vec::new()));
        }
        let Some(origin) = origin else { return Ok(None) };
        for id in self.candidates(origin)? {
            if let Some(path) = self.along(origin, root, id)? {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// The way in any other tree.
    fn by_hand(&self, (root, _): &registry::Tree<'py>) -> PyResult<Option<Path<'py>>> {
        self.anywhere(root)
    }

    /// The numbers that the node can have in a tree, if it is where it was when it was parsed.
    fn candidates(&self, origin: &Origin) -> PyResult<Vec<NodeId>> {
        let Some(class) = self.interpreter.class_of(&self.node.get_type()) else { return Ok(Vec::new()) };
        let tree = origin.tree();
        if class.positions.is_some() {
            return Ok(self.by_position(tree, class));
        }
        // Without a position of its own, by what stands in it.
        let mut first = None;
        children::for_each_child(self.interpreter, self.node, |child| {
            first.get_or_insert(child);
        })?;
        let has_no_child = first.is_none();
        let inside = first.map(|child| {
            if let Some((of, id)) = proxy::place(self.interpreter, &child) {
                return if std::ptr::eq(&*of, origin) { vec![id] } else { Vec::new() };
            }
            let class = self.interpreter.class_of(&child.get_type());
            let search = Search { interpreter: self.interpreter, node: &child };
            class.map_or_else(Vec::new, |class| search.by_position(tree, class))
        });
        let mut found = Vec::new();
        if has_no_child {
            let ids = tree.kinds().iter().zip(0..).filter(|(kind, _)| **kind == class.kind as u8);
            found.extend(ids.map(|(_, id)| id).filter(|id| tree.subtree_end(*id) == id + 1));
        }
        for id in inside.unwrap_or_default() {
            let path = tree.path_to(id).unwrap_or_default();
            found.extend(path.iter().rev().nth(1).map(|step| step.id));
        }
        Ok(found)
    }

    fn by_position(&self, tree: &Tree<'_>, class: &Class) -> Vec<NodeId> {
        let number = |name: &str| self.node.getattr(name).ok()?.extract::<u32>().ok();
        let offset = |line: &str, column: &str| tree.line_start(number(line)?)?.checked_add(number(column)?);
        let start = offset("lineno", "col_offset");
        let end = offset("end_lineno", "end_col_offset");
        let (Some(start), Some(end)) = (start, end) else { return Vec::new() };
        let rows = tree.starting_at(start).filter(|row| row.end == end && row.kind == class.kind);
        rows.map(|row| row.id).collect()
    }

    /// The way that an archive says, if it ends at the node.
    fn along(&self, origin: &Origin, root: &Bound<'py, PyAny>, id: NodeId) -> PyResult<Option<Path<'py>>> {
        let Ok(steps) = origin.tree().path_to(id) else { return Ok(None) };
        let mut path: Path<'py> = Vec::with_capacity(steps.len());
        let mut here = root.clone();
        for step in steps {
            if proxy::is_shell(&here) {
                return Ok(None);
            }
            let next = self.step(&here, step.field, step.index as usize)?;
            path.push(here);
            match next {
                Some(next) => here = next,
                None => return Ok(None),
            }
        }
        Ok(here.is(self.node).then_some(path))
    }

    /// A child by its field, and by its place among what is there.
    fn step(
        &self,
        node: &Bound<'py, PyAny>,
        field: Field,
        index: usize,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(class) = self.interpreter.class_of(&node.get_type()) else { return Ok(None) };
        let field = if field == Field::Values312 { Field::Values } else { field };
        let stands_in = |plan: &&crate::runtime::class::FieldPlan| match plan.spec.role {
            Role::Keys => field == Field::Keys,
            Role::KwDefaults => field == Field::KwDefaults,
            Role::Values => field == Field::Values,
            _ => plan.spec.field == Some(field),
        };
        let Some(plan) = class.fields.iter().find(stands_in) else { return Ok(None) };
        let value = Fields::Known(class).value(self.interpreter, node, plan.slot)?;
        Ok(match value.map(|value| value.cast_into::<PyList>()) {
            Some(Ok(list)) => list.iter().filter(|item| !item.is_none()).nth(index),
            Some(Err(error)) if index == 0 => Some(error.into_inner()),
            _ => None,
        })
    }

    /// The way through all that was made below a root.
    fn anywhere(&self, root: &Bound<'py, PyAny>) -> PyResult<Option<Path<'py>>> {
        let mut path: Vec<(Bound<'py, PyAny>, Vec<Bound<'py, PyAny>>)> = Vec::new();
        let mut next = Some(root.clone());
        while let Some(node) = next.take() {
            if node.is(self.node) {
                return Ok(Some(path.into_iter().map(|(node, _)| node).collect()));
            }
            let mut below = Vec::new();
            if !proxy::is_shell(&node) && !self.is_leaf(&node) {
                children::for_each_child(self.interpreter, &node, |child| below.push(child))?;
            }
            below.reverse();
            path.push((node, below));
            while let Some((_, below)) = path.last_mut() {
                next = below.pop();
                if next.is_some() {
                    break;
                }
                path.pop();
            }
        }
        Ok(None)
    }

    /// Whether nothing can stand below a node.
    fn is_leaf(&self, node: &Bound<'py, PyAny>) -> bool {
        let class = self.interpreter.class_of(&node.get_type());
        class.is_some_and(|class| matches!(class.kind, Kind::Pass | Kind::Break | Kind::Continue))
    }
}

/// Remembers a tree that the interpreter has parsed, as those that lazyast has parsed are.
#[pyfunction]
fn remember(tree: &Bound<'_, PyAny>) -> PyResult<()> {
    registry::remember_if_node(tree)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(ancestors, module)?)?;
    module.add_function(wrap_pyfunction!(remember, module)?)
}
