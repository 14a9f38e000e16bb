//! Identifiers.

use lazyast_format::encoding::Payload;
use ruff_python_ast::Identifier;
use ruff_text_size::TextRange;

use super::lowering::Lowering;

impl Lowering<'_> {
    /// The number of a name.
    pub(super) fn name(&mut self, name: &str) -> u32 {
        self.builder.name(name)
    }

    /// The number of an identifier. `range` is exactly that of its text.
    #[inline]
    pub(super) fn name_at(&mut self, range: TextRange, name: &str) -> u32 {
        // An identifier that is not ASCII is normalised, and may differ from the text.
        match self.builder.name_in(self.text, range.start().to_u32(), range.end().to_u32()) {
            Some(number) => number,
            None => self.name(name),
        }
    }

    /// The number of an identifier.
    pub(super) fn identifier(&mut self, identifier: &Identifier) -> u32 {
        self.name_at(identifier.range, &identifier.id)
    }

    /// The number of an optional identifier.
    pub(super) fn optional_name(&mut self, name: Option<&Identifier>) -> Option<u32> {
        name.map(|name| self.identifier(name))
    }

    /// The payload of a list of identifiers.
    pub(super) fn name_list<'n>(&mut self, names: impl Iterator<Item = &'n Identifier>) -> Payload {
        let names: Vec<u32> = names.map(|name| self.identifier(name)).collect();
        Payload::Names(self.builder.list(&names))
    }
}
