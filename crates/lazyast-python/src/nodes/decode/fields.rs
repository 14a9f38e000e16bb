//! A node's `__dict__`, from its row and the Python objects of its children.
//!
//! `lazyast-format` knows which children belong to a field and what a payload means. Here the values become Python
//! objects, in the slots that the node's class has for them.

use lazyast::format::encoding::Payload;
use lazyast::format::encoding::Span;
use lazyast::format::read::{Constant, FieldChildren, ListFields, PayloadValue, Singleton, SparseList};
use lazyast::format::schema::Role;
use lazyast::format::schema::{Field, Kind};
use lazyast::format::{Damage, NodeId, Tree};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyComplex, PyDict, PyEllipsis, PyFloat, PyInt, PyList, PyString};

use crate::errors::DecodeError;
use crate::nodes::context::TreeContext;
use crate::runtime::class::{FieldPlan, NodeClass};
use crate::runtime::collector::Untracked;
use crate::runtime::interpreter::Interpreter;
use crate::runtime::objects;

/// Decodes nodes of one tree.
pub(crate) struct NodeDecoder<'a, 'py> {
    pub(crate) py: Python<'py>,
    pub(crate) interpreter: &'static Interpreter,
    pub(crate) context: &'a TreeContext,
    pub(crate) tree: &'a Tree<'a>,
    /// New objects that the collector does not track yet.
    untracked: &'a mut Untracked<'py>,
    /// The last line number as a Python object, which neighbouring nodes share.
    last_line: Option<(u32, Bound<'py, PyInt>)>,
}

/// A child of the node that is being decoded.
pub(crate) struct ChildObject<'py> {
    /// The number of the node.
    pub(crate) id: NodeId,
    /// One more than the number of its last descendant.
    pub(crate) end: NodeId,
    /// The field of its parent that contains it.
    pub(crate) field: Field,
    /// The object, until a value of its parent takes it.
    pub(crate) node: Option<Bound<'py, PyAny>>,
}

impl<'a, 'py> NodeDecoder<'a, 'py> {
    pub(crate) fn new(
        py: Python<'py>,
        interpreter: &'static Interpreter,
        context: &'a TreeContext,
        untracked: &'a mut Untracked<'py>,
    ) -> Self {
        Self { py, interpreter, context, tree: context.tree(), untracked, last_line: None }
    }

