//! The running interpreter: its version, its `ast` classes, and the objects that its trees share.
//!
//! Everything is looked up once and checked against the schema. An interpreter whose `ast` classes have other fields
//! is not served at all: its own parser does everything.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use lazyast::format::read::{Singleton, TargetPython};
use lazyast::format::schema::{Kind, SingletonClass};
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyType};

use super::class::NodeClass;
use super::dict_layout::DictLayout;
use super::objects::{self, NodeLayout};
use super::once::once;
use super::singletons::SharedInstances;

/// The minor versions that are served: those on which the whole test suite has run.
const SERVED: std::ops::RangeInclusive<u8> = 11..=15;

/// The minor version that introduced trees without docstrings, at the optimization level 2.
const REMOVES_DOCSTRINGS_SINCE: u8 = 14;

/// What lazyast knows of the running interpreter.
pub(crate) struct Interpreter {
    /// The shape of its trees.
    pub(crate) target: TargetPython,
    /// The layout of its nodes.
    pub(crate) node_layout: NodeLayout,
    /// Whether it removes docstrings from trees: from 3.14 on under `-OO`, unless `compile` is told otherwise.
    pub(crate) removes_docstrings: bool,
    /// `"__class__"`, interned.
    pub(crate) class_name: Py<PyString>,
    /// `"_fields"`, interned.
    pub(crate) fields_name: Py<PyString>,
    /// By kind; `None` for kinds that this version does not have.
    classes: Vec<Option<NodeClass>>,
    shared: SharedInstances,
    /// `ast.AST`.
    pub(crate) base: Py<PyType>,
    /// The classes of `ast` by their address.
    by_address: HashMap<usize, AstClass, FixedState>,
}

/// A concrete class of `ast`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AstClass {
    /// The class of a kind of node.
    Node(Kind),
    /// The class of an operator or context, whose instance all trees share.
    Singleton,
}

static INTERPRETER: PyOnceLock<Option<Interpreter>> = PyOnceLock::new();

