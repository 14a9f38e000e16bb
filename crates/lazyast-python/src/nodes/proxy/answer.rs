//! Attributes that a lazy proxy answers while it stays one: its name, and the line and column where it begins.
//!
//! Code that lists definitions asks for no more. Materialising takes ten times as long as an answer.

use lazyast::format::NodeId;
use lazyast::format::read::PayloadValue;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;

use super::instance;
use crate::nodes::context::TreeContext;
use crate::runtime::class::{Answer, NodeClass};
use crate::runtime::interpreter::Interpreter;

/// The value of an attribute, or `None` if the node has to be materialised.
pub(super) fn attribute<'py>(
    interpreter: &'static Interpreter,
    node: &Bound<'py, PyAny>,
    name: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let layout = interpreter.node_layout;
    let class = instance::kind(layout, node).and_then(|kind| interpreter.class(kind));
    let Some(class) = class else { return Ok(None) };
    let Some(answer) = class.answer(name) else { return Ok(None) };
    if class.inherits(name)? || !instance::may_answer(layout, node) {
        return Ok(None);
    }
    let Some((context, id)) = instance::location(layout, node) else { return Ok(None) };
    value(interpreter, class, answer, &context, id, node.py()).transpose()
}

/// `None` if the archive is damaged: materialising gives the error.
fn value<'py>(
    interpreter: &'static Interpreter,
    class: &NodeClass,
    answer: &Answer,
    context: &TreeContext,
    id: NodeId,
    py: Python<'py>,
) -> Option<PyResult<Bound<'py, PyAny>>> {
    let number = match answer {
        Answer::Name(spec) => {
            let payload = context.tree().payload(id, class.kind).ok()?;
            let Ok(PayloadValue::Name(name)) = context.tree().payload_value(spec, payload, id) else {
                return None;
            };
            return Some(Ok(context.name(py, name).ok()?.into_any()));
        }
        Answer::Line => context.start(interpreter, id).ok()?.line,
        Answer::Column => context.start(interpreter, id).ok()?.column,
    };
    Some(number.into_bound_py_any(py))
}
