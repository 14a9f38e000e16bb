//! [`RuleChoice`]: which rules are checked, and reading the files that have them.

use std::fs;
use std::path::{Path, PathBuf, absolute};

use lazyast_rules::{RuleError, RuleFile, RuleLibrary, RuleSelection, RuleSet};

use crate::compile::select_rules;

/// The extensions of rule files in directories.
const EXTENSIONS: [&str; 4] = ["toml", "yaml", "yml", "json"];
/// The configuration files, in the order in which they count.
const CONFIGURATION_FILES: [&str; 2] = ["lazyast.toml", "pyproject.toml"];
/// How many files of one kind may name others, one after the other.
const MAX_FILES: usize = 10_000;

/// Which rules are checked.
#[derive(Clone, Debug, Default)]
pub struct RuleChoice {
    /// Files with rules, and directories with such files. Only their rules are checked, unless the selection names others.
    pub files: Vec<PathBuf>,
    /// Whether the nearest configuration file that says something about rules is read if there are no `files`.
    pub reads_configuration: bool,
    /// The rules among those of the files and those that come with lazyast.
    pub selection: RuleSelection,
}

/// The text of a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFileText {
    /// The path, as it is printed.
    pub name: String,
    /// The directory that paths of rules are relative to.
    pub directory: PathBuf,
    /// The content.
    pub text: String,
}

/// The rules of files, as they were read.
#[derive(Clone, Debug, Default)]
pub struct LoadedRules {
    /// The files with rules.
    pub texts: Vec<RuleFileText>,
    /// Whether the rules that come with lazyast are among those that can be selected.
    pub has_built_in: bool,
    /// The rules that are selected.
    pub selection: RuleSelection,
    /// The files and directories that were read, and the configuration files that there might be: where any of them
    /// changes, the rules may be others.
    pub files: Vec<PathBuf>,
    /// What cannot be read.
    pub errors: Vec<RuleError>,
    library: RuleLibrary,
}

impl RuleChoice {
    /// Reads the rules. Relative paths are relative to the directory `here`, whose path is absolute.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// let (rules, errors) = lazyast::RuleChoice::default().load(Path::new("/")).compile();
    /// assert!(errors.is_empty() && rules.rules().iter().any(|rule| rule.id() == "bare-except"));
    /// ```
    pub fn load(&self, here: &Path) -> LoadedRules {
        let Self { files, reads_configuration, selection } = self;
        let names_rules = selection.select.is_some() || !selection.extend_select.is_empty();
        let has_built_in = files.is_empty() || names_rules;
        let mut loaded = LoadedRules::new(has_built_in, selection.clone());
        let mut files = files.clone();
        let mut base = here;
        if files.is_empty()
            && *reads_configuration
            && let Some((directory, path)) = loaded.configuration_file(here)
        {
            base = directory;
            files.push(path);
        }
        loaded.read_all(files, here, base);
        loaded
    }
}

#[expect(clippy::disallowed_methods, reason = "rule files are read here, and nowhere else in this crate")]
impl LoadedRules {
    /// Rules of files that were read before.
    pub fn of_texts(texts: Vec<RuleFileText>, has_built_in: bool, selection: RuleSelection) -> Self {
        let mut loaded = Self::new(has_built_in, selection);
        for text in texts {
            loaded.add(text);
        }
        loaded
    }

    /// Compiles the selected rules. Those that are wrong are left out, and the errors say why.
    pub fn compile(&self) -> (RuleSet, Vec<RuleError>) {
        let (rules, errors) = select_rules(&self.library, &self.selection);
        (rules, self.errors.iter().cloned().chain(errors).collect())
    }

    fn new(has_built_in: bool, selection: RuleSelection) -> Self {
        let mut loaded = Self { has_built_in, selection, ..Self::default() };
        if has_built_in {
            match RuleLibrary::built_in() {
                Ok(library) => loaded.library = library,
                Err(error) => loaded.errors.push(error),
            }
        }
        loaded
    }

    fn add_error(&mut self, path: &Path, message: impl ToString) {
        let file = path.display().to_string();
        self.errors.push(RuleError { file, message: message.to_string(), ..RuleError::default() });
    }

    /// Adds the rules of a file. Gives the paths of further files that it names.
    fn add(&mut self, file: RuleFileText) -> Vec<String> {
        let RuleFileText { name, directory, text } = &file;
        let added = self.library.add_file(&RuleFile { name, directory, text });
        self.texts.push(file);
        added.unwrap_or_else(|error| {
            self.errors.push(error);
            Vec::new()
        })
    }

    /// The configuration file for a directory: the nearest one that says something about rules, and its directory.
    fn configuration_file<'h>(&mut self, here: &'h Path) -> Option<(&'h Path, PathBuf)> {
        for directory in here.ancestors() {
            for name in CONFIGURATION_FILES {
                let path = directory.join(name);
                self.files.push(path.clone());
                let is_about_rules = |text: &String| {
                    // The others are read in full, so that errors in them are reported.
                    name != "pyproject.toml" || text.contains("tool.lazyast.rules")
                };
                if fs::read_to_string(&path).is_ok_and(|text| is_about_rules(&text)) {
                    return Some((directory, if directory == here { PathBuf::from(name) } else { path }));
                }
            }
        }
        None
    }

    /// Reads files, the files in directories, and the files that these name. Paths of rules are relative to `base`.
    fn read_all(&mut self, mut files: Vec<PathBuf>, here: &Path, base: &Path) {
        let mut read: Vec<PathBuf> = Vec::new();
        files.reverse();
        while let Some(path) = files.pop() {
            let full = here.join(&path);
            let full = absolute(&full).unwrap_or(full);
            if read.contains(&full) {
                continue;
            }
            if read.len() >= MAX_FILES {
                return self.add_error(&path, format!("more than {MAX_FILES} rule files"));
            }
            read.push(full.clone());
            self.files.push(full.clone());
            if full.is_dir() {
                match names_in(&full) {
                    Ok(names) => files.extend(names.into_iter().rev().map(|name| path.join(name))),
                    Err(error) => self.add_error(&path, error),
                }
                continue;
            }
            let text = match fs::read_to_string(&full) {
                Ok(text) => text,
                Err(error) => {
                    self.add_error(&path, error);
                    continue;
                }
            };
            let name = path.display().to_string();
            let others = self.add(RuleFileText { name, directory: base.to_owned(), text });
            let parent = path.parent().unwrap_or(Path::new(""));
            files.extend(others.iter().rev().map(|other| parent.join(other)));
        }
    }
}

/// The names of rule files and of directories in a directory, sorted. Hidden ones are passed over.
#[expect(clippy::disallowed_methods, reason = "rule files are found here, and nowhere else in this crate")]
fn names_in(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let Some(name) = path.file_name().map(PathBuf::from) else { continue };
        let is_hidden = name.as_os_str().as_encoded_bytes().starts_with(b".");
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if !is_hidden && (path.is_dir() || EXTENSIONS.contains(&extension)) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
