//! The traversals of the module `ast`, natively: what `ast.walk`, `ast.iter_child_nodes` and `ast.NodeVisitor` do while
//! `lazyast.install` is in force.
//!
//! The order, the results and what a caller can change meanwhile are CPython's. Everything is looked up where CPython looks
//! it up, unless no Python code can have run since the last time.

use std::cell::Cell;
use std::collections::HashMap;

use foldhash::fast::FixedState;
use lazyast::format::KindSet;
use lazyast::format::schema::Kind;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::nodes::child_cursor::ChildCursor;
use crate::nodes::proxy;
use crate::runtime::interpreter::{AstClass, Interpreter};
use crate::runtime::objects;
use crate::traverse::walk::PyWalk;

/// Visits inside of a visitor's methods, one in the other, each of which takes room on the stack of C. Beyond it, the
/// interpreter's functions go on, which take none.
const NESTED_VISITS: u32 = 64;
/// Nodes without a method between two looks whether the user has pressed Ctrl+C.
const NODES_BETWEEN_SIGNALS: u32 = 1 << 14;
/// The methods for classes that `ast.Constant` has replaced. Up to 3.13, `NodeVisitor.visit_Constant` calls them.
const OLD_CONSTANTS: [&str; 5] =
    ["visit_Num", "visit_Str", "visit_Bytes", "visit_NameConstant", "visit_Ellipsis"];

thread_local! {
    static NESTED: Cell<u32> = const { Cell::new(0) };
}

/// Serves the functions that `lazyast._traversals` puts into `ast`.
///
/// A method returns the object itself if CPython's own function is to do the work.
#[pyclass(frozen, module = "lazyast._native", name = "Traversals")]
struct PyTraversals {
    interpreter: &'static Interpreter,
    /// The names and values of the module `ast`.
    ast: Py<PyDict>,
    /// Functions of the module that a traversal calls by their names, and what they are now.
    called: [(Py<PyString>, Py<PyAny>); 2],
    /// `NodeVisitor.visit` and `NodeVisitor.generic_visit`, as they are now.
    visit: Py<PyAny>,
    generic_visit: Py<PyAny>,
    /// `NodeVisitor.visit_Constant`, where there is one.
    visit_constant: Option<Py<PyAny>>,
    names: Names,
}

/// Strings that are looked up.
struct Names {
    visit: Py<PyString>,
    generic_visit: Py<PyString>,
    function: Py<PyString>,
    self_: Py<PyString>,
    /// The names of the methods, by kind.
    methods: Vec<Py<PyString>>,
    /// The names of the methods for operators and contexts, by the address of the class.
    singleton_methods: HashMap<usize, Py<PyString>, FixedState>,
    old_constants: [Py<PyString>; 5],
    getattr: Py<PyAny>,
    /// What no attribute is.
    missing: Py<PyAny>,
}

#[pymethods]
impl PyTraversals {
    /// `ast` is the module's `__dict__`, `visit_constant` is CPython's own method.
    #[new]
    fn new(
        ast: Bound<'_, PyDict>,
        iter_child_nodes: Py<PyAny>,
        visit: Py<PyAny>,
        generic_visit: Py<PyAny>,
        visit_constant: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let py = ast.py();
        let unserved =
            || pyo3::exceptions::PyRuntimeError::new_err("lazyast does not serve this interpreter");
        let interpreter = Interpreter::get(py)?.ok_or_else(unserved)?;
        let intern = |name: &str| PyString::intern(py, name).unbind();
        let fields = (intern("iter_fields"), ast.as_any().get_item("iter_fields")?.unbind());
        let mut singleton_methods = HashMap::with_hasher(FixedState::default());
        for (_, instance) in interpreter.singletons() {
            let class = instance.bind(py).get_type();
            singleton_methods.insert(class.as_ptr() as usize, intern(&format!("visit_{}", class.name()?)));
        }
        let builtins = py.import("builtins")?;
        let names = Names {
            visit: intern("visit"),
            generic_visit: intern("generic_visit"),
            function: intern("__func__"),
            self_: intern("__self__"),
            methods: Kind::ALL.iter().map(|kind| intern(&format!("visit_{}", kind.name()))).collect(),
            singleton_methods,
            old_constants: OLD_CONSTANTS.map(intern),
            getattr: builtins.getattr("getattr")?.unbind(),
            missing: builtins.getattr("object")?.call0()?.unbind(),
        };
        Ok(Self {
            interpreter,
            ast: ast.unbind(),
            called: [fields, (intern("iter_child_nodes"), iter_child_nodes)],
            visit,
            generic_visit,
            visit_constant,
            names,
        })
    }

