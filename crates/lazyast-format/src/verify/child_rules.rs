//! [`ChildRules`]: which children a node may have, by kind and field.

use std::sync::OnceLock;

use crate::schema::{Field, Kind, Role};

/// The largest number of fields of a kind that are made of children.
pub(super) const MAX_CHILD_FIELDS: usize = 8;

/// A field of a kind that is made of children.
#[derive(Clone, Copy)]
pub(super) struct ChildField {
    /// The index of the field among these fields of the kind.
    pub(super) index: usize,
    /// The abstract class of the children.
    pub(super) class: &'static str,
    /// The smallest number of children.
    pub(super) min: u32,
    /// The largest number of children.
    pub(super) max: u32,
    /// The first Python with the field.
    pub(super) since: u8,
    /// The field.
    pub(super) field: Field,
}

/// The fields of every kind that are made of children.
pub(super) struct ChildRules {
    by_field: Vec<Option<ChildField>>,
    by_kind: Vec<Vec<ChildField>>,
}

impl ChildRules {
    pub(super) fn get() -> &'static Self {
        static RULES: OnceLock<ChildRules> = OnceLock::new();
        RULES.get_or_init(Self::new)
    }

    fn new() -> Self {
        let mut by_field = vec![None; Kind::ALL.len() * Field::ALL.len()];
        let mut by_kind = Vec::new();
        for kind in Kind::ALL {
            let fields = child_fields(*kind);
            for child_field in &fields {
                by_field[index(*kind, child_field.field)] = Some(*child_field);
            }
            by_kind.push(fields);
        }
        Self { by_field, by_kind }
    }

    /// A field of a kind, or `None` if the kind has no children in it.
    pub(super) fn field(&self, kind: Kind, field: Field) -> Option<ChildField> {
        self.by_field[index(kind, field)]
    }

    /// All fields of a kind that are made of children.
    pub(super) fn fields(&self, kind: Kind) -> &[ChildField] {
        &self.by_kind[kind as usize]
    }
}

fn index(kind: Kind, field: Field) -> usize {
    kind as usize * Field::ALL.len() + field as usize
}

fn child_fields(kind: Kind) -> Vec<ChildField> {
    let mut fields = Vec::new();
    let mut add = |field, class, min, max, since| {
        let index = fields.len();
        fields.push(ChildField { index, class, min, max, since, field });
    };
    for spec in kind.fields() {
        let Some(field) = spec.field else { continue };
        let (min, max) = match spec.role {
            Role::Child => (u32::from(!spec.optional), 1),
            _ => (0, u32::MAX),
        };
        add(field, spec.class, min, max, spec.since);
        if spec.role == Role::Values {
            // Constants that only early releases of 3.12 have do not raise the minimum Python.
            add(Field::Values312, spec.class, 0, u32::MAX, spec.since);
        }
    }
    debug_assert!(fields.len() <= MAX_CHILD_FIELDS, "{kind:?} has {} fields of children", fields.len());
    fields
}
