//! The traversals of the module `ast`, natively: what `ast.walk`, `ast.iter_child_nodes` and
//! `ast.NodeVisitor.generic_visit` do while `lazyast.install` is in force.
//!
//! The order, the results and what a caller can change meanwhile are CPython's.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use lazyast::format::KindSet;
use lazyast::format::schema::Kind;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyType};

use crate::nodes::children::{ChildCursor, is_atom};
use crate::runtime::interpreter::{AstClass, Interpreter};
use crate::runtime::objects;
use crate::traverse::visits::{MethodChoice, PyVisits, class_of_node};
use crate::traverse::walk::PyWalk;

/// Serves the functions that `lazyast._traversals` puts into `ast`.
///
/// A method returns the object itself if CPython's own function is to do the work.
#[pyclass(frozen, module = "lazyast._native", name = "Traversals")]
struct PyTraversals {
    interpreter: &'static Interpreter,
    /// The names and values of the module `ast`.
    ast: Py<PyDict>,
    iter_fields: Py<PyAny>,
    iter_child_nodes: Py<PyAny>,
    /// `NodeVisitor.visit`, which is CPython's.
    visit: Py<PyAny>,
    /// The function that is in the place of `NodeVisitor.generic_visit`.
    generic_visit: Py<PyAny>,
    /// `NodeVisitor.visit_Constant`, where there is one.
    visit_constant: Option<Py<PyAny>>,
    names: Names,
}

/// Objects that are looked up, or looked for.
struct Names {
    iter_fields: Py<PyString>,
    iter_child_nodes: Py<PyString>,
    visit: Py<PyString>,
    generic_visit: Py<PyString>,
    function: Py<PyString>,
    self_: Py<PyString>,
    value: Py<PyString>,
    get_attribute: Py<PyString>,
    get_missing_attribute: Py<PyString>,
    /// The names of the methods, by kind.
    methods: Vec<Py<PyString>>,
    /// The names of the methods for operators and contexts, by the address of the class.
    singleton_methods: HashMap<usize, Py<PyString>, FixedState>,
    /// The name of the method that `NodeVisitor.visit_Constant` calls, by the address of a value's class.
    constant_methods: HashMap<usize, Py<PyString>, FixedState>,
    getattr: Py<PyAny>,
    /// `object.__getattribute__`.
    plain_get_attribute: Py<PyAny>,
    /// The class of bound methods.
    method: Py<PyAny>,
    /// What no attribute is.
    missing: Py<PyAny>,
}

impl Names {
    fn new(interpreter: &Interpreter, generic_visit: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = generic_visit.py();
        let intern = |name: &str| PyString::intern(py, name).unbind();
        let mut singleton_methods = HashMap::with_hasher(FixedState::default());
        for (_, instance) in interpreter.singletons() {
            let class = instance.bind(py).get_type();
            singleton_methods.insert(class.as_ptr() as usize, intern(&format!("visit_{}", class.name()?)));
        }
        let builtins = py.import("builtins")?;
        let mut constant_methods = HashMap::with_hasher(FixedState::default());
        let classes = [
            ("int", "Num"),
            ("float", "Num"),
            ("complex", "Num"),
            ("str", "Str"),
            ("bytes", "Bytes"),
            ("bool", "NameConstant"),
        ];
        for (class, name) in classes {
            constant_methods
                .insert(builtins.getattr(class)?.as_ptr() as usize, intern(&format!("visit_{name}")));
        }
        constant_methods.insert(py.None().bind(py).get_type_ptr() as usize, intern("visit_NameConstant"));
        constant_methods.insert(py.Ellipsis().bind(py).get_type_ptr() as usize, intern("visit_Ellipsis"));
        Ok(Self {
            iter_fields: intern("iter_fields"),
            iter_child_nodes: intern("iter_child_nodes"),
            visit: intern("visit"),
            generic_visit: intern("generic_visit"),
            function: intern("__func__"),
            self_: intern("__self__"),
            value: intern("value"),
            get_attribute: intern("__getattribute__"),
            get_missing_attribute: intern("__getattr__"),
            methods: Kind::ALL.iter().map(|kind| intern(&format!("visit_{}", kind.name()))).collect(),
            singleton_methods,
            constant_methods,
            getattr: builtins.getattr("getattr")?.unbind(),
            plain_get_attribute: builtins.getattr("object")?.getattr("__getattribute__")?.unbind(),
            method: generic_visit.call_method1("__get__", (py.Ellipsis(),))?.get_type().into_any().unbind(),
            missing: builtins.getattr("object")?.call0()?.unbind(),
        })
    }
}

#[pymethods]
impl PyTraversals {
    /// `ast` is the module's `__dict__`, `visit_constant` is CPython's own method.
    #[new]
    fn new(
        ast: Bound<'_, PyDict>,
        iter_child_nodes: Py<PyAny>,
        visit: Py<PyAny>,
        generic_visit: Bound<'_, PyAny>,
        visit_constant: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let interpreter = Interpreter::served(ast.py())?;
        Ok(Self {
            interpreter,
            iter_fields: ast.as_any().get_item("iter_fields")?.unbind(),
            ast: ast.unbind(),
            iter_child_nodes,
            visit,
            names: Names::new(interpreter, &generic_visit)?,
            generic_visit: generic_visit.unbind(),
            visit_constant,
        })
    }

