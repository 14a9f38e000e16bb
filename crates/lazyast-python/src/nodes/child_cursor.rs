//! The children of a node one at a time, read when they are asked for: what `ast.iter_child_nodes` yields, also while the
//! caller changes the node.

use pyo3::exceptions::{PyAttributeError, PyRuntimeError, PyStopIteration};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyComplex, PyFloat, PyInt, PyIterator, PyList, PyString, PyTuple};
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
    /// Whether a read can have run Python code of the user's since this was set to `false`.
    pub(crate) ran_code: bool,
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
        let class = node.get_type();
        let (fields, ran_code) = match interpreter.class_of(&class) {
            Some(class) if class.fields_object.is(&names) => (FieldCursor::OfClass(class, 0), false),
            _ if names.cast_exact::<PyTuple>().is_ok_and(|names| names.is_empty()) => {
                (FieldCursor::None, interpreter.classify(&class).is_none())
            }
            _ => (FieldCursor::Named(names.try_iter()?.unbind()), true),
        };
        Ok(Self { node: node.unbind(), fields, list: None, ran_code })
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
                self.ran_code |= matches!(list, ListCursor::Derived(_));
                match list.next(py)? {
                    Some(item) if self.is_node(interpreter, &item)? => return Ok(Some(item)),
                    Some(_) => {}
                    None => self.list = None,
                }
            }
            match self.next_value(py, interpreter)? {
                NextField::End => return Ok(None),
                NextField::Atom => {}
                NextField::Object(value) => {
                    if let Ok(list) = value.cast_exact::<PyList>() {
                        self.list = Some(ListCursor::List(list.clone().unbind(), 0));
                    } else if self.is_node(interpreter, &value)? {
                        return Ok(Some(value));
                    } else if !is_atom(&value) && value.is_instance(py.get_type::<PyList>().as_any())? {
                        self.ran_code = true;
                        self.list = Some(ListCursor::Derived(value.try_iter()?.unbind()));
                    }
                }
            }
        }
    }

    /// The value of the next field.
    #[inline]
    fn next_value<'py>(&mut self, py: Python<'py>, interpreter: &Interpreter) -> PyResult<NextField<'py>> {
        let node = self.node.bind(py);
        let named;
        let name = match &mut self.fields {
            FieldCursor::None => return Ok(NextField::End),
            FieldCursor::OfClass(class, next) => {
                let slot = *next;
                if slot == class.field_names.len() {
                    return Ok(NextField::End);
                }
                *next += 1;
                match class.template(py)?.read_slot(interpreter.node_layout.dict_offset, node, slot) {
                    SlotValue::Atom => return Ok(NextField::Atom),
                    SlotValue::Object(value) => return Ok(NextField::Object(value)),
                    SlotValue::Unknown => class.field_names[slot].bind(py).as_any(),
                }
            }
            FieldCursor::Named(names) => {
                let Some(name) = names.bind(py).clone().next() else { return Ok(NextField::End) };
                named = name?;
                self.ran_code = true;
                &named
            }
        };
        match attribute(node, name) {
            Ok(value) => Ok(NextField::Object(value)),
            Err(error) if error.is_instance_of::<PyAttributeError>(py) => Ok(NextField::Atom),
            // As from any generator: `ast.iter_fields` is one.
            Err(error) if error.is_instance_of::<PyStopIteration>(py) => {
                let raised = PyRuntimeError::new_err("generator raised StopIteration");
                raised.set_cause(py, Some(error));
                Err(raised)
            }
            Err(error) => Err(error),
        }
    }

    /// What `isinstance(value, ast.AST)` says.
    #[inline]
    fn is_node(&mut self, interpreter: &Interpreter, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        if interpreter.is_node(value) {
            return Ok(true);
        }
        // An object can claim another class than it has, as mocks do.
        if is_atom(value) {
            return Ok(false);
        }
        self.ran_code = true;
        value.is_instance(interpreter.base.bind(value.py()).as_any())
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
enum NextField<'py> {
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
    match name.cast::<PyString>() {
        Ok(name) => node.getattr(name),
        Err(_) => node.py().import("builtins")?.getattr("getattr")?.call1((node, name)),
    }
}

/// Whether an object is one of the values that constants have, none of which claims to be something else.
#[inline]
pub(crate) fn is_atom(value: &Bound<'_, PyAny>) -> bool {
    value.is_none()
        || value.is_exact_instance_of::<PyString>()
        || value.is_exact_instance_of::<PyInt>()
        || value.is_exact_instance_of::<PyFloat>()
        || value.is_exact_instance_of::<PyBytes>()
        || value.is_exact_instance_of::<PyBool>()
        || value.is_exact_instance_of::<PyComplex>()
        || value.is(value.py().Ellipsis())
}
