//! `lazyast.Visitor`: finds the nodes for which a visitor has a method, and materialises no others.

use lazyast::format::KindScanner;
use lazyast::format::schema::Kind;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyType};

use crate::nodes::children::{NodeFields, singletons_of};
use crate::nodes::density::Density;
use crate::nodes::materialise::{Extent, materialise};
use crate::nodes::proxy;
use crate::runtime::interpreter::{AstClass, Interpreter};

/// The classes for which a visitor has methods.
///
/// The names of the methods are looked up once. The methods themselves are looked up each time: a stored method would
/// make a reference cycle with its visitor.
#[pyclass(frozen, module = "lazyast._native", name = "Dispatch")]
struct PyDispatch {
    /// The name of the method, by kind.
    methods: Vec<Option<Py<PyString>>>,
    /// The name of the method, by the class of a shared instance.
    singleton_methods: Vec<(Py<PyType>, Py<PyString>)>,
    /// Kinds that have a method, or can have an operator or context with one in a field.
    kinds: KindScanner,
}

/// A node or a list that is being visited.
enum VisitFrame<'py> {
    Node { node: Bound<'py, PyAny>, fields: NodeFields<'py>, next: usize },
    List { list: Bound<'py, PyList>, next: usize },
}

#[pymethods]
impl PyDispatch {
    /// `has` says whether the visitor has a method of a name.
    #[new]
    fn new(py: Python<'_>, has: &Bound<'_, PyAny>) -> PyResult<Self> {
        let method = |class: &str| -> PyResult<Option<Py<PyString>>> {
            let name = PyString::intern(py, &format!("visit_{class}"));
            Ok(has.call1((&name,))?.extract::<bool>()?.then(|| name.unbind()))
        };
        let methods = Kind::ALL.iter().map(|kind| method(kind.name())).collect::<PyResult<Vec<_>>>()?;
        let mut singleton_methods = Vec::new();
        let mut classes = Vec::new();
        if let Some(interpreter) = Interpreter::get(py)? {
            for (class, instance) in interpreter.singletons() {
                let instance = instance.bind(py).get_type();
                if let Some(name) = method(instance.name()?.to_str()?)? {
                    singleton_methods.push((instance.unbind(), name));
                    classes.push(class);
                }
            }
        }
        let leads_to_method = |kind: &Kind| {
            methods[*kind as usize].is_some() || singletons_of(*kind).any(|class| classes.contains(&class))
        };
        let kinds = KindScanner::new(Kind::ALL.iter().copied().filter(leads_to_method).collect());
        Ok(Self { methods, singleton_methods, kinds })
    }

    /// Does what `visitor.visit(node)` does.
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

    /// Does what `visitor.generic_visit(node)` does.
    fn visit_children<'py>(&self, visitor: &Bound<'py, PyAny>, node: Bound<'py, PyAny>) -> PyResult<()> {
        let Some(interpreter) = Interpreter::get(node.py())? else { return Ok(()) };
        let mut frames = Vec::new();
        frames.extend(self.enter(interpreter, node)?);
        while let Some(frame) = frames.last_mut() {
            let value = match frame {
                VisitFrame::Node { node, fields, next } if *next < fields.len() => {
                    *next += 1;
                    fields.value(interpreter, node, *next - 1)?
                }
                // The length is read in each step: methods may change the list, as with `ast.NodeVisitor`.
                VisitFrame::List { list, next } if *next < list.len() => {
                    *next += 1;
                    list.get_item(*next - 1).ok()
                }
                _ => {
                    frames.pop();
                    continue;
                }
            };
            let in_list = matches!(frame, VisitFrame::List { .. });
            let Some(value) = value else { continue };
            if interpreter.is_node(&value) {
                match self.method(interpreter, visitor, &value)? {
                    Some(method) => drop(visitor.call_method1(method, (value,))?),
                    None => frames.extend(self.enter(interpreter, value)?),
                }
            } else if !in_list && let Ok(list) = value.cast_into::<PyList>() {
                frames.push(VisitFrame::List { list, next: 0 });
            }
        }
        Ok(())
    }
}

impl PyDispatch {
    /// The name of the method for a node.
    fn method<'py>(
        &self,
        interpreter: &'static Interpreter,
        visitor: &Bound<'py, PyAny>,
        node: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let py = node.py();
        let class = node.get_type();
        let of_proxy = proxy::kind(interpreter.node_layout, node).map(AstClass::Node);
        let method = match of_proxy.or_else(|| interpreter.classify(&class)) {
            Some(AstClass::Node(kind)) => self.methods[kind as usize].as_ref(),
            Some(AstClass::Singleton) => {
                self.singleton_methods.iter().find(|(of, _)| of.is(&class)).map(|(_, name)| name)
            }
            // A class of the user's.
            None => {
                let class_name = node.getattr("__class__")?.getattr("__name__")?;
                let name = PyString::intern(py, &format!("visit_{class_name}"));
                return Ok(visitor.hasattr(&name)?.then_some(name));
            }
        };
        Ok(method.map(|name| name.bind(py).clone()))
    }

    /// The frame for what is below a node without a method, or `None` if nothing there has a method.
    fn enter<'py>(
        &self,
        interpreter: &'static Interpreter,
        node: Bound<'py, PyAny>,
    ) -> PyResult<Option<VisitFrame<'py>>> {
        let layout = interpreter.node_layout;
        if let Some((context, id)) = proxy::location(layout, &node) {
            let is_interesting =
                proxy::kind(layout, &node).is_none_or(|kind| self.kinds.kinds().contains(kind));
            match Density::below(&context, id, &self.kinds) {
                Density::Empty if !is_interesting => return Ok(None),
                Density::Empty | Density::Sparse => materialise(interpreter, &node, Extent::Shallow)?,
                Density::Dense => materialise(interpreter, &node, Extent::Subtree)?,
            }
        }
        let fields = NodeFields::of(interpreter, &node)?;
        Ok(Some(VisitFrame::Node { node, fields, next: 0 }))
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyDispatch>()
}
