//! What stands below a node: in the fields of nodes that were touched, and in the columns of those that
//! were not. Changes that users make are in the fields, so they are respected.

use lazyast::format::generated::tables::{Kind, SingletonClass};
use lazyast::format::{KindScanner, NodeId};
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use crate::nodes::context::Origin;
use crate::runtime::dict_layout::Held;
use crate::runtime::interpreter::Interpreter;

/// A set of kinds, to look for among nodes that were not touched.
#[derive(Clone)]
pub(crate) struct Kinds(KindScanner);

/// Where one in so many nodes is looked for, everything around is made at once.
const DENSE: usize = 8;

impl Kinds {
    /// The kinds for which `wanted` is true.
    pub(crate) fn new(wanted: impl Fn(Kind) -> bool) -> Self {
        Self(KindScanner::new(Kind::ALL.iter().copied().filter(|kind| wanted(*kind)).collect()))
    }

    /// Whether a kind is in the set.
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.0.kinds().contains(kind)
    }

    /// Which way to the wanted nodes below an untouched node is best.
    pub(crate) fn below(&self, origin: &Origin, id: NodeId) -> Below {
        let tree = origin.tree();
        let end = tree.subtree_end(id) as usize;
        let kinds = tree.kinds().get(id as usize + 1..end).unwrap_or_default();
        let Some(first) = self.0.first(kinds) else { return Below::Nothing };
        let found = self.0.count(&kinds[first..]);
        if found * DENSE >= kinds.len() { Below::Many } else { Below::Some }
    }
}

/// What there is below an untouched node.
pub(crate) enum Below {
    /// Nothing that is wanted.
    Nothing,
    /// Something: decode level by level, only where it is.
    Some,
    /// So much that everything is best decoded at once.
    Many,
}

/// The classes of operators and contexts that nodes of a kind have in their fields.
pub(crate) fn singletons_of(kind: Kind) -> impl Iterator<Item = SingletonClass> {
    kind.fields().iter().filter_map(|spec| spec.singletons)
}

/// The fields that `ast.iter_fields` would go through.
pub(crate) enum Fields<'py> {
    /// Those of a class of `ast`, whose values can be had by place.
    Known(&'static crate::runtime::class::Class),
    /// Any other class: what the node's `_fields` says.
    Named(Vec<Bound<'py, PyString>>),
}

impl<'py> Fields<'py> {
    /// The fields of a node that is no shell.
    pub(crate) fn of(interpreter: &'static Interpreter, node: &Bound<'py, PyAny>) -> PyResult<Self> {
        let class = node.get_type();
        match (interpreter.class_of(&class), interpreter.known(&class)) {
            (Some(class), _) => Ok(Self::Known(class)),
            (None, Some(_)) => Ok(Self::Named(Vec::new())),
            (None, None) => {
                let names = node.getattr("_fields")?.try_iter()?;
                names.map(|name| Ok(name?.cast_into::<PyString>()?)).collect::<PyResult<_>>().map(Self::Named)
            }
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Known(class) => class.names.len(),
            Self::Named(names) => names.len(),
        }
    }

    /// A field's value, if it is there and of a type that nodes stand in.
    pub(crate) fn value(
        &self,
        interpreter: &Interpreter,
        node: &Bound<'py, PyAny>,
        place: usize,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = node.py();
        let name = match self {
            Self::Known(class) => match class.template(py)?.held(interpreter.dict_offset, node, place) {
                Held::Atom => return Ok(None),
                Held::Value(value) => return Ok(Some(value)),
                Held::Elsewhere => class.names[place].bind(py),
            },
            Self::Named(names) => &names[place],
        };
        match node.getattr(name) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_instance_of::<PyAttributeError>(py) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Gives each child of a touched node, in the order of `ast.iter_child_nodes`.
pub(crate) fn for_each_child<'py>(
    interpreter: &'static Interpreter,
    node: &Bound<'py, PyAny>,
    mut child: impl FnMut(Bound<'py, PyAny>),
) -> PyResult<()> {
    let fields = Fields::of(interpreter, node)?;
    for place in 0..fields.len() {
        let Some(value) = fields.value(interpreter, node, place)? else { continue };
        if let Ok(list) = value.cast_exact::<PyList>() {
            for item in list {
                if interpreter.is_node(&item) {
                    child(item);
                }
            }
        } else if interpreter.is_node(&value) {
            child(value);
        } else if value.is_instance_of::<PyList>() {
            for item in value.try_iter()? {
                let item = item?;
                if interpreter.is_node(&item) {
                    child(item);
                }
            }
        }
    }
    Ok(())
}
