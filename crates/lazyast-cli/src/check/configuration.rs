//! Finding and reading rule files.

use std::fs;
use std::path::{Path, PathBuf, absolute};

use lazyast::rules::{RuleError, RuleFile, RuleLibrary, RuleSelection};

use super::arguments::RuleArguments;

/// The extensions of rule files in directories.
const EXTENSIONS: [&str; 4] = ["toml", "yaml", "yml", "json"];
/// The configuration files, in the order in which they count.
const CONFIGURATION_FILES: [&str; 2] = ["lazyast.toml", "pyproject.toml"];
/// How many files of one kind may name others, one after the other.
const MAX_FILES: usize = 10_000;

/// The rules of the command line and of configuration files, and what is wrong with these.
pub(super) struct LoadedRules {
    pub(super) library: RuleLibrary,
    pub(super) selection: RuleSelection,
    pub(super) errors: Vec<RuleError>,
    /// The directory that paths of rules are relative to: that of the configuration file, or the current one.
    base: PathBuf,
}

impl RuleArguments {
    /// Reads the rules.
    pub(super) fn load(&self) -> LoadedRules {
        let select = (!self.select.is_empty()).then(|| self.select.clone());
        let is_own_alone = !self.rules.is_empty() && self.select.is_empty() && self.extend_select.is_empty();
        let selection =
            RuleSelection { select, extend_select: self.extend_select.clone(), ignore: self.ignore.clone() };
        let mut loaded = LoadedRules {
            library: RuleLibrary::default(),
            selection,
            errors: Vec::new(),
            base: absolute(".").unwrap_or_default(),
        };
        if !is_own_alone {
            match RuleLibrary::built_in() {
                Ok(library) => loaded.library = library,
                Err(error) => loaded.errors.push(error),
            }
        }
        let mut files: Vec<PathBuf> = self.rules.clone();
        if files.is_empty() {
            files.extend(loaded.configuration_file());
        }
        loaded.read_all(files);
        loaded
    }
}

impl LoadedRules {
    fn error(&mut self, path: &Path, message: impl ToString) {
        let file = path.display().to_string();
        self.errors.push(RuleError { file, message: message.to_string(), ..RuleError::default() });
    }

    /// The configuration file for the current directory: the nearest one that says something about rules.
    fn configuration_file(&mut self) -> Option<PathBuf> {
        let here = self.base.clone();
        for directory in here.ancestors() {
            for name in CONFIGURATION_FILES {
                let path = directory.join(name);
                let is_about_rules = |text: &String| {
                    // The others are read in full, so that errors in them are reported.
                    name != "pyproject.toml" || text.contains("tool.lazyast.rules")
                };
                if fs::read_to_string(&path).is_ok_and(|text| is_about_rules(&text)) {
                    self.base = directory.to_owned();
                    return Some(if directory == here { PathBuf::from(name) } else { path });
                }
            }
        }
        None
    }

    /// Reads files, the files in directories, and the files that these name.
    fn read_all(&mut self, mut files: Vec<PathBuf>) {
        let mut read: Vec<PathBuf> = Vec::new();
        files.reverse();
        while let Some(path) = files.pop() {
            let full = absolute(&path).unwrap_or_else(|_| path.clone());
            if read.contains(&full) {
                continue;
            }
            if read.len() >= MAX_FILES {
                return self.error(&path, format!("more than {MAX_FILES} rule files"));
            }
            if path.is_dir() {
                match files_of(&path) {
                    Ok(found) => files.extend(found.into_iter().rev()),
                    Err(error) => self.error(&path, error),
                }
                read.push(full);
                continue;
            }
            read.push(full);
            let text = match fs::read_to_string(&path) {
                Ok(text) => text,
                Err(error) => {
                    self.error(&path, error);
                    continue;
                }
            };
            let name = path.display().to_string();
            let directory = self.base.clone();
            match self.library.add_file(&RuleFile { name: &name, directory: &directory, text: &text }) {
                Ok(others) => {
                    let base = path.parent().unwrap_or(Path::new(""));
                    files.extend(others.iter().rev().map(|other| base.join(other)));
                }
                Err(error) => self.errors.push(error),
            }
        }
    }
}

/// The rule files and the directories in a directory, by name. Hidden ones are passed over.
fn files_of(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if !is_hidden && (path.is_dir() || EXTENSIONS.contains(&extension)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
