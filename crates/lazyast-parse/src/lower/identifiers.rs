//! Identifiers.

use ruff_python_ast::Identifier;

use super::lowering::Lowering;

impl Lowering<'_> {
    /// The number of an identifier.
    pub(super) fn name(&mut self, name: &str) -> u32 {
        self.builder.name(name)
    }

    /// The number of an optional identifier plus one, or 0.
    pub(super) fn optional_name(&mut self, name: Option<&Identifier>) -> u32 {
        name.map_or(0, |name| self.name(&name.id) + 1)
    }

    /// The index of a counted list of identifiers in the extras.
    pub(super) fn names<'n>(&mut self, names: impl ExactSizeIterator<Item = &'n Identifier>) -> u32 {
        let mut record = vec![names.len() as u32];
        for name in names {
            record.push(self.name(&name.id));
        }
        self.builder.extra(&record)
    }
}
