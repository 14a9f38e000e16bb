//! The calls that a visit makes, one at a time: what `generic_visit` of `ast.NodeVisitor` and of `lazyast.Visitor` iterate
//! over.
//!
//! Native code calls no method of a visitor: it says which one is to be called next, and a Python frame calls it. So no
//! native frame lies below the caller's code.

use pyo3::prelude::*;
use pyo3::{PyTraverseError, PyVisit};

use crate::nodes::children::ChildCursor;
use crate::nodes::proxy;
use crate::runtime::interpreter::{AstClass, Interpreter};

/// Levels without a method that are visited without a Python frame. Below, `generic_visit` is called as a method, so that
/// trees without an end reach the limit of recursion.
const LEVELS: usize = 200;
/// Nodes that are visited before the interpreter can look for signals and other threads.
const NODES_WITHOUT_A_CALL: u32 = 1 << 12;

/// Which of a visitor's methods is called for a node.
pub(super) trait MethodChoice: Send + Sync {
    /// Forgets what any Python code can have changed, because some has run.
    fn forget(&mut self);

    /// The method for a node, or `None` if its children are visited.
    fn method<'py>(
        &mut self,
        visitor: &Bound<'py, PyAny>,
        node: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>>;

    /// Where the children of a node without a method begin, or `None` if nothing below it has a method.
    fn enter(&self, node: Bound<'_, PyAny>) -> PyResult<Option<ChildCursor>>;

    /// Whether children can be visited without a call of `generic_visit`.
    fn may_enter(&self, py: Python<'_>) -> PyResult<bool>;

    /// The visitor's `generic_visit`.
    fn generic_visit<'py>(&self, visitor: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>>;
}

/// The class of a node, if it is one of `ast`'s own. Does not materialise the node.
#[inline]
pub(super) fn class_of_node(interpreter: &Interpreter, node: &Bound<'_, PyAny>) -> Option<AstClass> {
    let of_proxy = proxy::kind(interpreter.node_layout, node).map(AstClass::Node);
    of_proxy.or_else(|| interpreter.classify(&node.get_type()))
}

/// The iterator over the calls of a visit: pairs of a function and its argument.
#[pyclass(module = "lazyast._native", name = "Visits")]
pub(super) struct PyVisits {
    interpreter: &'static Interpreter,
    methods: Box<dyn MethodChoice>,
    /// `None` after the end.
    visitor: Option<Py<PyAny>>,
    /// The node, and the nodes without a method that are being visited below it.
    open: Vec<ChildCursor>,
}

impl PyVisits {
    /// The calls that `visitor.generic_visit(node)` makes.
    pub(super) fn new(
        interpreter: &'static Interpreter,
        methods: impl MethodChoice + 'static,
        visitor: Bound<'_, PyAny>,
        node: Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let open = methods.enter(node)?.into_iter().collect();
        Ok(Self { interpreter, methods: Box::new(methods), visitor: Some(visitor.unbind()), open })
    }

    /// The next call. Goes down to the children of nodes without a method.
    fn next<'py>(
        &mut self,
        visitor: &Bound<'py, PyAny>,
    ) -> PyResult<Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
        let py = visitor.py();
        // While the caller's code ran, anything can have changed.
        self.methods.forget();
        let may_enter = self.methods.may_enter(py)?;
        let mut nodes = 0;
        while let Some(children) = self.open.last_mut() {
            let child = children.next(py, self.interpreter)?;
            if children.take_ran_code() {
                self.methods.forget();
            }
            let Some(child) = child else {
                self.open.pop();
                continue;
            };
            if let Some(method) = self.methods.method(visitor, &child)? {
                return Ok(Some((method, child)));
            }
            nodes += 1;
            if !may_enter || self.open.len() >= LEVELS || nodes == NODES_WITHOUT_A_CALL {
                return Ok(Some((self.methods.generic_visit(visitor)?, child)));
            }
            self.open.extend(self.methods.enter(child)?);
        }
        Ok(None)
    }
}

#[pymethods]
impl PyVisits {
    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
        let Some(visitor) = &self.visitor else { return Ok(None) };
        let visitor = visitor.bind(py).clone();
        let call = self.next(&visitor);
        if !matches!(call, Ok(Some(_))) {
            self.__clear__();
        }
        call
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.visitor)?;
        self.open.iter().try_for_each(|children| children.traverse(&visit))
    }

    fn __clear__(&mut self) {
        self.visitor = None;
        self.open.clear();
    }
}
