//! `lazyast.ancestors` and its relatives: the nodes around a node.
//!
//! `ast` nodes do not know their parents, so a node is searched for from a root. If the tree is as it was parsed, its
//! archive gives the path: the node's position gives its number, the number gives the fields to go through, and the
//! path is right if it ends at that very object. Otherwise all materialised nodes are searched.

use std::rc::Rc;

use lazyast::format::read::FieldStep;
use lazyast::format::schema::Kind;
use lazyast::format::{NodeId, Tree};
use pyo3::exceptions::PyLookupError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::nodes::children;
use crate::nodes::context::TreeContext;
use crate::nodes::materialise::{Extent, materialise};
use crate::nodes::proxy;
use crate::nodes::registry::{self, LiveTree};
use crate::runtime::class::NodeClass;
use crate::runtime::interpreter::{AstClass, Interpreter};

/// The nodes around a node, the nearest first and the root last; empty for a root. `None` if the interpreter is not
/// served.
#[pyfunction]
#[pyo3(signature = (node, root = None))]
fn ancestors<'py>(
    node: &Bound<'py, PyAny>,
    root: Option<Bound<'py, PyAny>>,
) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    let py = node.py();
    let Some(interpreter) = Interpreter::get(py)? else { return Ok(None) };
    if interpreter.classify(&node.get_type()) == Some(AstClass::Singleton) {
        let class = node.get_type().name()?;
        return Err(PyLookupError::new_err(format!(
            "{class}() has no single parent: all trees share this instance"
        )));
    }
    let search = AncestorSearch { interpreter, node };
    let mut path = match root {
        Some(root) => search.exhaustive(&root)?,
        None => search.in_live_trees()?,
    }
    .ok_or_else(|| {
        PyLookupError::new_err(
            "the node is in no tree that is in use: keep a reference to its tree, or give it as root",
        )
    })?;
    path.reverse();
    Ok(Some(path))
}

