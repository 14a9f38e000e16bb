//! Which children a node may have, as a table by kind and field.

use std::sync::OnceLock;

use crate::generated::tables::{Field, Kind};
use crate::shape::Role;

/// Most fields of a kind that are made of children.
pub(super) const MAX_SLOTS: usize = 8;

/// A field of a kind that is made of children.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    /// Its place among the kind's fields of that sort.
    pub(super) place: usize,
    /// The class of the children.
    pub(super) class: &'static str,
    /// How many children there are at least.
    pub(super) least: u32,
    /// How many there are at most.
    pub(super) most: u32,
    /// The first Python with the field.
    pub(super) since: u8,
    /// The field.
    pub(super) field: Field,
}

/// The slots of every kind.
pub(super) struct Legal {
    by_field: Vec<Option<Slot>>,
    by_kind: Vec<Vec<Slot>>,
}

impl Legal {
    pub(super) fn get() -> &'static Self {
        static LEGAL: OnceLock<Legal> = OnceLock::new();
        LEGAL.get_or_init(Self::new)
    }

    fn new() -> Self {
        let mut by_field = vec![None; Kind::ALL.len() * Field::ALL.len()];
        let mut by_kind = Vec::new();
        for kind in Kind::ALL {
            let slots = slots(*kind);
            for slot in &slots {
                by_field[*kind as usize * Field::ALL.len() + slot.field as usize] = Some(*slot);
            }
            by_kind.push(slots);
        }
        Self { by_field, by_kind }
    }

    /// The slot of a child with `field`.
    pub(super) fn slot(&self, parent: Kind, field: Field) -> Option<Slot> {
        self.by_field[parent as usize * Field::ALL.len() + field as usize]
    }

    /// All slots of a kind.
    pub(super) fn slots(&self, parent: Kind) -> &[Slot] {
        &self.by_kind[parent as usize]
    }
}

fn slots(kind: Kind) -> Vec<Slot> {
    let mut slots = Vec::new();
    let mut add = |field, class, least, most, since| {
        let place = slots.len();
        slots.push(Slot { place, class, least, most, since, field });
    };
    for spec in kind.fields() {
        let Some(field) = spec.field else { continue };
        let (least, most) = match spec.role {
            Role::Child => (u32::from(!spec.optional), 1),
            _ => (0, u32::MAX),
        };
        add(field, spec.class, least, most, spec.since);
        if spec.role == Role::Values {
            // What only early releases of 3.12 see does not make a source need 3.12.
            add(Field::Values312, spec.class, 0, u32::MAX, spec.since);
        }
    }
    debug_assert!(slots.len() <= MAX_SLOTS, "{kind:?} has {} fields of children", slots.len());
    slots
}
