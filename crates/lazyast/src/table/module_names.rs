//! The names under which files are imported, as far as the files of a project tell.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use lazyast_table::ModuleName;

/// The directories that are packages, because they have an `__init__`.
#[derive(Debug, Default)]
pub(crate) struct Packages(HashSet<PathBuf>);

const INIT: &str = "__init__";

impl Packages {
    pub(crate) fn of<'p>(files: impl Iterator<Item = &'p Path>) -> Self {
        let inits = files.filter(|path| path.file_stem().is_some_and(|stem| stem == INIT));
        Self(inits.filter_map(Path::parent).map(Path::to_owned).collect())
    }

    /// The absolute name of a file's module, and whether it is a package. Directories around the topmost package are not
    /// a part of it.
    pub(crate) fn module_name(&self, path: &Path) -> Option<(String, bool)> {
        let stem = path.file_stem()?.to_str()?;
        let is_package = stem == INIT;
        let mut parts = Vec::new();
        if !is_package {
            parts.push(stem);
        }
        let mut directory = path.parent();
        while let Some(package) = directory.filter(|directory| self.0.contains(*directory)) {
            let Some(name) = package.file_name().and_then(|name| name.to_str()) else { break };
            parts.push(name);
            directory = package.parent();
        }
        parts.reverse();
        (!parts.is_empty()).then(|| (parts.join("."), is_package))
    }
}

/// The name as `lazyast-table` takes it.
pub(crate) fn as_module_name(name: &(String, bool)) -> ModuleName<'_> {
    ModuleName { name: &name.0, is_package: name.1 }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Packages;

    #[test]
    fn names_start_at_the_topmost_package() {
        let files = ["src/a/__init__.py", "src/a/b/__init__.pyi", "src/a/b/c.py", "src/d.py"];
        let packages = Packages::of(files.iter().map(Path::new));
        let names = files.map(|file| packages.module_name(Path::new(file)));
        let expected = [("a", true), ("a.b", true), ("a.b.c", false), ("d", false)];
        assert_eq!(names, expected.map(|(name, is_package)| Some((name.to_owned(), is_package))));
    }
}
