//! Finding, reading and compiling rule files.

use std::fs;
use std::path::{Path, PathBuf, absolute};

use lazyast::rules::{RuleError, RuleFile, RuleLibrary, RuleSelection, RuleSet};

use super::arguments::ChosenRules;

/// The extensions of rule files in directories.
const EXTENSIONS: [&str; 4] = ["toml", "yaml", "yml", "json"];
/// The configuration files, in the order in which they count.
const CONFIGURATION_FILES: [&str; 2] = ["lazyast.toml", "pyproject.toml"];
/// How many files of one kind may name others, one after the other.
const MAX_FILES: usize = 10_000;

/// The selected rules of the command line and of configuration files, and what is wrong with these.
pub(crate) struct CompiledRules {
    pub(crate) rules: RuleSet,
    pub(crate) errors: Vec<RuleError>,
    /// The files and directories that were read, and the configuration files that there might be: where any of them
    /// changes, the rules may be others.
    pub(crate) files: Vec<PathBuf>,
}

impl CompiledRules {
    /// Hints for rules that are valid and perhaps not what was meant.
    pub(crate) fn hints(&self) -> Vec<String> {
        let of_rules = self.rules.rules().iter().flat_map(|rule| {
            let hints = rule.query().hints().into_iter();
            hints.map(|hint| format!("rule {}: {hint}", rule.id()))
        });
        of_rules.collect()
    }
}

/// Rules that are not compiled yet.
struct LoadedRules {
    library: RuleLibrary,
    selection: RuleSelection,
    errors: Vec<RuleError>,
    files: Vec<PathBuf>,
    /// The directory that paths of files are relative to.
    here: PathBuf,
    /// The directory that paths of rules are relative to: that of the configuration file, or `here`.
    base: PathBuf,
}

impl ChosenRules {
    /// Reads and compiles the rules for a directory, whose path is absolute. Rules that are wrong are left out, and the errors
    /// say why.
    pub(crate) fn compile(&self, here: &Path) -> CompiledRules {
        let LoadedRules { library, selection, mut errors, files, .. } = self.load(here);
        let (rules, compile_errors) = lazyast::select_rules(&library, &selection);
        errors.extend(compile_errors);
        CompiledRules { rules, errors, files }
    }

    fn load(&self, here: &Path) -> LoadedRules {
        let select = (!self.select.is_empty()).then(|| self.select.clone());
        let is_own_alone = !self.rules.is_empty() && self.select.is_empty() && self.extend_select.is_empty();
        let selection =
            RuleSelection { select, extend_select: self.extend_select.clone(), ignore: self.ignore.clone() };
        let mut loaded = LoadedRules {
            library: RuleLibrary::default(),
            selection,
            errors: Vec::new(),
            files: Vec::new(),
            here: here.to_owned(),
            base: here.to_owned(),
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

    /// The configuration file for the directory: the nearest one that says something about rules.
    fn configuration_file(&mut self) -> Option<PathBuf> {
        let here = self.here.clone();
        for directory in here.ancestors() {
            for name in CONFIGURATION_FILES {
                let path = directory.join(name);
                self.files.push(path.clone());
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
            let full = self.here.join(&path);
            let full = absolute(&full).unwrap_or(full);
            if read.contains(&full) {
                continue;
            }
            if read.len() >= MAX_FILES {
                return self.error(&path, format!("more than {MAX_FILES} rule files"));
            }
            read.push(full.clone());
            self.files.push(full.clone());
            if full.is_dir() {
                match names_in(&full) {
                    Ok(names) => files.extend(names.into_iter().rev().map(|name| path.join(name))),
                    Err(error) => self.error(&path, error),
                }
                continue;
            }
            let text = match fs::read_to_string(&full) {
                Ok(text) => text,
                Err(error) => {
                    self.error(&path, error);
                    continue;
                }
            };
            let name = path.display().to_string();
            match self.library.add_file(&RuleFile { name: &name, directory: &self.base, text: &text }) {
                Ok(others) => {
                    let base = path.parent().unwrap_or(Path::new(""));
                    files.extend(others.iter().rev().map(|other| base.join(other)));
                }
                Err(error) => self.errors.push(error),
            }
        }
    }
}

/// The names of rule files and of directories in a directory, sorted. Hidden ones are passed over.
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
