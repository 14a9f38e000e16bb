//! Operators and contexts: instances without fields that all trees of an interpreter share.

use lazyast::format::read::Singleton;
use lazyast::format::schema::SingletonClass;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::compiler;

/// The abstract classes of the shared instances, by code.
const CLASSES: [SingletonClass; 5] = [
    SingletonClass::ExprContext,
    SingletonClass::Boolop,
    SingletonClass::Operator,
    SingletonClass::Unaryop,
    SingletonClass::Cmpop,
];

/// A source whose tree contains every operator and context.
const SOURCE: &str = "\
x = a and b or c
del x
a + b - c * d @ e / f % g ** h
a << b >> c | d ^ e & f // g
~a, not a, +a, -a
a == b != c < d <= e > f >= g
a is b is not c in d not in e
";

/// The shared instances of the running interpreter, by class and code.
pub(crate) struct SharedInstances(Vec<Vec<Py<PyAny>>>);

impl SharedInstances {
    /// Takes the instances from a tree that the interpreter itself has parsed: nothing else gives access to them.
    pub(crate) fn look_up(ast: &Bound<'_, PyModule>) -> PyResult<Self> {
        let py = ast.py();
        let instances = PyDict::new(py);
        let tree = compiler::parse(py, SOURCE)?;
        for node in ast.call_method1("walk", (tree,))?.try_iter()? {
            let node = node?;
            instances.set_item(node.get_type().name()?, node)?;
        }
        let mut by_class = Vec::with_capacity(CLASSES.len());
        for class in CLASSES {
            let of_class: PyResult<Vec<_>> =
                class.names().iter().map(|name| Ok(instances.as_any().get_item(name)?.unbind())).collect();
            by_class.push(of_class?);
        }
        Ok(Self(by_class))
    }

    /// The instance for a code of an archive.
    pub(crate) fn get(&self, singleton: Singleton) -> Option<&Py<PyAny>> {
        self.0.get(singleton.class as usize)?.get(usize::from(singleton.code))
    }

    /// All instances, each with its abstract class.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SingletonClass, &Py<PyAny>)> {
        let classes = CLASSES.iter().zip(&self.0);
        classes.flat_map(|(class, instances)| instances.iter().map(|instance| (*class, instance)))
    }
}
