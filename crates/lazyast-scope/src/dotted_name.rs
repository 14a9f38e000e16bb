//! [`DottedName`]: the parts of a name such as `os.path.join`.

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
}
