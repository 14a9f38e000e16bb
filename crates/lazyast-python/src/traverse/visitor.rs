//! `lazyast.Visitor`: finds the nodes for which a visitor has a method, and materialises no others.

use lazyast::format::KindScanner;
use lazyast::format::schema::Kind;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use crate::nodes::child_cursor::ChildCursor;
use crate::nodes::children::singletons_of;
use crate::nodes::density::Density;
use crate::nodes::materialise::{Extent, materialise};
use crate::nodes::proxy;
use crate::runtime::interpreter::{AstClass, Interpreter};
use crate::traverse::of_ast::{LEVELS, NODES_WITHOUT_A_CALL};

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

    /// The visitor's method for a node, if it has one.
    fn method<'py>(
        &self,
        visitor: &Bound<'py, PyAny>,
        node: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(interpreter) = Interpreter::get(node.py())? else { return Ok(None) };
        let name = self.method_name(interpreter, visitor, node)?;
        name.map(|name| visitor.getattr(name)).transpose()
    }

    /// The calls that `visitor.generic_visit(node)` makes: pairs of a method and its argument. A Python frame makes them, so
    /// that no native frame lies below them.
    fn visits<'py>(
        this: Bound<'py, Self>,
        visitor: Bound<'py, PyAny>,
        node: Bound<'py, PyAny>,
    ) -> PyResult<PyDispatchedVisits> {
        let Some(interpreter) = Interpreter::get(node.py())? else {
            return Ok(PyDispatchedVisits { dispatch: this.unbind(), visitor: None, open: Vec::new() });
        };
        let open = this.get().enter(interpreter, node)?.into_iter().collect();
        Ok(PyDispatchedVisits { dispatch: this.unbind(), visitor: Some(visitor.unbind()), open })
    }
}

/// The iterator over the calls of a visit.
#[pyclass(module = "lazyast._native", name = "DispatchedVisits")]
struct PyDispatchedVisits {
    dispatch: Py<PyDispatch>,
    /// `None` after the end.
    visitor: Option<Py<PyAny>>,
    /// The node, and the nodes without a method that are being visited below it.
    open: Vec<ChildCursor>,
}

#[pymethods]
impl PyDispatchedVisits {
    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
        let Some(visitor) = &self.visitor else { return Ok(None) };
        let Some(interpreter) = Interpreter::get(py)? else { return Ok(None) };
        let (visitor, dispatch) = (visitor.bind(py).clone(), self.dispatch.bind(py).get());
        let mut nodes = 0;
        while let Some(children) = self.open.last_mut() {
            let Some(child) = children.next(py, interpreter)? else {
                self.open.pop();
                continue;
            };
            if let Some(method) = dispatch.method_name(interpreter, &visitor, &child)? {
                return Ok(Some((visitor.getattr(method)?, child)));
            }
            nodes += 1;
            if self.open.len() >= LEVELS || nodes == NODES_WITHOUT_A_CALL {
                return Ok(Some((visitor.getattr("generic_visit")?, child)));
            }
            self.open.extend(dispatch.enter(interpreter, child)?);
        }
        self.__clear__();
        Ok(None)
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.visitor)?;
        self.open.iter().try_for_each(|children| children.traverse(&visit))
    }

    fn __clear__(&mut self) {
        self.visitor = None;
        self.open.clear();
    }
}

impl PyDispatch {
    /// The name of the method for a node.
    fn method_name<'py>(
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

    /// The children of a node without a method, or `None` if nothing below it has a method.
    fn enter<'py>(
        &self,
        interpreter: &'static Interpreter,
        node: Bound<'py, PyAny>,
    ) -> PyResult<Option<ChildCursor>> {
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
        ChildCursor::new(interpreter, node).map(Some)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyDispatch>()
}
