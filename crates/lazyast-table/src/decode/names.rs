//! Names of nodes: numbers in the archive, codes in a batch.

use std::sync::LazyLock;

use lazyast_format::encoding::{NameBits, Payload, PayloadLayout};
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

/// By the code of a kind: where its payload has the name, and whether the name can be in the extras.
pub(crate) static NAME_BITS: LazyLock<[(NameBits, bool); 256]> = LazyLock::new(|| {
    std::array::from_fn(|code| {
        let layout = Kind::ALL.get(code).map_or(PayloadLayout::None, |kind| kind.payload_layout());
        (NameBits::of(layout), matches!(layout, PayloadLayout::Alias | PayloadLayout::ImportFrom))
    })
});

/// The texts of an archive's names by number.
#[derive(Clone, Copy)]
pub(crate) struct NameTexts<'d> {
    tree: &'d Tree<'d>,
    /// All of them, or none where few are needed.
    all: &'d [&'d str],
}

impl<'d> NameTexts<'d> {
    pub(crate) fn new(tree: &'d Tree<'d>, all: &'d [&'d str]) -> Self {
        Self { tree, all }
    }

    fn count(self) -> usize {
        self.tree.name_count() as usize
    }

    pub(crate) fn get(self, number: u32) -> Result<&'d str, Damage> {
        self.all.get(number as usize).map_or_else(|| self.tree.name(number), |name| Ok(*name))
    }
}

/// The codes that the names of one archive have in a column, each of which is found when it is first used.
#[derive(Default)]
pub(crate) struct NameCodes {
    /// By the number of a name plus 1; that of no name is the first.
    codes: Vec<i32>,
}

/// The code of a name that was not used yet.
const UNKNOWN: i32 = -2;

impl NameCodes {
    /// Begins with the names of another archive.
    pub(crate) fn load(&mut self, names: NameTexts<'_>) {
        self.codes.clear();
        self.codes.push(NULL);
        self.codes.resize(names.count() + 1, UNKNOWN);
    }

    /// The code of a name by its number.
    #[inline]
    pub(crate) fn code(
        &mut self,
        names: NameTexts<'_>,
        number: Option<u32>,
        dictionary: &mut Dictionary,
    ) -> Result<i32, TableError> {
        self.code_at(names, number.map_or(0, |number| number.saturating_add(1)), dictionary)
    }

    /// The code of a name by its number plus 1; 0 stands for no name.
    #[inline]
    pub(crate) fn code_at(
        &mut self,
        names: NameTexts<'_>,
        number_plus_1: u32,
        dictionary: &mut Dictionary,
    ) -> Result<i32, TableError> {
        match self.codes.get(number_plus_1 as usize) {
            Some(code) if *code != UNKNOWN => Ok(*code),
            _ => self.find(names, number_plus_1, dictionary),
        }
    }

    #[cold]
    fn find(
        &mut self,
        names: NameTexts<'_>,
        number_plus_1: u32,
        dictionary: &mut Dictionary,
    ) -> Result<i32, TableError> {
        let number = number_plus_1.wrapping_sub(1);
        let code = dictionary.code(names.get(number)?)?;
        if let Some(known) = self.codes.get_mut(number_plus_1 as usize) {
            *known = code;
        }
        Ok(code)
    }
}
