//! [`DumpOptions`]: how a tree is printed.

use lazyast_format::read::TargetPython;

/// The oldest and the newest minor version whose `ast.dump` is known.
pub const VERSIONS: std::ops::RangeInclusive<u8> = 11..=15;

/// How a tree is printed: the parameters of `ast.dump`, and the Python version.
#[derive(Clone, Debug)]
pub struct DumpOptions {
    /// The Python version whose tree and whose `ast.dump` are printed.
    pub target: TargetPython,
    /// Whether positions are printed.
    pub include_attributes: bool,
    /// Spaces per level; `None` prints the tree on one line.
    pub indent: Option<usize>,
    /// Whether fields that are `None`, `[]` or, from Python 3.15 on, `Load()` are printed too. Before Python 3.13
    /// this has no effect.
    pub show_empty: bool,
}