impl Interpreter {
    /// The running interpreter, if it is served.
    #[inline]
    pub(crate) fn get(py: Python<'_>) -> PyResult<Option<&'static Self>> {
        once(py, &INTERPRETER, || Self::look_up(py)).map(Option::as_ref)
    }

    /// The running interpreter, or an error if it is not served.
    pub(crate) fn served(py: Python<'_>) -> PyResult<&'static Self> {
        Self::get(py)?.ok_or_else(|| PyRuntimeError::new_err("lazyast does not serve this interpreter"))
    }

    fn look_up(py: Python<'_>) -> PyResult<Option<Self>> {
        let sys = py.import("sys")?;
        let implementation: String = sys.getattr("implementation")?.getattr("name")?.extract()?;
        let version = sys.getattr("version_info")?;
        let number = |name: &str| version.getattr(name)?.extract::<u8>();
        let minor = number("minor")?;
        if implementation != "cpython" || number("major")? != 3 || !SERVED.contains(&minor) {
            return Ok(None);
        }
        let ast = py.import("ast")?;
        let target = TargetPython::new(minor, number("micro")?);
        let Some(classes) = node_classes(&ast, target)? else { return Ok(None) };
        let Some(node_layout) = node_layout(py, &classes)? else { return Ok(None) };
        let shared = SharedInstances::look_up(&ast)?;
        let mut by_address = HashMap::with_hasher(FixedState::default());
        for class in classes.iter().flatten() {
            by_address.insert(class.ast_class.as_ptr() as usize, AstClass::Node(class.kind));
        }
        for (_, instance) in shared.iter() {
            by_address.insert(instance.bind(py).get_type_ptr() as usize, AstClass::Singleton);
        }
        let optimization: i64 = sys.getattr("flags")?.getattr("optimize")?.extract()?;
        let interpreter = Self {
            target,
            removes_docstrings: minor >= REMOVES_DOCSTRINGS_SINCE && optimization >= 2,
            node_layout,
            class_name: PyString::intern(py, "__class__").unbind(),
            fields_name: PyString::intern(py, "_fields").unbind(),
            classes,
            shared,
            base: ast.getattr("AST")?.cast_into::<PyType>()?.unbind(),
            by_address,
        };
        // One template proves the layout for all classes: all templates are created in the same way.
        let proof = interpreter.class(Kind::FunctionDef).map(|class| class.try_template(py)).transpose()?;
        Ok(proof.flatten().map(|_| interpreter))
    }

    /// The class of a kind.
    #[inline]
    pub(crate) fn class(&self, kind: Kind) -> Option<&NodeClass> {
        self.classes.get(kind as usize)?.as_ref()
    }

    /// All classes of nodes.
    pub(crate) fn classes(&self) -> impl Iterator<Item = &NodeClass> {
        self.classes.iter().flatten()
    }

    /// All shared instances, each with its abstract class.
    pub(crate) fn singletons(&self) -> impl Iterator<Item = (SingletonClass, &Py<PyAny>)> {
        self.shared.iter()
    }

    /// The class of nodes that a Python class is, if it is one of `ast`'s own.
    #[inline]
    pub(crate) fn class_of(&self, class: &Bound<'_, PyType>) -> Option<&NodeClass> {
        match self.classify(class)? {
            AstClass::Node(kind) => self.class(kind),
            AstClass::Singleton => None,
        }
    }

    /// Says which of `ast`'s own classes a Python class is, if any.
    #[inline]
    pub(crate) fn classify(&self, class: &Bound<'_, PyType>) -> Option<AstClass> {
        self.by_address.get(&(class.as_ptr() as usize)).copied()
    }

    /// Whether an object is an `ast.AST`.
    #[inline]
    pub(crate) fn is_node(&self, object: &Bound<'_, PyAny>) -> bool {
        objects::is_of_type(object, self.base.bind(object.py()))
    }

    /// The shared instance that the interpreter's own trees contain.
    #[inline]
    pub(crate) fn singleton(&self, singleton: Singleton) -> Option<&Py<PyAny>> {
        self.shared.get(singleton)
    }
}

/// The classes by kind, or `None` if a class is not as the schema says.
fn node_classes(ast: &Bound<'_, PyModule>, target: TargetPython) -> PyResult<Option<Vec<Option<NodeClass>>>> {
    let attributes = ["lineno", "col_offset", "end_lineno", "end_col_offset"];
    let attributes = attributes.map(|name| PyString::intern(ast.py(), name).unbind());
    let layout = DictLayout::of_version(target.minor);
    let mut classes = Vec::with_capacity(Kind::ALL.len());
    for kind in Kind::ALL {
        if kind.since() > target.minor {
            classes.push(None);
            continue;
        }
        match NodeClass::look_up(ast, *kind, target, layout, &attributes)? {
            Some(class) => classes.push(Some(class)),
            None => return Ok(None),
        }
    }
    Ok(Some(classes))
}

/// The layout of nodes, if all classes have the same.
fn node_layout(py: Python<'_>, classes: &[Option<NodeClass>]) -> PyResult<Option<NodeLayout>> {
    let mut common = None;
    for class in classes.iter().flatten() {
        let number = |name: &str| class.ast_class.bind(py).getattr(name)?.extract::<isize>();
        let sizes = (number("__basicsize__")?, number("__dictoffset__")?);
        if *common.get_or_insert(sizes) != sizes || number("__itemsize__")? != 0 {
            return Ok(None);
        }
    }
    let sizes = common.map(|(size, offset)| (usize::try_from(size), usize::try_from(offset)));
    let Some((Ok(size), Ok(dict_offset))) = sizes else { return Ok(None) };
    let word = size_of::<usize>();
    let fits = dict_offset >= size_of::<ffi::PyObject>() && dict_offset + word <= size && size % word == 0;
    Ok(fits.then_some(NodeLayout { size, dict_offset }))
}
