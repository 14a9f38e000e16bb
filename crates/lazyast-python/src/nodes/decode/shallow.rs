//! One node: its own values, and its children as shells.

use std::rc::Rc;

use lazyast::format::generated::tables::Kind;
use lazyast::format::{Damage, NodeId};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::fields::{Child, Decoder, Failure};
use crate::nodes::context::Origin;
use crate::nodes::proxy;
use crate::nodes::registry;
use crate::runtime::interpreter::Interpreter;
use crate::runtime::objects::{self, Untracked};

/// The `ast.Module` of an archive: its statements are shells.
pub(crate) fn module<'py>(
    py: Python<'py>,
    interpreter: &'static Interpreter,
    origin: &Rc<Origin>,
) -> Result<Bound<'py, PyAny>, Failure> {
    let mut untracked = Untracked::default();
    let dict = level(py, interpreter, origin, 0, &mut untracked)?;
    let damage = Damage { what: "there is no Module", at: 0, found: 0 };
    let class = interpreter.class(Kind::Module).ok_or(damage)?;
    let module = objects::node(interpreter, class.exact.bind(py), dict, &mut untracked)?;
    untracked.track();
    registry::remember(&module, Some(origin))?;
    Ok(module)
}

/// The `__dict__` of a node whose children are shells. Whoever gives it to a node tracks what is new.
pub(crate) fn level<'py>(
    py: Python<'py>,
    interpreter: &'static Interpreter,
    origin: &Rc<Origin>,
    id: NodeId,
    untracked: &mut Untracked<'py>,
) -> Result<Bound<'py, PyDict>, Failure> {
    let mut decoder = Decoder::new(py, interpreter, origin, untracked);
    let tree = decoder.tree;
    let missing = Damage { what: "node is missing", at: id, found: 0 };
    let node = tree.node(id).ok_or(missing)?;
    let class = decoder.class(node.kind()?, id)?;
    let mut children = Vec::new();
    if class.has_children {
        for child in node.children() {
            let (field, child) = child?;
            let class = decoder.class(child.kind()?, child.id())?;
            let node = proxy::new(py, interpreter, class, origin, child.id())?;
            children.push(Child { id: child.id(), end: 0, field, node: Some(node) });
        }
        children.reverse();
    }
    let span = class.positions.map(|_| origin.span(interpreter, id)).transpose()?;
    decoder.dict(class, id, node.payload_bits()?, span, &mut children)
}
