//! Materialising: lazy proxies become nodes.

use std::collections::HashSet;

use foldhash::fast::FixedState;
use pyo3::exceptions::PySystemError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::children;
use super::context::TreeContext;
use super::decode::{shallow, subtree};
use super::{proxy, registry};
use crate::runtime::class::NodeClass;
use crate::runtime::collector::{CollectorPause, Untracked};
use crate::runtime::interpreter::Interpreter;

/// How much is decoded with a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The node alone. Its children are proxies.
    Shallow,
    /// The node and everything below it.
    Subtree,
    /// What adaptive prefetch decides, for accesses by users.
    Adaptive,
}

/// Materialises a node if it is a lazy proxy. Returns how many nodes were made.
pub(crate) fn materialise(
    interpreter: &'static Interpreter,
    node: &Bound<'_, PyAny>,
    extent: Extent,
) -> PyResult<u32> {
    let pause = CollectorPause::new(node.py());
    let Some(decoded) = Decoded::new(interpreter, node.clone(), extent)? else { return Ok(0) };
    pause.collect_if_due(decoded.untracked.len())?;
    let node_count = if decoded.is_whole { decoded.node_count } else { 1 };
    decoded.apply(interpreter)?;
    Ok(node_count)
}

/// Materialises a node that is accessed for the first time: see [`super::context::FirstAccess`].
pub(crate) fn on_first_access(
    interpreter: &'static Interpreter,
    context: &TreeContext,
    node: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let node_count = materialise(interpreter, node, Extent::Adaptive)?;
    if context.prefetch.wants_rest(node_count, context.tree().len())
        && let Some(root) = context.root.get().and_then(|root| registry::referent(root.bind(node.py())))
    {
        // The node is there. An error elsewhere in the tree is one of the access to what it concerns.
        let _ = materialise_subtrees(interpreter, vec![root], Descent::Own);
    }
    Ok(())
}

/// Which nodes that are no proxies are descended through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Descent {
    /// All, whoever made them. Their attributes are read, which can run Python code.
    Everything,
    /// Those that lazyast made, as far as they are as it made them. No Python code runs.
    Own,
}

/// Materialises nodes and everything below them.
pub(crate) fn materialise_subtrees(
    interpreter: &'static Interpreter,
    mut pending: Vec<Bound<'_, PyAny>>,
    descent: Descent,
) -> PyResult<()> {
    let Some(py) = pending.first().map(Bound::py) else { return Ok(()) };
    let pause = CollectorPause::new(py);
    let mut subtrees = Vec::new();
    // The addresses of nodes that were no proxies: others can have put a node into several places, or below itself. They
    // stay alive, so that no other node gets one of the addresses.
    let mut seen: HashSet<usize, FixedState> = HashSet::default();
    let mut alive = Vec::new();
    while let Some(node) = pending.pop() {
        match Decoded::new(interpreter, node.clone(), Extent::Subtree)? {
            Some(decoded) if decoded.is_whole => subtrees.push(decoded),
            decoded => {
                if let Some(decoded) = decoded {
                    decoded.apply(interpreter)?;
                } else if !seen.insert(node.as_ptr() as usize) {
                    continue;
                }
                match descent {
                    Descent::Everything => {
                        children::for_each_child(interpreter, &node, |child| pending.push(child))?;
                    }
                    Descent::Own => {
                        children::for_each_own_child(interpreter, &node, |child| pending.push(child))?;
                    }
                }
                alive.push(node);
            }
        }
    }
    pause.collect_if_due(subtrees.iter().map(|decoded| decoded.untracked.len()).sum())?;
    subtrees.into_iter().try_for_each(|decoded| decoded.apply(interpreter))
}

/// A proxy and its decoded `__dict__`, which it does not have yet.
struct Decoded<'py> {
    node: Bound<'py, PyAny>,
    class: &'static NodeClass,
    dict: Bound<'py, PyDict>,
    untracked: Untracked<'py>,
    /// The number of nodes of its subtree.
    node_count: u32,
    /// Whether everything below the node is materialised with it.
    is_whole: bool,
}

impl<'py> Decoded<'py> {
    /// Decodes a node, or returns `None` if it is no proxy.
    fn new(
        interpreter: &'static Interpreter,
        node: Bound<'py, PyAny>,
        extent: Extent,
    ) -> PyResult<Option<Self>> {
        let py = node.py();
        let layout = interpreter.node_layout;
        let Some((context, id)) = proxy::location(layout, &node) else { return Ok(None) };
        let class = proxy::kind(layout, &node).and_then(|kind| interpreter.class(kind));
        let class = class.ok_or_else(|| PySystemError::new_err("lazyast: a proxy of an unknown kind"))?;
        let node_count = context.tree().subtree_end(id) - id;
        let with_subtree = match extent {
            Extent::Shallow => false,
            Extent::Subtree => true,
            Extent::Adaptive => {
                !class.has_block && context.prefetch.wants_subtree(class.is_statement, node_count)
            }
        };
        let mut untracked = Untracked::default();
        // Objects that exist already have to become children of their parents, which only shallow decoding sees to.
        let with_subtree = with_subtree && !context.detached.any_in(py, id + 1..id + node_count);
        let dict = if with_subtree && node_count > 1 {
            subtree::dict(py, interpreter, &context, id, &mut untracked)?
        } else {
            shallow::dict(py, interpreter, &context, id, &mut untracked)?
        };
        Ok(Some(Self { node, class, dict, untracked, node_count, is_whole: with_subtree || node_count == 1 }))
    }

    /// Makes the proxy a node. If other code has done so in the meantime, that result stays.
    fn apply(self, interpreter: &'static Interpreter) -> PyResult<()> {
        proxy::become_node(interpreter.node_layout, &self.node, self.class, &self.dict, self.untracked)
    }
}