    /// What `ast.walk(node)` yields.
    fn walk(this: Bound<'_, Self>, node: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let (py, traversals) = (this.py(), this.get());
        let children =
            traversals.is_in_ast(py, &traversals.names.iter_child_nodes, &traversals.iter_child_nodes)?;
        if !children || !traversals.has_fields(py)? {
            return Ok(this.into_any().unbind());
        }
        Ok(Bound::new(py, PyWalk::over_everything(node))?.into_any().unbind())
    }

    /// What `ast.iter_child_nodes(node)` yields.
    fn iter_child_nodes(this: Bound<'_, Self>, node: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let (py, traversals) = (this.py(), this.get());
        if !traversals.has_fields(py)? {
            return Ok(this.into_any().unbind());
        }
        let interpreter = traversals.interpreter;
        let children = PyChildNodes { interpreter, children: Some(ChildCursor::new(interpreter, node)?) };
        Ok(Bound::new(py, children)?.into_any().unbind())
    }

    /// The calls that `NodeVisitor.generic_visit(visitor, node)` makes: pairs of a function and its argument.
    fn visits(
        this: Bound<'_, Self>,
        visitor: Bound<'_, PyAny>,
        node: Bound<'_, PyAny>,
    ) -> PyResult<Py<PyAny>> {
        let (py, traversals) = (this.py(), this.get());
        if !traversals.has_fields(py)? {
            return Ok(this.into_any().unbind());
        }
        let interpreter = traversals.interpreter;
        let methods = AsInAst { traversals: this.unbind(), known: VisitorFacts::default() };
        Ok(Bound::new(py, PyVisits::new(interpreter, methods, visitor, node)?)?.into_any().unbind())
    }
}

impl PyTraversals {
    /// Whether the module still has CPython's `iter_fields`, which its traversals call by name.
    fn has_fields(&self, py: Python<'_>) -> PyResult<bool> {
        self.is_in_ast(py, &self.names.iter_fields, &self.iter_fields)
    }

    fn is_in_ast(&self, py: Python<'_>, name: &Py<PyString>, function: &Py<PyAny>) -> PyResult<bool> {
        Ok(self.ast.bind(py).get_item(name)?.is_some_and(|now| now.is(function)))
    }
}

/// Calls what CPython's `NodeVisitor` calls.
struct AsInAst {
    traversals: Py<PyTraversals>,
    known: VisitorFacts,
}

/// What is known of the visitor until Python code runs.
#[derive(Clone, Copy, Default)]
struct VisitorFacts {
    /// Whether `visit` and `generic_visit` are those of `NodeVisitor`, and looking them up runs no Python code.
    is_plain: bool,
    /// The kinds for which there is no method.
    without_method: KindSet,
}

impl MethodChoice for AsInAst {
    fn forget(&mut self) {
        self.known = VisitorFacts::default();
    }

    fn method<'py>(
        &mut self,
        visitor: &Bound<'py, PyAny>,
        node: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let traversals = self.traversals.bind(visitor.py()).get();
        Lookup { traversals, visitor, known: &mut self.known }.function(node)
    }

    fn enter(&self, node: Bound<'_, PyAny>) -> PyResult<Option<ChildCursor>> {
        ChildCursor::new(self.traversals.get().interpreter, node).map(Some)
    }

    /// Not if `ast.iter_fields` was replaced: CPython's own function does the work then.
    fn may_enter(&self, py: Python<'_>) -> PyResult<bool> {
        self.traversals.get().has_fields(py)
    }

    fn generic_visit<'py>(&self, visitor: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        // The visitor's own was looked up already, which the visitor can see.
        let function = self.traversals.get().generic_visit.bind(visitor.py());
        function.call_method1(intern!(visitor.py(), "__get__"), (visitor,))
    }
}

/// Looks attributes of a visitor up.
struct Lookup<'t, 'py> {
    traversals: &'t PyTraversals,
    visitor: &'t Bound<'py, PyAny>,
    known: &'t mut VisitorFacts,
}

