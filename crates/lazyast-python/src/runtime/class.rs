//! A kind's class in the running interpreter, and the plan of its instances' `__dict__`.

use lazyast::format::read::{FieldChildren, TargetPython};
use lazyast::format::schema::Kind;
use lazyast::format::schema::{FieldSpec, Role};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PySystemError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyType};

use super::dict_layout::{DictLayout, DictTemplate};
use super::once::once;

/// A class of nodes.
pub(crate) struct NodeClass {
    /// The kind.
    pub(crate) kind: Kind,
    /// The class in the module `ast`.
    pub(crate) ast_class: Py<PyType>,
    /// The names of its fields, in CPython's order; their values take a `__dict__`'s first slots.
    pub(crate) field_names: Vec<Py<PyString>>,
    /// Its `_fields`.
    pub(crate) fields_object: Py<PyAny>,
    /// The fields whose values differ between nodes.
    pub(crate) fields: Vec<FieldPlan>,
    /// The first of the four slots of positions, if nodes of this kind have positions.
    pub(crate) positions: Option<usize>,
    /// Whether nodes of this kind can have children.
    pub(crate) has_children: bool,
    /// Whether a field is a list of statements. Subtrees of all other kinds stay small in most programs.
    pub(crate) has_block: bool,
    /// Whether it is a statement.
    pub(crate) is_statement: bool,
    /// The hidden class of this class's lazy proxies. `nodes::proxy` creates it when the first proxy is needed.
    pub(crate) proxy_class: PyOnceLock<Py<PyType>>,
    /// The attributes that a lazy proxy can answer.
    answers: Vec<(Py<PyString>, Answer)>,
    /// The names and values of the class and its bases, without those of `object`.
    namespaces: Vec<Py<PyAny>>,
    specs: Vec<&'static FieldSpec>,
    attributes: [Py<PyString>; 4],
    layout: DictLayout,
    template: PyOnceLock<DictTemplate>,
}

/// An attribute whose value is known without the others.
pub(crate) enum Answer {
    /// A field that is a name.
    Name(&'static FieldSpec),
    /// `lineno`.
    Line,
    /// `col_offset`.
    Column,
}

/// A field of a class.
pub(crate) struct FieldPlan {
    /// The slot of its value in a `__dict__`.
    pub(crate) slot: usize,
    /// How its value is encoded.
    pub(crate) spec: &'static FieldSpec,
    /// Which children make up its value, if it consists of children.
    pub(crate) children: Option<FieldChildren>,
}

impl NodeClass {
    /// Looks up the class of a kind. Returns `None` if its fields are not those of the schema.
    pub(crate) fn look_up(
        ast: &Bound<'_, PyModule>,
        kind: Kind,
        target: TargetPython,
        layout: DictLayout,
        attributes: &[Py<PyString>; 4],
    ) -> PyResult<Option<Self>> {
        let py = ast.py();
        let Ok(class) = ast.getattr(kind.name()) else { return Ok(None) };
        let class = class.cast_into::<PyType>()?;
        let specs: Vec<&'static FieldSpec> =
            kind.fields().iter().filter(|spec| spec.since <= target.minor).collect();
        let expected: Vec<&str> = specs.iter().map(|spec| spec.name).collect();
        let fields_object = class.getattr("_fields")?;
        let actual: Vec<String> = fields_object.extract()?;
        if actual != expected {
            return Ok(None);
        }
        let field_names: Vec<_> = specs.iter().map(|spec| PyString::intern(py, spec.name).unbind()).collect();
        let fields = specs.iter().enumerate().map(|(slot, spec)| FieldPlan {
            slot,
            spec,
            children: FieldChildren::of(spec, target),
        });
        let fields: Vec<_> =
            fields.filter(|field| !matches!(field.spec.role, Role::Zero | Role::None)).collect();
        let names = fields.iter().filter(|field| field.spec.role == Role::Name);
        let mut answers: Vec<_> =
            names.map(|field| (field_names[field.slot].clone_ref(py), Answer::Name(field.spec))).collect();
        if kind.has_positions() {
            answers.push((attributes[0].clone_ref(py), Answer::Line));
            answers.push((attributes[1].clone_ref(py), Answer::Column));
        }
        let mut namespaces = Vec::new();
        for base in class.mro() {
            if !base.is(py.get_type::<PyAny>()) {
                namespaces.push(base.getattr("__dict__")?.unbind());
            }
        }
        let block = ["stmt", "excepthandler", "match_case"];
        Ok(Some(Self {
            kind,
            ast_class: class.unbind(),
            positions: kind.has_positions().then_some(field_names.len()),
            has_children: fields.iter().any(|field| field.spec.list || field.spec.field.is_some()),
            has_block: fields.iter().any(|field| field.spec.list && block.contains(&field.spec.class)),
            is_statement: kind.class() == "stmt",
            fields_object: fields_object.unbind(),
            field_names,
            fields,
            proxy_class: PyOnceLock::new(),
            answers,
            namespaces,
            specs,
            attributes: attributes.each_ref().map(|name| name.clone_ref(py)),
            layout,
            template: PyOnceLock::new(),
        }))
    }

    /// How a lazy proxy answers an attribute. The name is compared by identity: those in programs are interned.
    #[inline]
    pub(crate) fn answer(&self, name: &Bound<'_, PyAny>) -> Option<&Answer> {
        self.answers.iter().find(|(of, _)| of.is(name)).map(|(_, answer)| answer)
    }

    /// Whether the class or one of its bases has got an attribute of this name, such as a property.
    pub(crate) fn inherits(&self, name: &Bound<'_, PyAny>) -> PyResult<bool> {
        for namespace in &self.namespaces {
            if namespace.bind(name.py()).contains(name)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The dictionary that each node's `__dict__` is copied from: all keys in CPython's order, with the values that
    /// are the same in all nodes.
    #[inline]
    pub(crate) fn template(&self, py: Python<'_>) -> PyResult<&DictTemplate> {
        once(py, &self.template, || {
            let template = self.try_template(py)?;
            template.ok_or_else(|| PySystemError::new_err("lazyast: the layout of dictionaries has changed"))
        })
    }

    /// The template, or `None` if this interpreter's dictionaries have an unknown layout.
    pub(crate) fn try_template(&self, py: Python<'_>) -> PyResult<Option<DictTemplate>> {
        let mut items: Vec<(Bound<'_, PyString>, Bound<'_, PyAny>)> = Vec::new();
        for (name, spec) in self.field_names.iter().zip(&self.specs) {
            let zero = spec.role == Role::Zero;
            let value = if zero { 0_u8.into_bound_py_any(py)? } else { py.None().into_bound(py) };
            items.push((name.bind(py).clone(), value));
        }
        if self.positions.is_some() {
            items
                .extend(self.attributes.iter().map(|name| (name.bind(py).clone(), py.None().into_bound(py))));
        }
        DictTemplate::new(py, self.layout, &items)
    }
}
