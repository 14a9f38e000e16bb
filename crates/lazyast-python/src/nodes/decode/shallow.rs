//! Decoding one node: its own values, and its children as lazy proxies, or as the objects that exist already.

use std::rc::Rc;

use lazyast::format::{Damage, NodeId};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::fields::{ChildObject, NodeDecoder};
use crate::errors::DecodeError;
use crate::nodes::context::TreeContext;
use crate::nodes::proxy;
use crate::runtime::collector::Untracked;
use crate::runtime::interpreter::Interpreter;

/// The `__dict__` of a node whose children are proxies. The caller has new objects tracked once a node has it.
pub(crate) fn dict<'py>(
    py: Python<'py>,
    interpreter: &'static Interpreter,
    context: &Rc<TreeContext>,
    id: NodeId,
    untracked: &mut Untracked<'py>,
) -> Result<Bound<'py, PyDict>, DecodeError> {
    let mut decoder = NodeDecoder::new(py, interpreter, context, untracked);
    let tree = decoder.tree;
    let missing = || Damage::new("node is missing", id);
    let node = tree.node(id).ok_or_else(missing)?;
    let class = decoder.class(node.kind()?, id)?;
    let mut children = Vec::new();
    if class.has_children {
        for child in node.children() {
            let (field, child) = child?;
            let class = decoder.class(child.kind()?, child.id())?;
            let node = match context.detached.get(py, child.id()) {
                Some(node) => node,
                None => proxy::new(py, interpreter, class, context, child.id())?,
            };
            children.push(ChildObject { id: child.id(), end: 0, field, node: Some(node) });
        }
        children.reverse();
    }
    let span = class.positions.map(|_| context.span(interpreter, id)).transpose()?;
    decoder.dict(class, id, node.payload_bits()?, span, &mut children)
}
