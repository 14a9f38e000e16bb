//! `lazyast.Visitor`: dispatch that looks for the nodes that have a method, and makes no others.

use lazyast::format::generated::tables::Kind;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyType};

use crate::nodes::children::{Below, Fields, Kinds, singletons_of};
use crate::nodes::proxy::{self, Depth};
use crate::runtime::interpreter::{Interpreter, Known};

/// Which classes a visitor has methods for. Method names are looked up once; the methods themselves each
/// time, so that there is no cycle through the visitor.
#[pyclass(frozen, module = "lazyast._native")]
struct Dispatch {
    /// By kind: the name of the method.
    methods: Vec<Option<Py<PyString>>>,
    /// By the class of a shared instance.
    of_singletons: Vec<(Py<PyType>, Py<PyString>)>,
    /// Kinds that have a method, or an operator or context with one.
    ways: Kinds,
}

/// What is left to do in a node or a list.
enum Frame<'py> {
    Node { node: Bound<'py, PyAny>, fields: Fields<'py>, next: usize },
    List { list: Bound<'py, PyList>, next: usize },
}

#[pymethods]
impl Dispatch {
    /// `has` says whether the visitor has a method of a name.
    #[new]
    fn new(py: Python<'_>, has: &Bound<'_, PyAny>) -> PyResult<Self> {
        let method = |class: &str| -> PyResult<Option<Py<PyString>>> {
            let name = PyString::intern(py, &format!("visit_{class}"));
            Ok(has.call1((&name,))?.extract::<bool>()?.then(|| name.unbind()))
        };
        let methods = Kind::ALL.iter().map(|kind| method(kind.name())).collect::<PyResult<Vec<_>>>()?;
        let mut of_singletons = Vec::new();
        let mut classes = Vec::new();
        if let Some(interpreter) = Interpreter::get(py)? {
            for (class, instance) in interpreter.singletons() {
                let instance = instance.bind(py).get_type();
                if let Some(name) = method(instance.name()?.to_str()?)? {
                    of_singletons.push((instance.unbind(), name));
                    classes.push(class);
                }
            }
        }
        let ways = Kinds::new(|kind| {
            methods[kind as usize].is_some() || singletons_of(kind).any(|class| classes.contains(&class))
        });
        Ok(Self { methods, of_singletons, ways })
    }

    /// What `visitor.visit(node)` does.
    fn visit<'py>(
        &self,
        visitor: &Bound<'py, PyAny>,
        node: Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(interpreter) = Interpreter::get(node.py())? else { return Ok(None) };
        match self.method(interpreter, visitor, &node)? {
            Some(method) => visitor.call_method1(method, (node,)).map(Some),
            None => self.visit_children(visitor, node).map(|()| None),
        }
    }

    /// What `visitor.generic_visit(node)` does.
    fn visit_children<'py>(&self, visitor: &Bound<'py, PyAny>, node: Bound<'py, PyAny>) -> PyResult<()> {
        let Some(interpreter) = Interpreter::get(node.py())? else { return Ok(()) };
        let mut frames = Vec::new();
        frames.extend(self.enter(interpreter, node)?);
        while let Some(frame) = frames.last_mut() {
            let value = match frame {
                Frame::Node { node, fields, next } if *next < fields.len() => {
                    *next += 1;
                    fields.value(interpreter, node, *next - 1)?
                }
                // Read anew each time: methods may change the list, as they may under `ast`'s visitor.
                Frame::List { list, next } if *next < list.len() => {
                    *next += 1;
                    list.get_item(*next - 1).ok()
                }
                _ => {
                    frames.pop();
                    continue;
                }
            };
            let in_list = matches!(frame, Frame::List { .. });
            let Some(value) = value else { continue };
            if interpreter.is_node(&value) {
                match self.method(interpreter, visitor, &value)? {
                    Some(method) => drop(visitor.call_method1(method, (value,))?),
                    None => frames.extend(self.enter(interpreter, value)?),
                }
            } else if !in_list && let Ok(list) = value.cast_into::<PyList>() {
                frames.push(Frame::List { list, next: 0 });
            }
        }
        Ok(())
    }
}

impl Dispatch {
    /// The name of the method for a node.
    fn method<'py>(
        &self,
        interpreter: &'static Interpreter,
        visitor: &Bound<'py, PyAny>,
        node: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let py = node.py();
        let class = node.get_type();
        let known = proxy::kind(interpreter, node).map(Known::Node).or_else(|| interpreter.known(&class));
        let method = match known {
            Some(Known::Node(kind)) => Some(&self.methods[kind as usize]).and_then(Option::as_ref),
            Some(Known::Singleton) => {
                self.of_singletons.iter().find(|(of, _)| of.is(&class)).map(|(_, name)| name)
            }
            None => None,
        };
        if known.is_some() {
            return Ok(method.map(|name| name.bind(py).clone()));
        }
        // Some class of the user's.
        let name =
            PyString::intern(py, &format!("visit_{}", node.getattr("__class__")?.getattr("__name__")?));
        Ok(visitor.hasattr(&name)?.then_some(name))
    }

    /// What there is to do below a node without a method.
    fn enter<'py>(
        &self,
        interpreter: &'static Interpreter,
        node: Bound<'py, PyAny>,
    ) -> PyResult<Option<Frame<'py>>> {
        if let Some((origin, id)) = proxy::place(interpreter, &node) {
            let here = proxy::kind(interpreter, &node).is_none_or(|kind| self.ways.has(kind));
            match self.ways.below(&origin, id) {
                Below::Nothing if !here => return Ok(None),
                Below::Nothing | Below::Some => proxy::touch(interpreter, &node, Depth::Level)?,
                Below::Many => proxy::touch(interpreter, &node, Depth::Whole)?,
            }
        }
        let fields = Fields::of(interpreter, &node)?;
        Ok(Some(Frame::Node { node, fields, next: 0 }))
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Dispatch>()
}
