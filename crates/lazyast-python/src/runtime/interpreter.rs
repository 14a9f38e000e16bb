//! What is looked up once in the running interpreter: its version, its `ast` classes, the names of their
//! fields, and the shared instances of operators and contexts.
//!
//! Nothing is taken for granted: an interpreter whose `ast` classes have other fields than the schema
//! says is not served at all, and its own parser does everything.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use lazyast::format::generated::tables::{Kind, SingletonClass};
use lazyast::format::read::{Singleton, Target};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyType};

use super::class::Class;
use super::dict_layout::Layout;
use super::objects;

/// The minor versions that are served: those on which the whole test suite has run.
const SERVED: std::ops::RangeInclusive<u8> = 11..=13;

/// The abstract classes of what trees share, by code.
const SINGLETON_CLASSES: [SingletonClass; 5] = [
    SingletonClass::ExprContext,
    SingletonClass::Boolop,
    SingletonClass::Operator,
    SingletonClass::Unaryop,
    SingletonClass::Cmpop,
];

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

/// `ast.PyCF_ONLY_AST`: the flag with which `compile` gives a tree.
pub(crate) const ONLY_AST: i64 = 0x400;

/// What there is to know about the interpreter.
pub(crate) struct Interpreter {
    /// The shape of its trees.
    pub(crate) target: Target,
    /// By kind; `None` where this version does not have the kind.
    classes: Vec<Option<Class>>,
    singletons: Vec<Vec<Py<PyAny>>>,
    /// Bytes of a node, which all classes have in common.
    pub(crate) node_size: usize,
    /// Where a node has the pointer to its `__dict__`.
    pub(crate) dict_offset: usize,
    /// `ast.AST`.
    base: Py<PyType>,
    /// The classes of nodes by their address.
    by_type: HashMap<usize, Known, FixedState>,
    /// `"__class__"`, interned.
    pub(crate) class_name: Py<PyString>,
}

/// What a class of `ast`'s is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nodes of this kind.
    Node(Kind),
    /// An operator or a context: an instance without fields that all trees share.
    Singleton,
}

/// The interpreter's own `compile`, whatever the name in `builtins` stands for later.
static COMPILE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// The tree that the interpreter itself makes of a source.
pub(crate) fn parse<'py>(py: Python<'py>, source: &str) -> PyResult<Bound<'py, PyAny>> {
    let compile = built_in_compile(py)?;
    let options = PyDict::new(py);
    options.set_item("flags", ONLY_AST)?;
    options.set_item("dont_inherit", true)?;
    compile.call((source, "<lazyast>", "exec"), Some(&options))
}

/// The interpreter's own `compile`.
pub(crate) fn built_in_compile(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    let compile = once(py, &COMPILE, || Ok(py.import("builtins")?.getattr("compile")?.unbind()))?;
    Ok(compile.bind(py))
}

/// What a cell has, made now if it is empty. Making it may run code in Python that needs it as well, in this
/// thread or another, and must not wait for it: what is made first stays.
pub(crate) fn once<'c, T>(
    py: Python<'_>,
    cell: &'c PyOnceLock<T>,
    make: impl FnOnce() -> PyResult<T>,
) -> PyResult<&'c T> {
    if let Some(value) = cell.get(py) {
        return Ok(value);
    }
    let made = make()?;
    Ok(cell.get_or_init(py, || made))
}

/// Takes what may be replaced later.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    built_in_compile(module.py()).map(drop)
}

static INTERPRETER: PyOnceLock<Option<Interpreter>> = PyOnceLock::new();

