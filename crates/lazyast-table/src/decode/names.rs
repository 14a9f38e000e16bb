//! Names of nodes: numbers in the archive, codes in a batch.

use lazyast_format::encoding::{Payload, PayloadLayout};
use lazyast_format::{Damage, Kind, Tree};

use crate::column::{Dictionary, NULL};
use crate::error::TableError;

/// The number of the identifier that a node carries: its `name`, `id`, `attr`, `arg`, `module` or `rest`.
#[inline]
pub(crate) fn own_name(tree: &Tree<'_>, kind: Kind, bits: u32) -> Result<Option<u32>, Damage> {
    let layout = kind.payload_layout();
    Ok(match Payload::decode(layout, bits) {
        Payload::Alias(alias) => Some(tree.alias(alias)?.0),
        Payload::ImportFrom(import) => tree.import_from(import)?.module,
        payload if layout != PayloadLayout::None => payload.name(),
        _ => None,
    })
}

/// The codes that the names of one archive have in a column, each of which is found when it is first used.
#[derive(Default)]
pub(crate) struct NameCodes(Vec<i32>);

/// The code of a name that was not used yet.
const UNKNOWN: i32 = -2;

impl NameCodes {
    pub(crate) fn load(&mut self, tree: &Tree<'_>) {
        self.0.clear();
        self.0.resize(tree.name_count() as usize, UNKNOWN);
    }

    /// The code of a name by its number.
    #[inline]
    pub(crate) fn code(
        &mut self,
        tree: &Tree<'_>,
        number: Option<u32>,
        dictionary: &mut Dictionary,
    ) -> Result<i32, TableError> {
        let Some(number) = number else { return Ok(NULL) };
        match self.0.get(number as usize) {
            Some(code) if *code != UNKNOWN => Ok(*code),
            _ => self.find(tree, number, dictionary),
        }
    }

    #[cold]
    fn find(&mut self, tree: &Tree<'_>, number: u32, dictionary: &mut Dictionary) -> Result<i32, TableError> {
        let code = dictionary.code(tree.name(number)?)?;
        if let Some(known) = self.0.get_mut(number as usize) {
            *known = code;
        }
        Ok(code)
    }
}