    /// The class of a kind, or damage if the interpreter does not have the kind.
    #[inline]
    pub(crate) fn class(&self, kind: Kind, at: NodeId) -> Result<&'static NodeClass, Damage> {
        let newer = || Damage::new("kind is newer than the interpreter", at).found(kind as u32);
        self.interpreter.class(kind).ok_or_else(newer)
    }

    /// Creates a node with the given `__dict__`.
    pub(crate) fn node(
        &mut self,
        class: &NodeClass,
        dict: Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        objects::node(self.interpreter.node_layout, class.ast_class.bind(self.py), dict, self.untracked)
    }

    /// Keeps nodes alive that no value of their parent took, which happens in damaged archives alone: [`Untracked::track`]
    /// will use their addresses.
    #[inline]
    pub(crate) fn keep_alive(&mut self, children: impl Iterator<Item = ChildObject<'py>>) {
        for node in children.filter_map(|child| child.node) {
            self.untracked.keep_alive(node);
        }
    }

    /// Creates the `__dict__` of a node. `children` are its children, the last one first.
    pub(crate) fn dict(
        &mut self,
        class: &'static NodeClass,
        id: NodeId,
        payload_bits: u32,
        span: Option<Span>,
        children: &mut [ChildObject<'py>],
    ) -> Result<Bound<'py, PyDict>, DecodeError> {
        let py = self.py;
        let payload = Payload::decode(class.kind.payload_layout(), payload_bits);
        let mut copy = class.template(py)?.copy(py)?;
        for field in &class.fields {
            if let Some(value) = self.value(field, id, payload, children)? {
                copy.set(field.slot, value);
            }
        }
        if let (Some(slot), Some(Span { start, end })) = (class.positions, span) {
            copy.set(slot, self.line_number(start.line)?);
            copy.set(slot + 1, start.column.into_bound_py_any(py)?);
            copy.set(slot + 2, self.line_number(end.line)?);
            copy.set(slot + 3, end.column.into_bound_py_any(py)?);
        }
        Ok(if class.has_children { self.untracked.add_dict(copy) } else { copy.finish().0 })
    }

    /// The value of a field, or `None` if it is the `None` that the template has already.
    fn value(
        &mut self,
        plan: &FieldPlan,
        id: NodeId,
        payload: Payload,
        children: &mut [ChildObject<'py>],
    ) -> Result<Option<Bound<'py, PyAny>>, DecodeError> {
        let py = self.py;
        let spec = plan.spec;
        match plan.children {
            Some(FieldChildren::One(field)) => return self.child(field, spec.optional, id, children),
            Some(FieldChildren::List(fields)) => return self.list(fields, children),
            Some(FieldChildren::Sparse(list)) => return self.sparse_list(list, children),
            None if spec.role == Role::Empty => {
                return Ok(Some(objects::list(py, 0, std::iter::empty(), self.untracked)?));
            }
            None => {}
        }
        Ok(Some(match self.tree.payload_value(spec, payload, id)? {
            PayloadValue::None => return Ok(None),
            PayloadValue::Int(int) => int.into_bound_py_any(py)?,
            PayloadValue::Name(number) => self.context.name(py, number)?.into_any(),
            PayloadValue::UnicodeKind => PyString::intern(py, "u").into_any(),
            PayloadValue::Singleton(singleton) => self.singleton(singleton, id)?,
            PayloadValue::Constant(constant) => self.constant(constant, id)?,
            PayloadValue::Names(numbers) => {
                let names = numbers.into_iter().map(|number| self.context.name(py, number));
                PyList::new(py, names.collect::<Result<Vec<_>, _>>()?)?.into_any()
            }
            PayloadValue::Singletons(singletons) => {
                let singletons = singletons.into_iter().map(|singleton| self.singleton(singleton, id));
                PyList::new(py, singletons.collect::<Result<Vec<_>, _>>()?)?.into_any()
            }
        }))
    }

    fn child(
        &self,
        field: Field,
        optional: bool,
        id: NodeId,
        children: &mut [ChildObject<'py>],
    ) -> Result<Option<Bound<'py, PyAny>>, DecodeError> {
        match children.iter_mut().rev().find(|child| child.field == field) {
            Some(child) => Ok(child.node.take()),
            None if optional => Ok(None),
            None => Err(Damage::new("required child is missing", id).into()),
        }
    }

    fn list(
        &mut self,
        fields: ListFields,
        children: &mut [ChildObject<'py>],
    ) -> Result<Option<Bound<'py, PyAny>>, DecodeError> {
        let length = children.iter().filter(|child| fields.contains(child.field)).count();
        let nodes = children.iter_mut().rev().filter(|child| fields.contains(child.field));
        let nodes = nodes.filter_map(|child| child.node.take());
        Ok(Some(objects::list(self.py, length, nodes, self.untracked)?))
    }

    fn sparse_list(
        &mut self,
        list: SparseList,
        children: &mut [ChildObject<'py>],
    ) -> Result<Option<Bound<'py, PyAny>>, DecodeError> {
        let mut entries = list.entries();
        for child in children.iter_mut().rev() {
            entries.add(child.field, child);
        }
        let (entries, none) = (entries.finish(), self.py.None().into_bound(self.py));
        let length = entries.len();
        let nodes = entries.into_iter().map(|entry| entry.and_then(|child| child.node.take()));
        let nodes = nodes.map(|node| node.unwrap_or_else(|| none.clone()));
        Ok(Some(objects::list(self.py, length, nodes, self.untracked)?))
    }

    fn singleton(&self, singleton: Singleton, at: NodeId) -> Result<Bound<'py, PyAny>, Damage> {
        let damage = || Damage::new("unknown operator or context", at).found(u32::from(singleton.code));
        Ok(self.interpreter.singleton(singleton).ok_or_else(damage)?.bind(self.py).clone())
    }

    fn constant(&self, constant: Constant<'_>, at: NodeId) -> Result<Bound<'py, PyAny>, DecodeError> {
        let py = self.py;
        // A ValueError means that the text is not one of a literal, so that the archive is damaged. Other errors, such
        // as a lack of memory, are passed on.
        let damage_if_invalid = |value: PyResult<Bound<'py, PyAny>>, what| match value {
            Err(error) if error.is_instance_of::<PyValueError>(py) => {
                Err(DecodeError::from(Damage::new(what, at)))
            }
            value => Ok(value?),
        };
        Ok(match constant {
            Constant::None => py.None().into_bound(py),
            Constant::Bool(value) => PyBool::new(py, value).to_owned().into_any(),
            Constant::Ellipsis => PyEllipsis::get(py).to_owned().into_any(),
            Constant::Str(wtf8) => damage_if_invalid(objects::string(py, wtf8), "text is not WTF-8")?,
            Constant::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
            Constant::Int(value) => value.into_bound_py_any(py)?,
            Constant::BigInt(literal) => {
                damage_if_invalid(objects::big_int(py, literal), "integer is not a literal")?
            }
            Constant::Float(value) => PyFloat::new(py, value).into_any(),
            Constant::Imaginary(value) => PyComplex::from_doubles(py, 0.0, value).into_any(),
        })
    }

    fn line_number(&mut self, line: u32) -> PyResult<Bound<'py, PyAny>> {
        match &self.last_line {
            Some((last, object)) if *last == line => Ok(object.clone().into_any()),
            _ => {
                let object = line.into_pyobject(self.py)?;
                self.last_line = Some((line, object.clone()));
                Ok(object.into_any())
            }
        }
    }
}
