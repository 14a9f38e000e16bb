//! A kind's class in the running interpreter, and the plan of its `__dict__`.

use lazyast::format::generated::tables::Kind;
use lazyast::format::read::Target;
use lazyast::format::shape::{FieldSpec, Role};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PySystemError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyType};

use super::dict_layout::{Layout, Template};
use super::interpreter::once;
use crate::nodes::proxy;

/// A class of nodes.
pub(crate) struct Class {
    /// The kind.
    pub(crate) kind: Kind,
    /// The class itself.
    pub(crate) exact: Py<PyType>,
    /// The names of its fields, in CPython's order; their values stand in a `__dict__`'s first slots.
    pub(crate) names: Vec<Py<PyString>>,
    /// The fields whose values differ.
    pub(crate) fields: Vec<FieldPlan>,
    /// The first of the four slots of positions, where there are any.
    pub(crate) positions: Option<usize>,
    /// Whether nodes of this kind can have children.
    pub(crate) has_children: bool,
    /// Whether statements can stand below: only these nodes can be large because of what a program does.
    pub(crate) has_block: bool,
    /// Whether it is a statement.
    pub(crate) is_statement: bool,
    specs: Vec<&'static FieldSpec>,
    attributes: [Py<PyString>; 4],
    layout: Layout,
    template: PyOnceLock<Template>,
    shell: PyOnceLock<Py<PyType>>,
}

/// A field of a class.
pub(crate) struct FieldPlan {
    /// Its place in a `__dict__`.
    pub(crate) slot: usize,
    /// Where the value comes from.
    pub(crate) spec: &'static FieldSpec,
}

impl Class {
    /// The class of a kind, or nothing if its fields are not what the schema says.
    pub(crate) fn look(
        ast: &Bound<'_, PyModule>,
        kind: Kind,
        target: Target,
        layout: Layout,
        attributes: &[Py<PyString>; 4],
    ) -> PyResult<Option<Self>> {
        let py = ast.py();
        let Ok(class) = ast.getattr(kind.name()) else { return Ok(None) };
        let class = class.cast_into::<PyType>()?;
        let specs: Vec<&'static FieldSpec> =
            kind.fields().iter().filter(|spec| spec.since <= target.minor).collect();
        let expected: Vec<&str> = specs.iter().map(|spec| spec.name).collect();
        let found: Vec<String> = class.getattr("_fields")?.extract()?;
        if found != expected {
            return Ok(None);
        }
        let names: Vec<_> = specs.iter().map(|spec| PyString::intern(py, spec.name).unbind()).collect();
        let fields = specs.iter().enumerate().map(|(slot, spec)| FieldPlan { slot, spec });
        let fields: Vec<_> =
            fields.filter(|field| !matches!(field.spec.role, Role::Zero | Role::None)).collect();
        let block = ["stmt", "excepthandler", "match_case"];
        Ok(Some(Self {
            kind,
            exact: class.unbind(),
            positions: kind.has_positions().then_some(names.len()),
            has_children: fields.iter().any(|field| field.spec.list || field.spec.field.is_some()),
            has_block: fields.iter().any(|field| field.spec.list && block.contains(&field.spec.class)),
            is_statement: kind.class() == "stmt",
            names,
            fields,
            specs,
            attributes: attributes.each_ref().map(|name| name.clone_ref(py)),
            layout,
            template: PyOnceLock::new(),
            shell: PyOnceLock::new(),
        }))
    }

    /// What a node's `__dict__` is made from: all keys in CPython's order, with the values that never
    /// differ.
    pub(crate) fn template(&self, py: Python<'_>) -> PyResult<&Template> {
        once(py, &self.template, || {
            let template = self.try_template(py)?;
            template.ok_or_else(|| PySystemError::new_err("lazyast: dictionaries are not as they were"))
        })
    }

    /// The template, or nothing if this interpreter's dictionaries are not as they should be.
    pub(crate) fn try_template(&self, py: Python<'_>) -> PyResult<Option<Template>> {
        let mut items: Vec<(Bound<'_, PyString>, Bound<'_, PyAny>)> = Vec::new();
        for (name, spec) in self.names.iter().zip(&self.specs) {
            let zero = spec.role == Role::Zero;
            let value = if zero { 0_u8.into_bound_py_any(py)? } else { py.None().into_bound(py) };
            items.push((name.bind(py).clone(), value));
        }
        if self.positions.is_some() {
            items
                .extend(self.attributes.iter().map(|name| (name.bind(py).clone(), py.None().into_bound(py))));
        }
        Template::new(py, self.layout, &items)
    }

    /// The hidden class of nodes that were not touched yet.
    pub(crate) fn shell(&self, py: Python<'_>) -> PyResult<&Py<PyType>> {
        once(py, &self.shell, || proxy::class(py, self))
    }
}
