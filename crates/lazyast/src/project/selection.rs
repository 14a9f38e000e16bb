//! [`FileSelection`]: which files below the paths are sources.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::overrides::{Override, OverrideBuilder};
use lazyast_store::Configuration;

use super::shard::Shard;

/// A type of source files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileType {
    /// `*.py`
    Source,
    /// `*.pyi`: stubs, which declare what other files define.
    Stub,
    /// `*.ipynb`: notebooks, whose code cells are sources.
    Notebook,
}

impl FileType {
    /// All types.
    pub const ALL: [Self; 3] = [Self::Source, Self::Stub, Self::Notebook];

    /// The types that are selected if none is named.
    const DEFAULT: [Self; 2] = [Self::Source, Self::Stub];

    /// The extension of the files, without the dot. It is the name of the type for users.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Source => "py",
            Self::Stub => "pyi",
            Self::Notebook => "ipynb",
        }
    }

    /// The type of a file, by the extension of its name.
    pub fn of_path(path: &Path) -> Option<Self> {
        path.extension().and_then(OsStr::to_str).and_then(Self::of_extension)
    }

    /// The type with an extension.
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.extension() == extension)
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Which files below the paths of a project are sources.
///
/// By default these are the files named `*.py` and `*.pyi`, except those that are hidden, those that ignore files exclude
/// as they do for git, and those in directories that other programs fill, such as `node_modules`. Stubs are sources
/// because a search that leaves out files of Python code without being told to is worse than one with declarations
/// among its hits. Notebooks have to be named as a type: they are large for the little code in them, and their lines are
/// those of cells.
///
/// A path that is given to a project is always taken, whatever its name: only what is below a directory is selected.
#[derive(Clone, Debug, Default)]
pub struct FileSelection {
    hidden: bool,
    no_ignore: bool,
    /// A set of bits of [`FileType::bit`]; none stands for the default types.
    types: u8,
    /// Patterns of the command line, and the directories that they are relative to.
    globs: Vec<(PathBuf, Vec<String>)>,
    matchers: Option<Arc<Matchers>>,
    shard: Option<Shard>,
}

/// Compiled patterns.
#[derive(Debug)]
struct Matchers {
    globs: Override,
    excluded: Vec<(PathBuf, Gitignore)>,
}

/// A pattern of file names that is not valid.
#[derive(Debug)]
pub struct InvalidGlob(ignore::Error);

impl fmt::Display for InvalidGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for InvalidGlob {}

/// Directories that are passed over, because other programs fill them. A directory with one of these names that is a
/// package, with an `__init__.py`, is an ordinary directory.
const PASSED_OVER: [&str; 9] = [
    "__pycache__",
    "__pypackages__",
    "_build",
    "build",
    "buck-out",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
];

/// Hidden directories that are passed over even where hidden files are selected.
const HIDDEN_PASSED_OVER: [&str; 14] = [
    ".bzr",
    ".direnv",
    ".eggs",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
];

/// The directory of a repository, which no option selects.
const REPOSITORY: &str = ".git";

impl FileSelection {
    /// The default selection.
    pub const fn new() -> Self {
        Self { hidden: false, no_ignore: false, types: 0, globs: Vec::new(), matchers: None, shard: None }
    }

    /// Selects hidden files and directories, too.
    #[must_use]
    pub fn with_hidden(mut self, hidden: bool) -> Self {
        self.hidden = hidden;
        self
    }

    /// Selects files that ignore files exclude, too, and those in directories that are passed over otherwise.
    #[must_use]
    pub fn without_ignore_files(mut self, no_ignore: bool) -> Self {
        self.no_ignore = no_ignore;
        self
    }

    /// Selects only files of these types. Without any, sources and stubs are selected.
    #[must_use]
    pub fn with_types(mut self, types: &[FileType]) -> Self {
        self.types = types.iter().fold(0, |set, kind| set | kind.bit());
        self
    }

    /// Adds patterns of file names, with the meaning of ripgrep's `--glob`, relative to a directory.
    ///
    /// The syntax is that of `.gitignore`. If there is a pattern without `!`, only files that match one are selected; a
    /// pattern with `!` excludes. The last pattern that matches decides, and it decides before ignore files.
    pub fn with_globs(self, directory: &Path, globs: &[String]) -> Result<Self, InvalidGlob> {
        let mut builder = OverrideBuilder::new(directory);
        for glob in globs {
            builder.add(glob).map_err(InvalidGlob)?;
        }
        let globs_of_all = builder.build().map_err(InvalidGlob)?;
        let excluded = self.matchers.as_ref().map(|matchers| matchers.excluded.clone()).unwrap_or_default();
        Ok(self.with_matchers(directory, globs, Matchers { globs: globs_of_all, excluded }))
    }

    /// Adds patterns of files and directories that are excluded, in the syntax of `.gitignore`, relative to a directory.
    pub fn with_excluded(self, directory: &Path, patterns: &[String]) -> Result<Self, InvalidGlob> {
        let mut builder = GitignoreBuilder::new(directory);
        for pattern in patterns {
            builder.add_line(None, pattern).map_err(InvalidGlob)?;
        }
        let matcher = builder.build().map_err(InvalidGlob)?;
        let (globs, mut excluded) = match &self.matchers {
            Some(matchers) => (matchers.globs.clone(), matchers.excluded.clone()),
            None => (Override::empty(), Vec::new()),
        };
        excluded.push((directory.to_owned(), matcher));
        Ok(self.with_matchers(directory, patterns, Matchers { globs, excluded }))
    }

    fn with_matchers(mut self, directory: &Path, patterns: &[String], matchers: Matchers) -> Self {
        self.globs.push((directory.to_owned(), patterns.to_vec()));
        self.matchers = Some(Arc::new(matchers));
        self
    }

