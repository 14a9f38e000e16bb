//! The children of materialised nodes, as their fields have them now: changes by users are respected.

use lazyast::format::schema::{Kind, SingletonClass};
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use crate::runtime::class::NodeClass;
use crate::runtime::dict_layout::SlotValue;
use crate::runtime::interpreter::Interpreter;

/// The classes of operators and contexts that nodes of a kind have in their fields.
pub(crate) fn singletons_of(kind: Kind) -> impl Iterator<Item = SingletonClass> {
    kind.fields().iter().filter_map(|spec| spec.singletons)
}

/// The fields that `ast.iter_fields` would go through.
pub(crate) enum NodeFields<'py> {
    /// Those of a class of `ast`, whose values are read by slot.
    OfClass(&'static NodeClass),
    /// Those of any other class, by the names in the node's `_fields`.
    Named(Vec<Bound<'py, PyString>>),
}

impl<'py> NodeFields<'py> {
    /// The fields of a materialised node.
    #[inline]
    pub(crate) fn of(interpreter: &'static Interpreter, node: &Bound<'py, PyAny>) -> PyResult<Self> {
        let class = node.get_type();
        match (interpreter.class_of(&class), interpreter.classify(&class)) {
            (Some(class), _) => Ok(Self::OfClass(class)),
            (None, Some(_)) => Ok(Self::Named(Vec::new())),
            (None, None) => {
                let names = node.getattr("_fields")?.try_iter()?;
                names.map(|name| Ok(name?.cast_into::<PyString>()?)).collect::<PyResult<_>>().map(Self::Named)
            }
        }
    }

    /// The number of fields.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::OfClass(class) => class.field_names.len(),
            Self::Named(names) => names.len(),
        }
    }

    /// The value of a field. `None` if the field is absent, or if the value's type is one that contains no nodes.
    #[inline]
    pub(crate) fn value(
        &self,
        interpreter: &Interpreter,
        node: &Bound<'py, PyAny>,
        index: usize,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = node.py();
        let name = match self {
            Self::OfClass(class) => {
                match class.template(py)?.read_slot(interpreter.node_layout.dict_offset, node, index) {
                    SlotValue::Atom => return Ok(None),
                    SlotValue::Object(value) => return Ok(Some(value)),
                    SlotValue::Unknown => class.field_names[index].bind(py),
                }
            }
            Self::Named(names) => &names[index],
        };
        match node.getattr(name) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_instance_of::<PyAttributeError>(py) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Calls a function with each child of a materialised node that is in a field or list of the node as lazyast made it. Runs no
/// Python code, and sees nothing below nodes that others have made.
pub(crate) fn for_each_own_child<'py>(
    interpreter: &'static Interpreter,
    node: &Bound<'py, PyAny>,
    mut child: impl FnMut(Bound<'py, PyAny>),
) -> PyResult<()> {
    let Some(class) = interpreter.class_of(&node.get_type()) else { return Ok(()) };
    let template = class.template(node.py())?;
    for index in 0..class.field_names.len() {
        let value = template.read_slot(interpreter.node_layout.dict_offset, node, index);
        let SlotValue::Object(value) = value else { continue };
        if let Ok(list) = value.cast_exact::<PyList>() {
            list.iter().filter(|item| interpreter.is_node(item)).for_each(&mut child);
        } else if interpreter.is_node(&value) {
            child(value);
        }
    }
    Ok(())
}

/// Calls a function with each child of a materialised node, in the order of `ast.iter_child_nodes`.
#[inline]
pub(crate) fn for_each_child<'py>(
    interpreter: &'static Interpreter,
    node: &Bound<'py, PyAny>,
    mut child: impl FnMut(Bound<'py, PyAny>),
) -> PyResult<()> {
    let fields = NodeFields::of(interpreter, node)?;
    for index in 0..fields.len() {
        let Some(value) = fields.value(interpreter, node, index)? else { continue };
        if let Ok(list) = value.cast_exact::<PyList>() {
            for item in list {
                if interpreter.is_node(&item) {
                    child(item);
                }
            }
        } else if interpreter.is_node(&value) {
            child(value);
        } else if value.is_instance_of::<PyList>() {
            for item in value.try_iter()? {
                let item = item?;
                if interpreter.is_node(&item) {
                    child(item);
                }
            }
        }
    }
    Ok(())
}
