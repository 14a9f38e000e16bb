//! `lazyast.walk` and `lazyast.materialize`.
//!
//! A walk over everything materialises one level at a time, and after a few proxies everything that is left. A walk for
//! some classes looks below each proxy for their kinds (see [`Density`]) and materialises only what leads to them.

use std::collections::VecDeque;

use lazyast::format::schema::{Kind, SingletonClass};
use lazyast::format::{KindScanner, KindSet};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::nodes::children::{self, ChildCursor};
use crate::nodes::density::Density;
use crate::nodes::materialise::{Descent, Extent, materialise, materialise_subtrees};
use crate::nodes::proxy;
use crate::runtime::interpreter::{AstClass, Interpreter};

/// A walk over everything that has met so many lazy proxies has the rest materialised at once.
const PROXIES_BEFORE_THE_REST: u32 = 32;
/// A walk for some classes that has met so many dense subtrees looks whether all that is left is dense, too. The next
/// look is after twice as many, so all looks together scan each node's kind a logarithmic number of times at most.
const DENSE_BEFORE_FIRST_LOOK: u32 = 4;

/// The iterator of `lazyast.walk`.
#[pyclass(module = "lazyast._native", name = "Walk")]
pub(super) struct PyWalk {
    queue: VecDeque<Py<PyAny>>,
    /// `None`: all nodes are returned.
    filter: Option<ClassFilter>,
    /// How many proxies a walk over everything has met since it had the rest materialised.
    proxies: u32,
    /// How many dense subtrees were met.
    dense: u32,
    /// At how many dense subtrees to look at what is left.
    next_look: u32,
}

/// The classes that a walk returns.
struct ClassFilter {
    /// As given, for `isinstance`.
    types: Py<PyTuple>,
    /// The kinds of nodes among them.
    kinds: KindSet,
    /// The kinds that can have an operator or context among them in a field.
    parents: KindSet,
    /// All these kinds.
    kinds_or_parents: KindScanner,
}

impl ClassFilter {
    fn new(interpreter: &Interpreter, types: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let py = types.py();
        for class in types {
            if !class.is_instance_of::<PyType>() {
                let actual = class.get_type().name()?;
                return Err(PyTypeError::new_err(format!(
                    "walk() takes classes, not an instance of {actual}"
                )));
            }
        }
        let includes =
            |class: &Bound<'_, PyAny>| -> PyResult<bool> { class.cast::<PyType>()?.is_subclass(types) };
        let mut kinds = KindSet::EMPTY;
        for class in interpreter.classes() {
            if includes(class.ast_class.bind(py).as_any())? {
                kinds = kinds.or(class.kind.into());
            }
        }
        let mut singletons: Vec<SingletonClass> = Vec::new();
        for (class, instance) in interpreter.singletons() {
            if includes(instance.bind(py).get_type().as_any())? {
                singletons.push(class);
            }
        }
        let is_parent = |kind: &Kind| children::singletons_of(*kind).any(|class| singletons.contains(&class));
        let parents = Kind::ALL.iter().copied().filter(is_parent).collect();
        Ok(Self {
            types: types.clone().unbind(),
            kinds,
            parents,
            kinds_or_parents: KindScanner::new(kinds.or(parents)),
        })
    }
}

#[pymethods]
impl PyWalk {
    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(interpreter) = Interpreter::get(py)? else { return Ok(None) };
        while let Some(node) = self.queue.pop_front() {
            let node = node.into_bound(py);
            if self.visit(interpreter, &node)? {
                return Ok(Some(node));
            }
        }
        Ok(None)
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        self.queue.iter().try_for_each(|node| visit.call(node))
    }

    fn __clear__(&mut self) {
        self.queue.clear();
    }
}

impl PyWalk {
    /// A walk over everything.
    pub(super) fn over_everything(node: Bound<'_, PyAny>) -> Self {
        Self::new(node, None)
    }

