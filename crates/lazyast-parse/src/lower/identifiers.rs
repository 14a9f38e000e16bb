//! Identifiers.

use lazyast_format::encoding::Payload;
use ruff_python_ast::Identifier;

use super::lowering::Lowering;

impl Lowering<'_> {
    /// The number of an identifier.
    pub(super) fn name(&mut self, name: &str) -> u32 {
        self.builder.name(name)
    }

    /// The number of an optional identifier.
    pub(super) fn optional_name(&mut self, name: Option<&Identifier>) -> Option<u32> {
        name.map(|name| self.name(&name.id))
    }

    /// The payload of a list of identifiers.
    pub(super) fn name_list<'n>(&mut self, names: impl Iterator<Item = &'n Identifier>) -> Payload {
        let names: Vec<u32> = names.map(|name| self.name(&name.id)).collect();
        Payload::Names(self.builder.list(&names))
    }
}
