//! Detached nodes: nodes that were created before their parents.
//!
//! A hit of a query is the number of a node. Its object is created alone, without the nodes around it. The tree context
//! knows it by a weak reference, so that it becomes the child of its parent when that is materialised: a node is one
//! object, in whatever order objects are created.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use lazyast::format::NodeId;
use pyo3::prelude::*;
use pyo3::types::{PyWeakrefMethods, PyWeakrefReference};

/// The detached nodes of a tree, and those whose parents were materialised since.
///
/// It is only used while attached to the interpreter, and never borrowed across a call into it that runs code.
#[derive(Default)]
pub(crate) struct DetachedNodes(RefCell<BTreeMap<NodeId, Py<PyWeakrefReference>>>);

impl DetachedNodes {
    /// Adds a node.
    pub(crate) fn add(&self, id: NodeId, node: &Bound<'_, PyAny>) -> PyResult<()> {
        let weak = PyWeakrefReference::new(node)?.unbind();
        self.0.borrow_mut().insert(id, weak);
        Ok(())
    }

    /// The node with a number, if it is alive.
    #[inline]
    pub(crate) fn get<'py>(&self, py: Python<'py>, id: NodeId) -> Option<Bound<'py, PyAny>> {
        self.0.borrow().get(&id)?.bind(py).upgrade()
    }

    /// Whether a node with a number in a range is alive. Forgets those that are not.
    pub(crate) fn any_in(&self, py: Python<'_>, ids: Range<NodeId>) -> bool {
        let mut nodes = self.0.borrow_mut();
        while let Some((id, weak)) = nodes.range(ids.clone()).next() {
            if weak.bind(py).upgrade().is_some() {
                return true;
            }
            let id = *id;
            nodes.remove(&id);
        }
        false
    }
}
