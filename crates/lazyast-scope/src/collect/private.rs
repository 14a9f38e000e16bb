//! Private names, which begin with two underscores and are mangled inside of classes.

use lazyast_format::Damage;

use super::collector::Collector;
use super::frame::PrivateNames;
use crate::names::mangled;

impl Collector<'_, '_> {
    /// The number that a name has in a place.
    pub(super) fn name_in(&mut self, private: PrivateNames, name: u32) -> Result<u32, Damage> {
        let class = match private {
            PrivateNames::Kept => return Ok(name),
            _ if !self.names.may_be_private(self.tree, name)? => return Ok(name),
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