    /// What `ast.walk(node)` yields.
    fn walk(this: Bound<'_, Self>, node: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if !this.get().is_unchanged(this.py())? {
            return Ok(this.into_any().unbind());
        }
        Ok(Bound::new(this.py(), PyWalk::over_everything(node))?.into_any().unbind())
    }

    /// What `ast.iter_child_nodes(node)` yields.
    fn iter_child_nodes(this: Bound<'_, Self>, node: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if !this.get().is_unchanged(this.py())? {
            return Ok(this.into_any().unbind());
        }
        let interpreter = this.get().interpreter;
        let children = PyChildNodes { interpreter, children: Some(ChildCursor::new(interpreter, node)?) };
        Ok(Bound::new(this.py(), children)?.into_any().unbind())
    }

    /// What `NodeVisitor.visit(visitor, node)` returns.
    fn visit<'py>(
        this: &Bound<'py, Self>,
        visitor: Bound<'py, PyAny>,
        node: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some(mut visit) = Visit::begin(this.get(), visitor)? else { return Ok(this.clone().into_any()) };
        let method = match visit.method(&node)? {
            None => visit.generic_visit()?,
            method => method,
        };
        if let Some(method) = method {
            return objects::call(&method, [&node]);
        }
        visit.children(node)?;
        Ok(this.py().None().into_bound(this.py()))
    }

    /// What `NodeVisitor.generic_visit(visitor, node)` returns.
    fn generic_visit<'py>(
        this: &Bound<'py, Self>,
        visitor: Bound<'py, PyAny>,
        node: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some(mut visit) = Visit::begin(this.get(), visitor)? else { return Ok(this.clone().into_any()) };
        visit.children(node)?;
        Ok(this.py().None().into_bound(this.py()))
    }
}

