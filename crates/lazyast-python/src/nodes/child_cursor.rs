//! The children of a node one at a time, read when they are asked for: what `ast.iter_child_nodes` yields, also while the
//! caller changes the node.

use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyList, PyTuple};
use pyo3::{PyTraverseError, PyVisit};

use crate::runtime::class::NodeClass;
use crate::runtime::dict_layout::SlotValue;
use crate::runtime::interpreter::Interpreter;

/// A place among the children of a node.
pub(crate) struct ChildCursor {
    node: Py<PyAny>,
    fields: FieldCursor,
    /// The list that is being read.
    list: Option<ListCursor>,
}

/// The fields that are left.
enum FieldCursor {
    /// Those of a class of `ast`, from this one on. Values are read by slot.
    OfClass(&'static NodeClass, usize),
    /// The names in any other `_fields`.
    Named(Py<PyIterator>),
    /// There are none.
    None,
}

/// The items that are left. A list may become longer and shorter meanwhile.
enum ListCursor {
    List(Py<PyList>, usize),
    /// Of a class that is derived from `list`, which may iterate in its own way.
    Derived(Py<PyIterator>),
}

impl ChildCursor {
    /// Before the first child of a node. Materialises the node.
    #[inline]
    pub(crate) fn new(interpreter: &'static Interpreter, node: Bound<'_, PyAny>) -> PyResult<Self> {
        // Also on a proxy, which is materialised by that. A class or a node can have got other fields meanwhile.
        let names = node.getattr(interpreter.fields_name.bind(node.py()))?;
        let fields = match interpreter.class_of(&node.get_type()) {
            Some(class) if class.fields_object.is(&names) => FieldCursor::OfClass(class, 0),
            _ if names.cast_exact::<PyTuple>().is_ok_and(|names| names.is_empty()) => FieldCursor::None,
            _ => FieldCursor::Named(names.try_iter()?.unbind()),
        };
        Ok(Self { node: node.unbind(), fields, list: None })
    }

    /// The next child.
    #[inline]
    pub(crate) fn next<'py>(
        &mut self,
        py: Python<'py>,
        interpreter: &Interpreter,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        loop {
            while let Some(list) = &mut self.list {
                match list.next(py)? {
                    Some(item) if is_node(interpreter, &item)? => return Ok(Some(item)),
                    Some(_) => {}
                    None => self.list = None,
                }
            }
            match self.next_value(py, interpreter)? {
                FieldValue::End => return Ok(None),
                FieldValue::Atom => {}
                FieldValue::Object(value) => {
                    if let Ok(list) = value.cast_exact::<PyList>() {
                        self.list = Some(ListCursor::List(list.clone().unbind(), 0));
                    } else if is_node(interpreter, &value)? {
                        return Ok(Some(value));
                    } else if value.is_instance(py.get_type::<PyList>().as_any())? {
                        self.list = Some(ListCursor::Derived(value.try_iter()?.unbind()));
                    }
                }
            }
        }
    }

    /// The value of the next field.
    #[inline]
    fn next_value<'py>(&mut self, py: Python<'py>, interpreter: &Interpreter) -> PyResult<FieldValue<'py>> {
        let node = self.node.bind(py);
        let named;
        let name = match &mut self.fields {
            FieldCursor::None => return Ok(FieldValue::End),
            FieldCursor::OfClass(class, next) => {
                let slot = *next;
                if slot == class.field_names.len() {
                    return Ok(FieldValue::End);
                }
                *next += 1;
                match class.template(py)?.read_slot(interpreter.node_layout.dict_offset, node, slot) {
                    SlotValue::Atom => return Ok(FieldValue::Atom),
                    SlotValue::Object(value) => return Ok(FieldValue::Object(value)),
                    SlotValue::Unknown => class.field_names[slot].bind(py).as_any(),
                }
            }
            FieldCursor::Named(names) => {
                let Some(name) = names.bind(py).clone().next() else { return Ok(FieldValue::End) };
                named = name?;
                &named
            }
        };
        match attribute(node, name) {
            Ok(value) => Ok(FieldValue::Object(value)),
            Err(error) if error.is_instance_of::<PyAttributeError>(py) => Ok(FieldValue::Atom),
            Err(error) => Err(error),
        }
    }

    /// For the collector.
    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.node)?;
        if let FieldCursor::Named(names) = &self.fields {
            visit.call(names)?;
        }
        match &self.list {
            Some(ListCursor::List(list, _)) => visit.call(list),
            Some(ListCursor::Derived(items)) => visit.call(items),
            None => Ok(()),
        }
    }
}

/// What a field has.
enum FieldValue<'py> {
    /// No node and no list, or the field is absent.
    Atom,
    Object(Bound<'py, PyAny>),
    /// There is no further field.
    End,
}

impl ListCursor {
    #[inline]
    fn next<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self {
            Self::List(list, next) => {
                // The length is read in each step.
                let list = list.bind(py);
                if *next >= list.len() {
                    return Ok(None);
                }
                *next += 1;
                list.get_item(*next - 1).map(Some)
            }
            Self::Derived(items) => items.bind(py).clone().next().transpose(),
        }
    }
}

/// Reads an attribute. A name that is no `str` is the error that `getattr` raises for it.
fn attribute<'py>(node: &Bound<'py, PyAny>, name: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    match name.cast::<pyo3::types::PyString>() {
        Ok(name) => node.getattr(name),
        Err(_) => node.py().import("builtins")?.getattr("getattr")?.call1((node, name)),
    }
}

/// What `isinstance(value, ast.AST)` says.
#[inline]
fn is_node(interpreter: &Interpreter, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    if interpreter.is_node(value) {
        return Ok(true);
    }
    // An object can claim another class than it has, as mocks do. Those of C's types do not.
    let plain = value.is_none() || value.cast_exact::<pyo3::types::PyString>().is_ok();
    if plain { Ok(false) } else { value.is_instance(interpreter.base.bind(value.py()).as_any()) }
}