impl<'py> Lookup<'_, 'py> {
    /// What is to be called for a node, or `None` if that is `generic_visit` and does what CPython's does.
    fn function(&mut self, node: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (traversals, names) = (self.traversals, &self.traversals.names);
        if self.known.is_plain {
            return self.method(node);
        }
        let visit = self.visitor.getattr(&names.visit)?;
        if !self.is_method(&visit, &traversals.visit)? {
            return Ok(Some(visit));
        }
        // In the order of `NodeVisitor.visit`.
        let generic_visit = self.visitor.getattr(&names.generic_visit)?;
        let is_ours = self.is_method(&generic_visit, &traversals.generic_visit)?;
        if let Some(method) = self.method(node)? {
            return Ok(Some(method));
        }
        if !is_ours {
            return Ok(Some(generic_visit));
        }
        self.known.is_plain = self.is_plain()?;
        Ok(None)
    }

    /// Whether looking attributes of the visitor up runs no Python code, and both methods are those of `NodeVisitor`.
    fn is_plain(&self) -> PyResult<bool> {
        let (traversals, names) = (self.traversals, &self.traversals.names);
        let class = self.visitor.get_type();
        let py = class.py();
        Ok(class.get_type().is(py.get_type::<PyType>())
            && self.is_attribute(&class, &names.get_attribute, &names.plain_get_attribute)?
            && self.attribute(class.as_any(), names.get_missing_attribute.bind(py))?.is_none()
            && self.is_attribute(&class, &names.visit, &traversals.visit)?
            && self.is_attribute(&class, &names.generic_visit, &traversals.generic_visit)?)
    }

    /// The visitor's method for a node, if it has one.
    fn method(&mut self, node: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (py, traversals) = (node.py(), self.traversals);
        let (interpreter, names) = (traversals.interpreter, &traversals.names);
        let own_name;
        let (name, kind) = match class_of_node(interpreter, node) {
            Some(AstClass::Node(kind)) if self.known.without_method.contains(kind) => return Ok(None),
            Some(AstClass::Node(kind)) => (names.methods[kind as usize].bind(py), Some(kind)),
            Some(AstClass::Singleton) => {
                (names.singleton_methods[&(node.get_type_ptr() as usize)].bind(py), None)
            }
            None => {
                // A class of the user's, whose name any Python code can give.
                *self.known = VisitorFacts::default();
                let class_name = node.getattr(&interpreter.class_name)?.getattr("__name__")?;
                own_name = PyString::new(py, "visit_").as_any().add(class_name)?.cast_into::<PyString>()?;
                (&own_name, None)
            }
        };
        let Some(method) = self.attribute(self.visitor, name)? else {
            if let Some(kind) = kind.filter(|_| self.known.is_plain) {
                // Not if it is a property whose code finds nothing now.
                if self.attribute(self.visitor.get_type().as_any(), name)?.is_none() {
                    self.known.without_method = self.known.without_method.or(kind.into());
                }
            }
            return Ok(None);
        };
        match &traversals.visit_constant {
            Some(old) if kind == Some(Kind::Constant) && self.is_method(&method, old)? => {
                self.old_method(node, method)
            }
            _ => Ok(Some(method)),
        }
    }

    /// What `NodeVisitor.visit_Constant` calls: `None` if it calls `generic_visit`, and itself if only it can say.
    fn old_method(
        &mut self,
        node: &Bound<'py, PyAny>,
        visit_constant: Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let names = &self.traversals.names;
        if !self.known.is_plain && !self.is_plain()? {
            return Ok(Some(visit_constant));
        }
        let Ok(value) = node.getattr(&names.value) else { return Ok(Some(visit_constant)) };
        if !is_atom(&value) {
            return Ok(Some(visit_constant));
        }
        let name = &names.constant_methods[&(value.get_type_ptr() as usize)];
        let has_old = self.attribute(self.visitor, name.bind(node.py()))?.is_some();
        Ok(has_old.then_some(visit_constant))
    }

    /// An attribute. `getattr` with a default creates no exception for one that is missing.
    fn attribute(
        &self,
        object: &Bound<'py, PyAny>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (py, names) = (name.py(), &self.traversals.names);
        let missing = names.missing.bind(py);
        let value = objects::call(names.getattr.bind(py), [object, name.as_any(), missing])?;
        Ok((!value.is(missing)).then_some(value))
    }

    fn is_attribute(
        &self,
        class: &Bound<'py, PyType>,
        name: &Py<PyString>,
        value: &Py<PyAny>,
    ) -> PyResult<bool> {
        let py = class.py();
        Ok(self.attribute(class.as_any(), name.bind(py))?.is_some_and(|now| now.is(value)))
    }

    /// Whether an attribute of the visitor is the method of a function.
    fn is_method(&self, method: &Bound<'py, PyAny>, function: &Py<PyAny>) -> PyResult<bool> {
        let names = &self.traversals.names;
        Ok(method.get_type().is(&names.method)
            && method.getattr(&names.function)?.is(function)
            && method.getattr(&names.self_)?.is(self.visitor))
    }
}

/// The iterator of `ast.iter_child_nodes`.
#[pyclass(module = "lazyast._native", name = "ChildNodes")]
struct PyChildNodes {
    interpreter: &'static Interpreter,
    children: Option<ChildCursor>,
}

#[pymethods]
impl PyChildNodes {
    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(children) = &mut self.children else { return Ok(None) };
        let child = children.next(py, self.interpreter);
        if !matches!(child, Ok(Some(_))) {
            self.children = None;
        }
        child
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        self.children.iter().try_for_each(|children| children.traverse(&visit))
    }

    fn __clear__(&mut self) {
        self.children = None;
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyTraversals>()
}
