//! [`TargetPython`]: the Python that a tree is read for.

/// The last release of 3.12 that puts empty constants into format specifications.
const LAST_MICRO_WITH_EMPTY_CONSTANTS: u8 = 1;

/// The version of Python for which a tree is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetPython {
    /// The minor version: 11 in 3.11.
    pub minor: u8,
    /// Whether format specifications have the empty constants of early releases of 3.12.
    pub empty_constants: bool,
}

impl TargetPython {
    /// A version of Python 3. The oldest supported version is 3.11.
    pub fn new(minor: u8, micro: u8) -> Self {
        Self { minor, empty_constants: minor == 12 && micro <= LAST_MICRO_WITH_EMPTY_CONSTANTS }
    }
}
