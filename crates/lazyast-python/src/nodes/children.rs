//! The children of nodes, as their fields have them now: changes by users are respected.
//!
//! [`ChildCursor`] gives what `ast.iter_child_nodes` yields, one child at a time, also while the caller changes the node;
//! [`for_each_child`] gives the same at once, unless a class of `ast` has got other fields. [`for_each_own_child`] runs no
//! Python code.

use lazyast::format::schema::{Kind, SingletonClass};
use pyo3::exceptions::{PyAttributeError, PyRuntimeError, PyStopIteration};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyComplex, PyFloat, PyInt, PyIterator, PyList, PyString, PyTuple};
use pyo3::{PyTraverseError, PyVisit};

use crate::runtime::class::NodeClass;
use crate::runtime::dict_layout::SlotValue;
use crate::runtime::interpreter::Interpreter;

/// The classes of operators and contexts that nodes of a kind have in their fields.
pub(crate) fn singletons_of(kind: Kind) -> impl Iterator<Item = SingletonClass> {
    kind.fields().iter().filter_map(|spec| spec.singletons)
}

/// A place among the children of a node.
pub(crate) struct ChildCursor {
    node: Py<PyAny>,
    fields: FieldCursor,
    /// The list that is being read.
    list: Option<ListCursor>,
    /// Whether a read can have run Python code of the user's.
    ran_code: bool,
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
    #[inline(always)]
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

    /// Before the first child of a materialised node, with the fields that `ast` gives its class.
    #[inline]
    fn of_class(class: &'static NodeClass, node: Bound<'_, PyAny>) -> Self {
        Self { node: node.unbind(), fields: FieldCursor::OfClass(class, 0), list: None, ran_code: false }
    }

    /// The next child.
    #[inline(always)]
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
                    None => {
                        if let Some(ListCursor::List(list, _)) = self.list.take() {
                            drop(list.into_bound(py));
                        }
                    }
                }
            }
            match self.next_value(py, interpreter)? {
                NextField::End => return Ok(None),
                NextField::Atom => {}
                // Asked first, because a cast that fails creates an error.
                NextField::Object(value) if value.is_exact_instance_of::<PyList>() => {
                    self.list = Some(ListCursor::List(value.cast_into_exact::<PyList>()?.unbind(), 0));
                }
                NextField::Object(value) => {
                    if self.is_node(interpreter, &value)? {
                        return Ok(Some(value));
                    }
                    if !is_atom(&value) && value.is_instance(py.get_type::<PyList>().as_any())? {
                        self.ran_code = true;
                        self.list = Some(ListCursor::Derived(value.try_iter()?.unbind()));
                    }
                }
            }
        }
    }

    /// Calls a function with each child that is left.
    #[inline]
    pub(crate) fn for_each<'py>(
        mut self,
        py: Python<'py>,
        interpreter: &Interpreter,
        mut child: impl FnMut(Bound<'py, PyAny>),
    ) -> PyResult<()> {
        while let Some(next) = self.next(py, interpreter)? {
            child(next);
        }
        // An unbound reference that is dropped asks whether the thread is attached.
        drop(self.node.into_bound(py));
        Ok(())
    }

    /// Whether a read can have run Python code of the user's since this was asked last.
    pub(crate) fn take_ran_code(&mut self) -> bool {
        std::mem::take(&mut self.ran_code)
    }

    /// The value of the next field.
    #[inline(always)]
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
    #[inline(always)]
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

/// Calls a function with each child of a materialised node. Whether it has the fields of its class is not looked at: that
/// would take as long as reading them.
#[inline]
pub(crate) fn for_each_child<'py>(
    interpreter: &'static Interpreter,
    node: &Bound<'py, PyAny>,
    child: impl FnMut(Bound<'py, PyAny>),
) -> PyResult<()> {
    let class = node.get_type();
    let children = match (interpreter.class_of(&class), interpreter.classify(&class)) {
        (Some(class), _) => ChildCursor::of_class(class, node.clone()),
        (None, Some(_)) => return Ok(()),
        (None, None) => ChildCursor::new(interpreter, node.clone())?,
    };
    children.for_each(node.py(), interpreter, child)
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
