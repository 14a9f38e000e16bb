//! [`FieldChildren`]: which children of a node make the value of a field. Every decoder follows these rules.

use super::target_python::TargetPython;
use crate::schema::{Field, FieldSpec, Role};

/// How the value of a field is made of children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldChildren {
    /// The one child in a field, or `None` if there is none.
    One(Field),
    /// A list of all children in some fields.
    List(ListFields),
    /// A list in which entries may be `None`.
    Sparse(SparseList),
}

impl FieldChildren {
    /// The rule of a field, or `None` if its value is not made of children.
    pub fn of(spec: &FieldSpec, python: TargetPython) -> Option<Self> {
        let field = spec.field?;
        Some(match spec.role {
            Role::Child => Self::One(field),
            Role::Values => {
                let also = python.empty_constants.then_some(Field::Values312);
                Self::List(ListFields { field, also })
            }
            Role::Keys => Self::Sparse(SparseList { field, owners: Field::Values, side: Side::BeforeOwner }),
            Role::KwDefaults => {
                Self::Sparse(SparseList { field, owners: Field::Kwonlyargs, side: Side::AfterOwner })
            }
            _ => Self::List(ListFields { field, also: None }),
        })
    }
}

/// The fields whose children are the elements of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListFields {
    field: Field,
    also: Option<Field>,
}

impl ListFields {
    /// Whether a child in a field is an element.
    #[inline]
    pub fn contains(self, field: Field) -> bool {
        field == self.field || Some(field) == self.also
    }
}

/// A list with one entry for each child in another field, the owner of the entry. The entry is the child that
/// stands directly beside its owner, or `None`.
///
/// `Dict.keys` has an entry for each value, and `arguments.kw_defaults` one for each keyword-only parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SparseList {
    field: Field,
    owners: Field,
    side: Side,
}

/// The side of its owner on which an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    BeforeOwner,
    AfterOwner,
}

impl SparseList {
    /// The list of a node, to which all children of the node are then added.
    pub fn entries<T>(self) -> SparseEntries<T> {
        SparseEntries { list: self, entries: Vec::new(), pending: None }
    }
}

/// The entries of a [`SparseList`] so far.
#[derive(Debug)]
pub struct SparseEntries<T> {
    list: SparseList,
    entries: Vec<Option<T>>,
    /// The entry of the next owner.
    pending: Option<T>,
}

impl<T> SparseEntries<T> {
    /// Adds a child of the node. Children come in source order; those in other fields do not count.
    pub fn add(&mut self, field: Field, child: T) {
        if field == self.list.owners {
            self.entries.push(self.pending.take());
        } else if field == self.list.field {
            match self.list.side {
                Side::BeforeOwner => self.pending = Some(child),
                Side::AfterOwner => {
                    if let Some(last) = self.entries.last_mut() {
                        *last = Some(child);
                    }
                }
            }
        }
    }

    /// The finished list.
    pub fn finish(self) -> Vec<Option<T>> {
        self.entries
    }
}
