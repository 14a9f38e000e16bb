//! `lazyast.Visitor`: finds the nodes for which a visitor has a method, and materialises no others.

use lazyast::format::schema::Kind;
use lazyast::format::{KindScanner, KindSet};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use crate::nodes::children::{ChildCursor, singletons_of};
use crate::nodes::density::Density;
use crate::nodes::materialise::{Extent, materialise};
use crate::nodes::proxy;
use crate::runtime::interpreter::{AstClass, Interpreter};
use crate::traverse::visits::{MethodChoice, PyVisits, class_of_node};

/// The classes for which a visitor has methods.
///
/// The names of the methods are looked up once. The methods themselves are looked up each time: a stored method would
/// make a reference cycle with its visitor.
#[pyclass(frozen, module = "lazyast._native", name = "Dispatch")]
struct PyDispatch {
    interpreter: &'static Interpreter,
    /// The name of the method, by kind.
    methods: Vec<Option<Py<PyString>>>,
    /// The name of the method, by the class of a shared instance.
    singleton_methods: Vec<(Py<PyType>, Py<PyString>)>,
    /// Kinds that can have an operator or context with a method in a field.
    parents: KindSet,
    /// These, and kinds that have a method.
    kinds: KindScanner,
}

#[pymethods]
impl PyDispatch {
    /// `has` says whether the visitor has a method of a name.
    #[new]
    fn new(py: Python<'_>, has: &Bound<'_, PyAny>) -> PyResult<Self> {
        let interpreter = Interpreter::served(py)?;
        let method = |class: &str| -> PyResult<Option<Py<PyString>>> {
            let name = PyString::intern(py, &format!("visit_{class}"));
            Ok(has.call1((&name,))?.extract::<bool>()?.then(|| name.unbind()))
        };
        let methods = Kind::ALL.iter().map(|kind| method(kind.name())).collect::<PyResult<Vec<_>>>()?;
        let mut singleton_methods = Vec::new();
        let mut classes = Vec::new();
        for (class, instance) in interpreter.singletons() {
            let instance = instance.bind(py).get_type();
            if let Some(name) = method(instance.name()?.to_str()?)? {
                singleton_methods.push((instance.unbind(), name));
                classes.push(class);
            }
        }
        let is_parent = |kind: &Kind| singletons_of(*kind).any(|class| classes.contains(&class));
        let parents: KindSet = Kind::ALL.iter().copied().filter(is_parent).collect();
        let with_method =
            Kind::ALL.iter().copied().filter(|kind| methods[*kind as usize].is_some()).collect();
        let kinds = KindScanner::new(parents.or(with_method));
        Ok(Self { interpreter, methods, singleton_methods, parents, kinds })
    }

    /// The visitor's method for a node, if it has one.
    fn method<'py>(
        &self,
        visitor: &Bound<'py, PyAny>,
        node: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let name = self.method_name(visitor, node)?;
        name.map(|name| visitor.getattr(name)).transpose()
    }

    /// The calls that `visitor.generic_visit(node)` makes: pairs of a method and its argument.
    fn visits(
        this: Bound<'_, Self>,
        visitor: Bound<'_, PyAny>,
        node: Bound<'_, PyAny>,
    ) -> PyResult<PyVisits> {
        let interpreter = this.get().interpreter;
        PyVisits::new(interpreter, Dispatched(this.unbind()), visitor, node)
    }
}

impl PyDispatch {
    /// The name of the method for a node.
    fn method_name<'py>(
        &self,
        visitor: &Bound<'py, PyAny>,
        node: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let py = node.py();
        let method = match class_of_node(self.interpreter, node) {
            Some(AstClass::Node(kind)) => self.methods[kind as usize].as_ref(),
            Some(AstClass::Singleton) => {
                let class = node.get_type();
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
}

/// Calls the methods whose names a dispatch knows.
struct Dispatched(Py<PyDispatch>);

impl MethodChoice for Dispatched {
    fn forget(&mut self) {}

    fn method<'py>(
        &mut self,
        visitor: &Bound<'py, PyAny>,
        node: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.get().method(visitor, node)
    }

    fn enter(&self, node: Bound<'_, PyAny>) -> PyResult<Option<ChildCursor>> {
        let PyDispatch { interpreter, parents, kinds, .. } = self.0.get();
        let layout = interpreter.node_layout;
        if let Some((context, id)) = proxy::location(layout, &node) {
            let is_parent = proxy::kind(layout, &node).is_none_or(|kind| parents.contains(kind));
            let extent = match Density::below(&context, id, kinds) {
                Density::Empty if !is_parent => return Ok(None),
                Density::Empty | Density::Sparse => Extent::Shallow,
                Density::Dense => Extent::Subtree,
            };
            materialise(interpreter, &node, extent)?;
        }
        ChildCursor::new(interpreter, node).map(Some)
    }

    fn may_enter(&self, _: Python<'_>) -> PyResult<bool> {
        Ok(true)
    }

    fn generic_visit<'py>(&self, visitor: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        visitor.getattr(intern!(visitor.py(), "generic_visit"))
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyDispatch>()
}