/// The number of a node in the tree of a root, if the tree is as it was parsed.
pub(crate) fn number_in(
    interpreter: &'static Interpreter,
    context: &Rc<TreeContext>,
    root: &Bound<'_, PyAny>,
    node: &Bound<'_, PyAny>,
) -> PyResult<Option<NodeId>> {
    if root.is(node) {
        return Ok(Some(0));
    }
    if let Some((of, id)) = proxy::location(interpreter.node_layout, node) {
        return Ok(Rc::ptr_eq(&of, context).then_some(id));
    }
    let search = AncestorSearch { interpreter, node };
    for id in search.candidates(context)? {
        if search.by_number(context, root, id)?.is_some() {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

struct AncestorSearch<'s, 'py> {
    interpreter: &'static Interpreter,
    node: &'s Bound<'py, PyAny>,
}

/// The nodes from a root to the parent of a node.
type NodePath<'py> = Vec<Bound<'py, PyAny>>;

impl<'py> AncestorSearch<'_, 'py> {
    fn in_live_trees(&self) -> PyResult<Option<NodePath<'py>>> {
        let py = self.node.py();
        if let Some((context, id)) = proxy::location(self.interpreter.node_layout, self.node) {
            let root = context.root.get().and_then(|root| registry::referent(root.bind(py)));
            if let Some(root) = root
                && let Some(path) = self.by_number(&context, &root, id)?
            {
                return Ok(Some(path));
            }
        }
        if let Some(tree) = registry::latest(py)
            && let Some(path) = self.by_archive(&tree)?
        {
            return Ok(Some(path));
        }
        let trees = registry::all(py);
        for search in [Self::by_archive, |this: &Self, tree: &LiveTree<'py>| this.exhaustive(&tree.root)] {
            for tree in &trees {
                if let Some(path) = search(self, tree)? {
                    registry::set_latest(&tree.root);
                    return Ok(Some(path));
                }
            }
        }
        Ok(None)
    }

    /// The path in a tree that is as it was parsed.
    fn by_archive(&self, tree: &LiveTree<'py>) -> PyResult<Option<NodePath<'py>>> {
        if tree.root.is(self.node) {
            return Ok(Some(Vec::new()));
        }
        let Some(context) = &tree.context else { return Ok(None) };
        for id in self.candidates(context)? {
            if let Some(path) = self.by_number(context, &tree.root, id)? {
                context.last_found.set(id);
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// The numbers that the node can have, if it is where it was when the tree was parsed.
    fn candidates<'c>(&self, context: &'c TreeContext) -> PyResult<Box<dyn Iterator<Item = NodeId> + 'c>> {
        let Some(class) = self.interpreter.class_of(&self.node.get_type()) else {
            return Ok(Box::new(std::iter::empty()));
        };
        let tree = context.tree();
        if class.positions.is_some() {
            return Ok(Box::new(self.by_position(tree, class).into_iter()));
        }
        // Nodes without a position are found by their first child.
        let mut first = None;
        children::for_each_child(self.interpreter, self.node, |child| {
            first.get_or_insert(child);
        })?;
        let Some(child) = first else { return Ok(Box::new(childless(context, class.kind))) };
        let child_ids = match proxy::location(self.interpreter.node_layout, &child) {
            Some((child_context, id)) if std::ptr::eq(&*child_context, context) => vec![id],
            Some(_) => Vec::new(),
            None => {
                let class = self.interpreter.class_of(&child.get_type());
                let search = AncestorSearch { interpreter: self.interpreter, node: &child };
                class.map_or_else(Vec::new, |class| search.by_position(tree, class))
            }
        };
        let Ok(parents) = context.parents(self.interpreter) else { return Ok(Box::new(std::iter::empty())) };
        Ok(Box::new(child_ids.into_iter().filter_map(|id| parents.parent(id))))
    }

    fn by_position(&self, tree: &Tree<'_>, class: &NodeClass) -> Vec<NodeId> {
        let number = |name: &str| self.node.getattr(name).ok()?.extract::<u32>().ok();
        let offset = |line: &str, column: &str| tree.line_start(number(line)?)?.checked_add(number(column)?);
        let start = offset("lineno", "col_offset");
        let end = offset("end_lineno", "end_col_offset");
        let (Some(start), Some(end)) = (start, end) else { return Vec::new() };
        let rows = tree.rows_starting_at(start).filter(|row| row.end == end && row.kind == class.kind);
        rows.map(|row| row.id).collect()
    }

    /// The path to the node with a number, if it ends at the node that is searched for.
    fn by_number(
        &self,
        context: &TreeContext,
        root: &Bound<'py, PyAny>,
        id: NodeId,
    ) -> PyResult<Option<NodePath<'py>>> {
        let parents = context.parents(self.interpreter);
        let steps = parents.and_then(|parents| parents.path_to(context.tree(), id));
        let Ok(Some(steps)) = steps else { return Ok(None) };
        let mut path: NodePath<'py> = Vec::with_capacity(steps.len());
        let mut here = root.clone();
        for step in steps {
            if proxy::is_proxy(&here) {
                // Only a node that was created before its parents can be below a proxy.
                if !context.detached.get(here.py(), id).is_some_and(|node| node.is(self.node)) {
                    return Ok(None);
                }
                materialise(self.interpreter, &here, Extent::Shallow)?;
            }
            let next = self.child(&here, &step)?;
            path.push(here);
            match next {
                Some(next) => here = next,
                None => return Ok(None),
            }
        }
        Ok(here.is(self.node).then_some(path))
    }

    /// The child that a step leads to, if it stands where it stood.
    fn child(&self, node: &Bound<'py, PyAny>, step: &FieldStep) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(class) = self.interpreter.class_of(&node.get_type()) else { return Ok(None) };
        let plan = class.fields.iter().find(|plan| std::ptr::eq(plan.spec, step.spec));
        let Some(plan) = plan else { return Ok(None) };
        let Ok(value) = node.getattr(&class.field_names[plan.slot]) else { return Ok(None) };
        Ok(match value.cast_into::<PyList>() {
            Ok(list) => list.get_item(step.index as usize).ok(),
            Err(error) => Some(error.into_inner()),
        })
    }

    /// The path to the node, searched for among all materialised nodes below a root.
    fn exhaustive(&self, root: &Bound<'py, PyAny>) -> PyResult<Option<NodePath<'py>>> {
        let mut path: Vec<(Bound<'py, PyAny>, Vec<Bound<'py, PyAny>>)> = Vec::new();
        let mut next = Some(root.clone());
        while let Some(node) = next.take() {
            if node.is(self.node) {
                return Ok(Some(path.into_iter().map(|(node, _)| node).collect()));
            }
            let mut below = Vec::new();
            if !proxy::is_proxy(&node) && !self.is_leaf(&node) {
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

    /// Whether nodes of this class have no fields.
    fn is_leaf(&self, node: &Bound<'py, PyAny>) -> bool {
        let class = self.interpreter.class_of(&node.get_type());
        class.is_some_and(|class| matches!(class.kind, Kind::Pass | Kind::Break | Kind::Continue))
    }
}

/// The childless nodes of a kind: all alike, if the kind has no positions. The nodes after the one that was found last
/// come first, so that a program that asks for one after the other finds each at once.
fn childless(context: &TreeContext, kind: Kind) -> impl Iterator<Item = NodeId> {
    let tree = context.tree();
    let last = context.last_found.get().min(tree.len());
    (last..tree.len())
        .chain(0..last)
        .filter(move |id| tree.kinds()[*id as usize] == kind as u8 && tree.subtree_end(*id) == id + 1)
}

/// Registers a tree that the interpreter has parsed, so that `ancestors` searches it.
#[pyfunction]
fn register_tree(tree: &Bound<'_, PyAny>) -> PyResult<()> {
    registry::add_if_node(tree)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(ancestors, module)?)?;
    module.add_function(wrap_pyfunction!(register_tree, module)?)
}