impl Interpreter {
    /// The running interpreter, if it is served.
    pub(crate) fn get(py: Python<'_>) -> PyResult<Option<&'static Self>> {
        once(py, &INTERPRETER, || Self::look(py)).map(Option::as_ref)
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
        let layout = Layout::of_version(target.minor);
        let mut classes = Vec::with_capacity(Kind::ALL.len());
        for kind in Kind::ALL {
            if kind.since() > target.minor {
                classes.push(None);
                continue;
            }
            match Class::look(&ast, *kind, target, layout, &attributes)? {
                Some(class) => classes.push(Some(class)),
                None => return Ok(None),
            }
        }
        let Some((node_size, dict_offset)) = sizes(py, &classes)? else { return Ok(None) };
        let singletons = singletons(&ast)?;
        let class_name = PyString::intern(py, "__class__").unbind();
        let base = ast.getattr("AST")?.cast_into::<PyType>()?.unbind();
        let mut by_type = HashMap::with_hasher(FixedState::default());
        for class in classes.iter().flatten() {
            by_type.insert(class.exact.as_ptr() as usize, Known::Node(class.kind));
        }
        for instance in singletons.iter().flatten() {
            by_type.insert(instance.bind(py).get_type_ptr() as usize, Known::Singleton);
        }
        let found = Self { target, classes, singletons, node_size, dict_offset, base, by_type, class_name };
        // One template is a proof for all: they are made in the same way.
        let proof = found.class(Kind::FunctionDef).map(|class| class.try_template(py)).transpose()?;
        Ok(proof.flatten().map(|_| found))
    }

    /// The class of a kind.
    pub(crate) fn class(&self, kind: Kind) -> Option<&Class> {
        self.classes.get(kind as usize)?.as_ref()
    }

    /// All classes of nodes.
    pub(crate) fn classes(&self) -> impl Iterator<Item = &Class> {
        self.classes.iter().flatten()
    }

    /// All shared instances, each with the name of its abstract class.
    pub(crate) fn singletons(&self) -> impl Iterator<Item = (SingletonClass, &Py<PyAny>)> {
        let classes = SINGLETON_CLASSES.iter().zip(&self.singletons);
        classes.flat_map(|(class, instances)| instances.iter().map(|instance| (*class, instance)))
    }

    /// The class of nodes that a class is, if it is one of `ast`'s own.
    pub(crate) fn class_of(&self, class: &Bound<'_, PyType>) -> Option<&Class> {
        match self.known(class)? {
            Known::Node(kind) => self.class(kind),
            Known::Singleton => None,
        }
    }

    /// What is known of a class.
    pub(crate) fn known(&self, class: &Bound<'_, PyType>) -> Option<Known> {
        self.by_type.get(&(class.as_ptr() as usize)).copied()
    }

    /// Whether an object is an `ast.AST`.
    pub(crate) fn is_node(&self, object: &Bound<'_, PyAny>) -> bool {
        objects::is_of_type(object, self.base.bind(object.py()))
    }

    /// The instance that the interpreter's own trees have.
    pub(crate) fn singleton(&self, singleton: Singleton) -> Option<&Py<PyAny>> {
        self.singletons.get(singleton.class as usize)?.get(usize::from(singleton.code))
    }
}

/// The size of nodes and the place of their `__dict__`, if all classes agree.
fn sizes(py: Python<'_>, classes: &[Option<Class>]) -> PyResult<Option<(usize, usize)>> {
    let mut common = None;
    for class in classes.iter().flatten() {
        let number = |name: &str| class.exact.bind(py).getattr(name)?.extract::<isize>();
        let sizes = (number("__basicsize__")?, number("__dictoffset__")?);
        if *common.get_or_insert(sizes) != sizes || number("__itemsize__")? != 0 {
            return Ok(None);
        }
    }
    let sizes = common.map(|(size, offset)| (usize::try_from(size), usize::try_from(offset)));
    let Some((Ok(size), Ok(offset))) = sizes else { return Ok(None) };
    let word = size_of::<usize>();
    let fits = offset >= size_of::<ffi::PyObject>() && offset + word <= size && size % word == 0;
    Ok(fits.then_some((size, offset)))
}

/// The shared instances by class and code, taken from a tree that the interpreter made.
fn singletons(ast: &Bound<'_, PyModule>) -> PyResult<Vec<Vec<Py<PyAny>>>> {
    let py = ast.py();
    let instances = PyDict::new(py);
    let tree = parse(py, SINGLETONS)?;
    for node in ast.call_method1("walk", (tree,))?.try_iter()? {
        let node = node?;
        instances.set_item(node.get_type().name()?, node)?;
    }
    let mut all = Vec::with_capacity(SINGLETON_CLASSES.len());
    for class in SINGLETON_CLASSES {
        let of_class: PyResult<Vec<_>> =
            class.names().iter().map(|name| Ok(instances.as_any().get_item(name)?.unbind())).collect();
        all.push(of_class?);
    }
    Ok(all)
}
