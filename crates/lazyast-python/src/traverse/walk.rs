//! `lazyast.walk` and `lazyast.materialize`.

use std::collections::VecDeque;

use lazyast::format::generated::tables::SingletonClass;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::nodes::children::{self, Below, Kinds};
use crate::nodes::proxy::{self, Decoded, Depth};
use crate::runtime::interpreter::{Interpreter, Known};
use crate::runtime::objects;

/// Who has taken so many nodes will take them all, and has everything else made at once.
const EARNEST: u32 = 32;
/// After so many subtrees with much that is wanted the others will be like them.
const DENSE: u32 = 4;

/// What `ast.walk` gives, one after the other, or those of some classes.
#[pyclass(module = "lazyast._native")]
struct Walk {
    queue: VecDeque<Py<PyAny>>,
    /// `None`: everything.
    wanted: Option<Wanted>,
    /// How many nodes were given.
    given: u32,
    /// Below how many untouched nodes there was much that is wanted.
    dense: u32,
}

/// Nodes of some classes.
struct Wanted {
    /// What `isinstance` is asked for.
    types: Py<PyTuple>,
    /// The kinds of nodes that are wanted.
    kinds: Kinds,
    /// These, and those that have a wanted operator or context in a field.
    ways: Kinds,
}

impl Wanted {
    fn new(interpreter: &Interpreter, types: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let py = types.py();
        for class in types {
            if !class.is_instance_of::<PyType>() {
                let found = class.get_type().name()?;
                return Err(PyTypeError::new_err(format!(
                    "walk() takes classes, not an instance of {found}"
                )));
            }
        }
        let is_wanted =
            |class: &Bound<'_, PyAny>| -> PyResult<bool> { class.cast::<PyType>()?.is_subclass(types) };
        let mut kinds = Vec::new();
        for class in interpreter.classes() {
            if is_wanted(class.exact.bind(py).as_any())? {
                kinds.push(class.kind);
            }
        }
        let mut singletons: Vec<SingletonClass> = Vec::new();
        for (class, instance) in interpreter.singletons() {
            if is_wanted(instance.bind(py).get_type().as_any())? {
                singletons.push(class);
            }
        }
        Ok(Self {
            types: types.clone().unbind(),
            ways: Kinds::new(|kind| {
                kinds.contains(&kind)
                    || children::singletons_of(kind).any(|class| singletons.contains(&class))
            }),
            kinds: Kinds::new(|kind| kinds.contains(&kind)),
        })
    }
}

#[pymethods]
impl Walk {
    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(interpreter) = Interpreter::get(py)? else { return Ok(None) };
        while let Some(node) = self.queue.pop_front() {
            let node = node.into_bound(py);
            if self.step(interpreter, &node)? {
                self.given += 1;
                if self.given == EARNEST && self.wanted.is_none() {
                    let queued = self.queue.iter().map(|node| node.bind(py).clone()).collect();
                    make(interpreter, queued)?;
                }
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

impl Walk {
    /// Queues what is below a node, and says whether the node itself is wanted.
    fn step(&mut self, interpreter: &'static Interpreter, node: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = node.py();
        let queue = &mut self.queue;
        let Some(wanted) = &self.wanted else {
            proxy::touch(interpreter, node, Depth::Level)?;
            children::for_each_child(interpreter, node, |child| queue.push_back(child.unbind()))?;
            return Ok(true);
        };
        let is_wanted = match proxy::place(interpreter, node) {
            Some((origin, id)) => {
                let kind = proxy::kind(interpreter, node);
                let below = match wanted.ways.below(&origin, id) {
                    Below::Nothing if kind.is_none_or(|kind| wanted.ways.has(kind)) => Below::Some,
                    below => below,
                };
                let is_wanted = kind.is_some_and(|kind| wanted.kinds.has(kind));
                match below {
                    Below::Nothing => return Ok(is_wanted),
                    Below::Some => proxy::touch(interpreter, node, Depth::Level)?,
                    Below::Many => {
                        proxy::touch(interpreter, node, Depth::Whole)?;
                        self.dense += 1;
                        if self.dense == DENSE {
                            let queued = queue.iter().map(|node| node.bind(py).clone()).collect();
                            make(interpreter, queued)?;
                        }
                    }
                }
                is_wanted
            }
            None => match interpreter.known(&node.get_type()) {
                Some(Known::Node(kind)) => wanted.kinds.has(kind),
                _ => node.is_instance(wanted.types.bind(py))?,
            },
        };
        children::for_each_child(interpreter, node, |child| queue.push_back(child.unbind()))?;
        Ok(is_wanted)
    }
}

/// An iterator over a node and everything below it, or over what is of some classes there.
#[pyfunction]
#[pyo3(signature = (node, *types))]
fn walk(node: Bound<'_, PyAny>, types: &Bound<'_, PyTuple>) -> PyResult<Option<Walk>> {
    let Some(interpreter) = Interpreter::get(node.py())? else { return Ok(None) };
    let wanted = if types.is_empty() { None } else { Some(Wanted::new(interpreter, types)?) };
    Ok(Some(Walk { queue: VecDeque::from([node.unbind()]), wanted, given: 0, dense: 0 }))
}

/// Makes everything below a node that was not touched yet.
#[pyfunction]
pub(crate) fn materialize(node: Bound<'_, PyAny>) -> PyResult<()> {
    let Some(interpreter) = Interpreter::get(node.py())? else { return Ok(()) };
    make(interpreter, vec![node])
}

/// Makes everything below some nodes, and themselves.
fn make(interpreter: &'static Interpreter, mut pending: Vec<Bound<'_, PyAny>>) -> PyResult<()> {
    let Some(py) = pending.first().map(Bound::py) else { return Ok(()) };
    let paused = objects::CollectorPause::new(py);
    let mut all = Vec::new();
    while let Some(node) = pending.pop() {
        match Decoded::new(interpreter, node.clone(), Depth::Whole)? {
            Some(decoded) => all.push(decoded),
            None => children::for_each_child(interpreter, &node, |child| pending.push(child))?,
        }
    }
    paused.collect_if_due(all.iter().map(Decoded::objects).sum())?;
    all.into_iter().try_for_each(|decoded| decoded.give(interpreter))
}

/// Whether this interpreter is one that lazyast makes nodes for.
#[pyfunction]
fn is_served(py: Python<'_>) -> PyResult<bool> {
    Ok(Interpreter::get(py)?.is_some())
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(is_served, module)?)?;
    module.add_function(wrap_pyfunction!(walk, module)?)?;
    module.add_function(wrap_pyfunction!(materialize, module)?)
}