    /// Selects only one of the shards that the files are divided into. A path that is given to a project is no exception.
    #[must_use]
    pub fn with_shard(mut self, shard: Option<Shard>) -> Self {
        self.shard = shard;
        self
    }

    /// The selected shard, and the first of some paths that is not below its root.
    pub(crate) fn outside_of_shard<'p>(&self, paths: &'p [PathBuf]) -> Option<(&Shard, &'p Path)> {
        let shard = self.shard.as_ref()?;
        Some((shard, shard.first_outside(paths)?))
    }

    /// Whether a file is in the selected shard.
    pub(crate) fn is_in_shard(&self, path: &Path) -> bool {
        self.shard.as_ref().is_none_or(|shard| shard.has(path))
    }

    /// Adds what a configuration file says. Types that are selected already stay.
    pub fn with_configuration(mut self, configuration: &Configuration) -> Result<Self, InvalidGlob> {
        self.hidden |= configuration.hidden;
        self.no_ignore |= configuration.no_ignore;
        if self.types == 0 {
            let types: Vec<_> =
                configuration.types.iter().filter_map(|name| FileType::of_extension(name)).collect();
            self = self.with_types(&types);
        }
        if configuration.exclude.is_empty() {
            return Ok(self);
        }
        self.with_excluded(&configuration.directory, &configuration.exclude)
    }

    /// Whether a file would be selected by its name and the patterns, if it were found in a directory.
    ///
    /// For lists of files that come from another program. Ignore files and directories above do not count.
    pub fn selects(&self, path: &Path) -> bool {
        let Some(name) = path.file_name() else { return false };
        let is_left_out = self.matchers.as_ref().is_some_and(|matchers| {
            matchers.globs.matched(path, false).is_ignore() || matchers.excludes_below(path)
        });
        self.is_source(name) && !is_left_out
    }

    /// Whether a file would be selected if it were found in the directories of its path. Ignore files do not count.
    pub fn selects_found(&self, path: &Path) -> bool {
        let is_hidden = |path: &Path| {
            let name = path.file_name().unwrap_or_default();
            !self.hidden && name.as_encoded_bytes().starts_with(b".")
        };
        let directories = path.ancestors().skip(1).filter(|directory| directory.file_name().is_some());
        let is_reached = |directory: &Path| !is_hidden(directory) && self.enters(directory);
        self.selects(path) && !is_hidden(path) && { directories }.all(is_reached)
    }

    /// Whether a file of this name is a source.
    pub(crate) fn is_source(&self, name: &OsStr) -> bool {
        FileType::of_path(Path::new(name)).is_some_and(|kind| match self.types {
            0 => FileType::DEFAULT.contains(&kind),
            types => types & kind.bit() != 0,
        })
    }

    /// Whether a walk enters a directory that it has found.
    pub(crate) fn enters(&self, path: &Path) -> bool {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if name == REPOSITORY {
            return false;
        }
        let is_passed_over = HIDDEN_PASSED_OVER.contains(&name)
            || PASSED_OVER.contains(&name) && !path.join(PACKAGE_FILE).is_file();
        (self.no_ignore || !is_passed_over) && !self.excludes(path, true)
    }

    /// Whether a walk takes a file that it has found.
    pub(crate) fn takes(&self, path: &Path) -> bool {
        path.file_name().is_some_and(|name| self.is_source(name)) && !self.excludes(path, false)
    }

    fn excludes(&self, path: &Path, is_directory: bool) -> bool {
        self.matchers.as_ref().is_some_and(|matchers| matchers.excludes(path, is_directory))
    }

    /// The options of a walk.
    pub(crate) fn configure(&self, walk: &mut ignore::WalkBuilder) {
        walk.standard_filters(!self.no_ignore).hidden(!self.hidden);
        if let Some(matchers) = &self.matchers {
            walk.overrides(matchers.globs.clone());
        }
    }

    /// A text that is equal for equal selections, and empty for the default.
    pub(crate) fn identity(&self) -> String {
        let mut identity = String::new();
        if self.hidden || self.no_ignore || self.types != 0 || !self.globs.is_empty() {
            identity = format!("{} {} {} {:?}", self.hidden, self.no_ignore, self.types, self.globs);
        }
        if let Some(shard) = &self.shard {
            identity.push_str(&format!(" {shard:?}"));
        }
        identity
    }
}

impl Matchers {
    fn excludes(&self, path: &Path, is_directory: bool) -> bool {
        self.excluded.iter().any(|(directory, patterns)| {
            let relative = below(path, directory);
            relative.is_some_and(|relative| patterns.matched(relative, is_directory).is_ignore())
        })
    }

    /// Whether patterns exclude a file, or a directory that it is in.
    fn excludes_below(&self, path: &Path) -> bool {
        self.excluded.iter().any(|(directory, patterns)| {
            let relative = below(path, directory);
            relative.is_some_and(|relative| patterns.matched_path_or_any_parents(relative, false).is_ignore())
        })
    }
}

/// The path relative to a directory, or `None` if it is elsewhere.
fn below(path: &Path, directory: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    absolute.strip_prefix(std::path::absolute(directory).ok()?).map(Path::to_owned).ok()
}

/// The file that makes a directory a package.
const PACKAGE_FILE: &str = "__init__.py";

/// In a directory, the files that decide whether its subdirectories are passed over.
pub(crate) fn deciding_files(directory: &Path) -> impl Iterator<Item = PathBuf> {
    let subdirectories = PASSED_OVER.iter().map(|name| directory.join(name));
    subdirectories.filter(|path| path.is_dir()).map(|path| path.join(PACKAGE_FILE))
}
