//! Private names, which begin with two underscores and are mangled inside of classes.

use lazyast_format::Damage;

use super::collector::Collector;
use crate::names::mangled;
use crate::scope::ScopeId;

/// How private names are mangled. Classes are given by the number of their name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PrivateNames {
    /// Outside of classes: not at all.
    Kept,
    /// Inside of a class: all of them.
    OfClass(u32),
    /// Beside the type parameters of a class, in this scope: only those that are type parameters.
    OfTypeParameters(u32, ScopeId),
}

impl Collector<'_, '_> {
    /// The number that a name has in a place.
    pub(super) fn name_in(&mut self, private: PrivateNames, name: u32) -> Result<u32, Damage> {
        let class = match private {
            PrivateNames::Kept => return Ok(name),
            PrivateNames::OfClass(class) => class,
            PrivateNames::OfTypeParameters(class, scope) => {
                if !self.private_type_parameters.contains(&(scope, name)) {
                    return Ok(name);
                }
                class
            }
        };
        match mangled(self.tree.name(class)?, self.names.text(self.tree, name)?) {
            Some(mangled) => self.names.number(self.tree, &mangled),
            None => Ok(name),
        }
    }
}