    fn new(node: Bound<'_, PyAny>, filter: Option<ClassFilter>) -> Self {
        let queue = VecDeque::from([node.unbind()]);
        Self { queue, filter, proxies: 0, dense: 0, next_look: DENSE_BEFORE_FIRST_LOOK }
    }

    /// Queues the children of a node, and says whether the node itself is to be returned.
    fn visit(&mut self, interpreter: &'static Interpreter, node: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = node.py();
        let queue = &mut self.queue;
        let Some(filter) = &self.filter else {
            self.proxies += u32::from(proxy::is_proxy(node));
            materialise(interpreter, node, Extent::Shallow)?;
            let children = ChildCursor::new(interpreter, node.clone())?;
            children.for_each(py, interpreter, |child| queue.push_back(child.unbind()))?;
            if self.proxies == PROXIES_BEFORE_THE_REST {
                self.proxies = 0;
                let queued = queue.iter().map(|node| node.bind(py).clone()).collect();
                materialise_subtrees(interpreter, queued, Descent::Own)?;
            }
            return Ok(true);
        };
        let is_returned = match proxy::location(interpreter.node_layout, node) {
            Some((context, id)) => {
                let kind = proxy::kind(interpreter.node_layout, node);
                let density = match Density::below(&context, id, &filter.kinds_or_parents) {
                    Density::Empty if kind.is_none_or(|kind| filter.parents.contains(kind)) => {
                        Density::Sparse
                    }
                    density => density,
                };
                let is_returned = kind.is_some_and(|kind| filter.kinds.contains(kind));
                match density {
                    Density::Empty => return Ok(is_returned),
                    Density::Sparse => drop(materialise(interpreter, node, Extent::Shallow)?),
                    Density::Dense => {
                        materialise(interpreter, node, Extent::Subtree)?;
                        self.dense += 1;
                        if self.dense == self.next_look {
                            self.next_look *= 2;
                            let queued: Vec<_> = queue.iter().map(|node| node.bind(py).clone()).collect();
                            let proxies = queued
                                .iter()
                                .filter_map(|node| proxy::location(interpreter.node_layout, node));
                            if Density::of_all(proxies, &filter.kinds_or_parents) == Density::Dense {
                                materialise_subtrees(interpreter, queued, Descent::Own)?;
                            }
                        }
                    }
                }
                is_returned
            }
            None => match interpreter.classify(&node.get_type()) {
                Some(AstClass::Node(kind)) => filter.kinds.contains(kind),
                _ => node.is_instance(filter.types.bind(py))?,
            },
        };
        children::for_each_child(interpreter, node, |child| queue.push_back(child.unbind()))?;
        Ok(is_returned)
    }
}

/// An iterator over a node and everything below it, or over the instances of some classes there. `None` if the
/// interpreter is not served.
#[pyfunction]
#[pyo3(signature = (node, *types))]
fn walk(node: Bound<'_, PyAny>, types: &Bound<'_, PyTuple>) -> PyResult<Option<PyWalk>> {
    let Some(interpreter) = Interpreter::get(node.py())? else { return Ok(None) };
    let filter = if types.is_empty() { None } else { Some(ClassFilter::new(interpreter, types)?) };
    Ok(Some(PyWalk::new(node, filter)))
}

/// Materialises a node and everything below it.
#[pyfunction]
fn materialize(node: Bound<'_, PyAny>) -> PyResult<()> {
    let Some(interpreter) = Interpreter::get(node.py())? else { return Ok(()) };
    materialise_subtrees(interpreter, vec![node], Descent::Everything)
}

/// Whether lazyast serves this interpreter.
#[pyfunction]
fn is_served(py: Python<'_>) -> PyResult<bool> {
    Ok(Interpreter::get(py)?.is_some())
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(is_served, module)?)?;
    module.add_function(wrap_pyfunction!(walk, module)?)?;
    module.add_function(wrap_pyfunction!(materialize, module)?)
}
