//! The numbers of names: those of the tree, and further ones for names that the source does not spell out, such as
//! mangled ones.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use lazyast_format::{Damage, Tree};

/// How private names begin.
const PRIVATE: &str = "__";

/// Gives names numbers.
#[derive(Debug, Default)]
pub(crate) struct NameTable<'a> {
    /// The number of names of the tree.
    count: u32,
    /// Names that the tree does not have.
    added: Vec<String>,
    /// All names, from when a name is looked up by its text for the first time.
    numbers: Option<HashMap<&'a str, u32, FixedState>>,
    numbers_of_added: HashMap<String, u32, FixedState>,
    /// Which names of the tree begin like private ones, as far as it was asked: most names occur many times.
    may_be_private: Vec<Option<bool>>,
}

impl<'a> NameTable<'a> {
    pub(crate) fn new(tree: &Tree<'a>) -> Self {
        Self { count: tree.name_count(), ..Self::default() }
    }

    /// The number of a text.
    pub(crate) fn number(&mut self, tree: &Tree<'a>, text: &str) -> Result<u32, Damage> {
        let numbers = match &mut self.numbers {
            Some(numbers) => numbers,
            none => {
                let names = (0..self.count).map(|number| Ok((tree.name(number)?, number)));
                none.insert(names.collect::<Result<_, Damage>>()?)
            }
        };
        if let Some(number) = numbers.get(text).or_else(|| self.numbers_of_added.get(text)) {
            return Ok(*number);
        }
        let number = self.count + self.added.len() as u32;
        self.added.push(text.to_owned());
        self.numbers_of_added.insert(text.to_owned(), number);
        Ok(number)
    }

    /// A name by number.
    pub(crate) fn text<'s>(&'s self, tree: &Tree<'s>, number: u32) -> Result<&'s str, Damage> {
        match number.checked_sub(self.count).and_then(|index| self.added.get(index as usize)) {
            Some(added) => Ok(added),
            None => tree.name(number),
        }
    }

    /// Whether a name begins with two underscores.
    pub(crate) fn may_be_private(&mut self, tree: &Tree<'_>, number: u32) -> Result<bool, Damage> {
        if number >= self.count {
            return Ok(self.text(tree, number)?.starts_with(PRIVATE));
        }
        if self.may_be_private.is_empty() {
            self.may_be_private.resize(self.count as usize, None);
        }
        let known = &mut self.may_be_private[number as usize];
        Ok(match known {
            Some(known) => *known,
            None => *known.insert(tree.name(number)?.starts_with(PRIVATE)),
        })
    }

    /// The names that the tree does not have. The first has the number after the last of the tree's.
    pub(crate) fn into_added(self) -> Vec<String> {
        self.added
    }
}

/// The name that a private name has in a class: `__x` becomes `_Class__x`. `None` if it stays as it is.
pub(crate) fn mangled(class: &str, name: &str) -> Option<String> {
    if !name.starts_with(PRIVATE) || name.ends_with("__") || name.contains('.') {
        return None;
    }
    let class = class.trim_start_matches('_');
    (!class.is_empty()).then(|| format!("_{class}{name}"))
}

#[cfg(test)]
mod tests {
    use super::mangled;

    #[test]
    fn private_names_are_mangled() {
        for (class, name, expected) in [
            ("C", "__x", Some("_C__x")),
            ("__C", "__x", Some("_C__x")),
            ("C", "__x_", Some("_C__x_")),
            ("__", "__x", None),
            ("C", "__x__", None),
            ("C", "_x", None),
            ("C", "__a.b", None),
        ] {
            assert_eq!(mangled(class, name).as_deref(), expected, "{class} {name}");
        }
    }
}
