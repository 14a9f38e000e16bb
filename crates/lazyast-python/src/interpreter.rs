//! What is looked up once in the running interpreter: its version, its `ast` classes, the names of their
//! fields, and the shared instances of operators and contexts.
//!
//! Nothing is taken for granted: an interpreter whose `ast` classes have other fields than the schema
//! says is not served at all, and its own parser does everything.

use lazyast::format::generated::tables::{Kind, SingletonClass};
use lazyast::format::read::{Singleton, Target};
use lazyast::format::shape::{FieldSpec, Role};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyType};

/// The minor versions that are served: those on which the whole test suite has run.
const SERVED: std::ops::RangeInclusive<u8> = 11..=13;

/// A source whose tree has every operator and context.
const SINGLETONS: &str = "\
x = a and b or c
del x
a + b - c * d @ e / f % g ** h
a << b >> c | d ^ e & f // g
~a, not a, +a, -a
a == b != c < d <= e > f >= g
a is b is not c in d not in e
";

/// What there is to know about the interpreter.
pub(crate) struct Interpreter {
    /// The shape of its trees.
    pub(crate) target: Target,
    /// By kind; `None` where this version does not have the kind.
    classes: Vec<Option<Class>>,
    singletons: Vec<Vec<Py<PyAny>>>,
    /// `lineno`, `col_offset`, `end_lineno`, `end_col_offset`.
    pub(crate) attributes: [Py<PyString>; 4],
}

/// A class of nodes.
pub(crate) struct Class {
    /// The class itself.
    pub(crate) class: Py<PyType>,
    /// What a node's `__dict__` looks like: all keys in CPython's order, with the values that never
    /// differ. A copy is filled faster than an empty dictionary.
    pub(crate) template: Py<PyDict>,
    /// The fields whose values differ.
    pub(crate) fields: Vec<FieldPlan>,
}

/// A field of a class.
pub(crate) struct FieldPlan {
    /// The interned name.
    pub(crate) name: Py<PyString>,
    /// Where the value comes from.
    pub(crate) spec: &'static FieldSpec,
}

static INTERPRETER: PyOnceLock<Option<Interpreter>> = PyOnceLock::new();

impl Interpreter {
    /// The running interpreter, if it is served.
    pub(crate) fn get(py: Python<'_>) -> PyResult<Option<&'static Self>> {
        INTERPRETER.get_or_try_init(py, || Self::look(py)).map(Option::as_ref)
    }

    fn look(py: Python<'_>) -> PyResult<Option<Self>> {
        let version = py.version_info();
        let implementation: String =
            py.import("sys")?.getattr("implementation")?.getattr("name")?.extract()?;
        if implementation != "cpython" || version.major != 3 || !SERVED.contains(&version.minor) {
            return Ok(None);
        }
        let ast = py.import("ast")?;
        let target = Target::new(version.minor, version.patch);
        let attributes = ["lineno", "col_offset", "end_lineno", "end_col_offset"];
        let attributes = attributes.map(|name| PyString::intern(py, name).unbind());
        let mut classes = Vec::with_capacity(Kind::ALL.len());
        for kind in Kind::ALL {
            if kind.since() > target.minor {
                classes.push(None);
                continue;
            }
            match Class::look(&ast, *kind, target, &attributes)? {
                Some(class) => classes.push(Some(class)),
                None => return Ok(None),
            }
        }
        Ok(Some(Self { target, classes, singletons: singletons(&ast)?, attributes }))
    }

    /// The class of a kind.
    pub(crate) fn class(&self, kind: Kind) -> Option<&Class> {
        self.classes.get(kind as usize)?.as_ref()
    }

    /// The instance that the interpreter's own trees have.
    pub(crate) fn singleton(&self, singleton: Singleton) -> Option<&Py<PyAny>> {
        self.singletons.get(singleton.class as usize)?.get(usize::from(singleton.code))
    }
}

impl Class {
    /// The class of a kind, or nothing if its fields are not what the schema says.
    fn look(
        ast: &Bound<'_, PyModule>,
        kind: Kind,
        target: Target,
        attributes: &[Py<PyString>; 4],
    ) -> PyResult<Option<Self>> {
        let py = ast.py();
        let Ok(class) = ast.getattr(kind.name()) else { return Ok(None) };
        let class = class.cast_into::<PyType>()?;
        let specs: Vec<&FieldSpec> = kind.fields().iter().filter(|spec| spec.since <= target.minor).collect();
        let expected: Vec<&str> = specs.iter().map(|spec| spec.name).collect();
        let found: Vec<String> = class.getattr("_fields")?.extract()?;
        if found != expected {
            return Ok(None);
        }
        let template = PyDict::new(py);
        let mut fields = Vec::with_capacity(specs.len());
        for spec in specs {
            let name = PyString::intern(py, spec.name);
            if spec.role == Role::Zero {
                template.set_item(&name, 0)?;
            } else {
                template.set_item(&name, py.None())?;
            }
            if !matches!(spec.role, Role::Zero | Role::None) {
                fields.push(FieldPlan { name: name.unbind(), spec });
            }
        }
        if kind.has_positions() {
            for name in attributes {
                template.set_item(name, py.None())?;
            }
        }
        Ok(Some(Self { class: class.unbind(), template: template.unbind(), fields }))
    }
}

/// The shared instances by class and code, taken from a tree that the interpreter made.
fn singletons(ast: &Bound<'_, PyModule>) -> PyResult<Vec<Vec<Py<PyAny>>>> {
    let py = ast.py();
    let instances = PyDict::new(py);
    let tree = ast.call_method1("parse", (SINGLETONS,))?;
    for node in ast.call_method1("walk", (tree,))?.try_iter()? {
        let node = node?;
        instances.set_item(node.get_type().name()?, node)?;
    }
    let classes = [
        SingletonClass::ExprContext,
        SingletonClass::Boolop,
        SingletonClass::Operator,
        SingletonClass::Unaryop,
        SingletonClass::Cmpop,
    ];
    let mut all = Vec::with_capacity(classes.len());
    for class in classes {
        let of_class: PyResult<Vec<_>> =
            class.names().iter().map(|name| Ok(instances.as_any().get_item(name)?.unbind())).collect();
        all.push(of_class?);
    }
    Ok(all)
}

/// An empty list, for [`Role::Empty`].
pub(crate) fn empty_list(py: Python<'_>) -> Bound<'_, PyAny> {
    PyList::empty(py).into_any()
}
