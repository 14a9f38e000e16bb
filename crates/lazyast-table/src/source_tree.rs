//! [`SourceTree`]: a source of which rows are made.

use lazyast_format::Tree;

/// What tells a source from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceLabel<'s> {
    /// The path, for the column `file`.
    Path(&'s str),
    /// A number, for the column `source`: see [`TableSpec::of_sources`](crate::TableSpec::of_sources).
    Number(i32),
}

/// A source of which rows are made.
#[derive(Clone, Copy, Debug)]
pub struct SourceTree<'s> {
    /// The path or the number.
    pub label: SourceLabel<'s>,
    /// The tree.
    pub tree: &'s Tree<'s>,
    /// The text that the tree's positions count in. `None` if it is not available; it is used only where
    /// [`TableSpec::reads_text`](crate::TableSpec::reads_text).
    pub text: Option<&'s str>,
    /// The name under which the source is imported, if it is known.
    pub module: Option<ModuleName<'s>>,
}

/// The absolute name of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleName<'s> {
    /// The dotted name, such as `package.module`.
    pub name: &'s str,
    /// Whether the source is the `__init__` of a package, from which relative imports start.
    pub is_package: bool,
}

impl<'s> ModuleName<'s> {
    /// The package from which an import with `level` dots starts; `None` if it is above the topmost package.
    pub fn package(self, level: u32) -> Option<&'s str> {
        let steps = level.checked_sub(u32::from(self.is_package))?;
        let mut package = self.name;
        for _ in 0..steps {
            package = package.rsplit_once('.')?.0;
        }
        Some(package)
    }
}

#[cfg(test)]
mod tests {
    use super::ModuleName;

    #[test]
    fn each_dot_leaves_one_package() {
        let module = ModuleName { name: "a.b.c", is_package: false };
        assert_eq!([1, 2, 3].map(|level| module.package(level)), [Some("a.b"), Some("a"), None]);
        let package = ModuleName { name: "a.b", is_package: true };
        assert_eq!([1, 2, 3].map(|level| package.package(level)), [Some("a.b"), Some("a"), None]);
    }
}