impl PyTraversals {
    /// Whether the module still has the functions that CPython's traversals call by name.
    fn is_unchanged(&self, py: Python<'_>) -> PyResult<bool> {
        let ast = self.ast.bind(py);
        for (name, function) in &self.called {
            if !ast.get_item(name)?.is_some_and(|now| now.is(function)) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// A visit that goes on until it comes back to its caller.
struct Visit<'t, 'py> {
    traversals: &'t PyTraversals,
    visitor: Bound<'py, PyAny>,
    /// What is known of the visitor until Python code runs the next time.
    known: Known,
}

#[derive(Clone, Copy, Default)]
struct Known {
    /// Whether `visitor.visit` is known to be the function of this module.
    visit_is_ours: bool,
    /// Whether `visitor.generic_visit` is.
    generic_visit_is_ours: bool,
    /// Whether there are methods for the old classes of constants.
    has_old_constants: Option<bool>,
    /// The kinds for which there is no method.
    without_method: KindSet,
}

impl<'t, 'py> Visit<'t, 'py> {
    /// `None` if CPython's functions have to do the work.
    fn begin(traversals: &'t PyTraversals, visitor: Bound<'py, PyAny>) -> PyResult<Option<Self>> {
        let nested = NESTED.get();
        // Inside of a visit, nobody replaces functions of the module.
        if nested == NESTED_VISITS || nested == 0 && !traversals.is_unchanged(visitor.py())? {
            return Ok(None);
        }
        NESTED.set(nested + 1);
        Ok(Some(Self { traversals, visitor, known: Known::default() }))
    }

    /// Does what `self.visit` does for each child of a node.
    fn children(&mut self, node: Bound<'py, PyAny>) -> PyResult<()> {
        let (py, interpreter) = (node.py(), self.traversals.interpreter);
        let mut open = vec![ChildCursor::new(interpreter, node)?];
        let mut nodes = 0;
        while let Some(children) = open.last_mut() {
            let Some(child) = children.next(py, interpreter)? else {
                open.pop();
                continue;
            };
            nodes += 1;
            if nodes % NODES_BETWEEN_SIGNALS == 0 {
                py.check_signals()?;
                self.known = Known::default();
            }
            let mut method = self.visit()?;
            if method.is_none() {
                method = self.method(&child)?;
            }
            if method.is_none() {
                method = self.generic_visit()?;
            }
            let Some(method) = method else {
                open.push(ChildCursor::new(interpreter, child)?);
                continue;
            };
            objects::call(&method, [&child])?;
            self.known = Known::default();
        }
        Ok(())
    }

    /// The visitor's method for a node, if it has one.
    fn method(&mut self, node: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (py, traversals) = (node.py(), self.traversals);
        let (interpreter, names) = (traversals.interpreter, &traversals.names);
        let class = node.get_type();
        let of_proxy = proxy::kind(interpreter.node_layout, node).map(AstClass::Node);
        let own_name;
        let (name, kind) = match of_proxy.or_else(|| interpreter.classify(&class)) {
            Some(AstClass::Node(kind)) if self.known.without_method.contains(kind) => return Ok(None),
            Some(AstClass::Node(kind)) => (names.methods[kind as usize].bind(py), Some(kind)),
            Some(AstClass::Singleton) => (names.singleton_methods[&(class.as_ptr() as usize)].bind(py), None),
            None => {
                // A class of the user's, whose name any Python code can give.
                self.known = Known::default();
                let class_name = node.getattr(&interpreter.class_name)?.getattr("__name__")?;
                own_name = PyString::new(py, "visit_").as_any().add(class_name)?.cast_into::<PyString>()?;
                (&own_name, None)
            }
        };
        let method = self.attribute(name)?;
        let Some(method) = method else {
            if let Some(kind) = kind {
                self.known.without_method = self.known.without_method.or(kind.into());
            }
            return Ok(None);
        };
        let is_old =
            kind == Some(Kind::Constant) && self.is_method(&method, traversals.visit_constant.as_ref());
        if is_old && !self.has_old_constants()? && self.generic_visit()?.is_none() {
            // It would call `generic_visit`.
            return Ok(None);
        }
        Ok(Some(method))
    }

    /// `visitor.visit`, if it is not the function of this module.
    fn visit(&mut self) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.known.visit_is_ours {
            return Ok(None);
        }
        let traversals = self.traversals;
        let method = self.attribute_or_ours(&traversals.names.visit, &traversals.visit)?;
        self.known.visit_is_ours = method.is_none();
        Ok(method)
    }

    /// `visitor.generic_visit`, if it is not the function of this module.
    fn generic_visit(&mut self) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.known.generic_visit_is_ours {
            return Ok(None);
        }
        let traversals = self.traversals;
        let method = self.attribute_or_ours(&traversals.names.generic_visit, &traversals.generic_visit)?;
        self.known.generic_visit_is_ours = method.is_none();
        Ok(method)
    }

    /// An attribute of the visitor, or `None` if it is the method of a function.
    fn attribute_or_ours(
        &self,
        name: &Py<PyString>,
        function: &Py<PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let method = self.visitor.getattr(name)?;
        Ok((!self.is_method(&method, Some(function))).then_some(method))
    }

    fn has_old_constants(&mut self) -> PyResult<bool> {
        if let Some(known) = self.known.has_old_constants {
            return Ok(known);
        }
        let mut found = false;
        for name in &self.traversals.names.old_constants {
            found |= self.attribute(name.bind(self.visitor.py()))?.is_some();
        }
        Ok(*self.known.has_old_constants.insert(found))
    }

    /// An attribute of the visitor. `getattr` with a default creates no exception for one that is missing.
    fn attribute(&self, name: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (py, names) = (name.py(), &self.traversals.names);
        let missing = names.missing.bind(py);
        let value = objects::call(names.getattr.bind(py), [&self.visitor, name.as_any(), missing])?;
        Ok((!value.is(missing)).then_some(value))
    }

    /// Whether an attribute of the visitor is the method of a function.
    fn is_method(&self, method: &Bound<'py, PyAny>, function: Option<&Py<PyAny>>) -> bool {
        let (py, names) = (method.py(), &self.traversals.names);
        let Some(function) = function else { return false };
        let is = |name: &Py<PyString>, object: &Bound<'py, PyAny>| {
            method.getattr(name).is_ok_and(|value| value.is(object))
        };
        is(&names.function, function.bind(py)) && is(&names.self_, &self.visitor)
    }
}

impl Drop for Visit<'_, '_> {
    fn drop(&mut self) {
        NESTED.set(NESTED.get() - 1);
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
