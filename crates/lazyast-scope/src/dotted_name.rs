//! [`DottedName`]: the parts of a name such as `os.path.join`.

use lazyast_format::{Damage, Tree};

/// A dotted name such as `os.path.join`, by its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DottedName(Vec<String>);

impl DottedName {
    /// A name by its text.
    pub fn new(text: &str) -> Self {
        Self(text.split('.').map(str::to_owned).collect())
    }

    /// The parts between the dots.
    pub fn parts(&self) -> &[String] {
        &self.0
    }

    /// The parts that are left before some attributes, whose numbers are given, the last first. `None` if the name does not
    /// end with these attributes, or if no part is left.
    pub(crate) fn without_attributes(
        &self,
        tree: &Tree<'_>,
        attributes: &[u32],
    ) -> Result<Option<&[String]>, Damage> {
        let Some(count) = self.0.len().checked_sub(attributes.len()).filter(|count| *count > 0) else {
            return Ok(None);
        };
        let (rest, last) = self.0.split_at(count);
        for (attribute, part) in attributes.iter().rev().zip(last) {
            if tree.name(*attribute)? != part {
                return Ok(None);
            }
        }
        Ok(Some(rest))
    }
}
