//! [`Workspace`]: the directories that are open in the editor, and their settings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::arguments::LspArguments;
use super::settings::{DirectorySettings, SettingsProblem};

/// The directories that are open in the editor.
pub(super) struct Workspace {
    arguments: LspArguments,
    directories: Vec<PathBuf>,
    /// The settings that were read, by their directories.
    settings: BTreeMap<PathBuf, Rc<DirectorySettings>>,
}

impl Workspace {
    pub(super) fn new(arguments: LspArguments, directories: Vec<PathBuf>) -> Self {
        Self { arguments, directories, settings: BTreeMap::new() }
    }

    /// Adds and removes directories.
    pub(super) fn change(&mut self, added: Vec<PathBuf>, removed: &[PathBuf]) {
        self.directories.retain(|directory| !removed.contains(directory));
        self.directories.extend(added);
        self.settings.clear();
    }

    /// Forgets settings whose files have changed. Returns whether there are any.
    pub(super) fn forget_changed(&mut self) -> bool {
        let before = self.settings.len();
        self.settings.retain(|_, settings| settings.is_current());
        self.settings.len() < before
    }

    /// The settings for a file; `None` if it is in none of the directories. Without any directory, each file has the
    /// settings of its own. `problem` gets what is wrong with settings that are read now.
    pub(super) fn settings_of(
        &mut self,
        path: &Path,
        problem: impl FnMut(&SettingsProblem),
    ) -> Option<Rc<DirectorySettings>> {
        let root = match &self.directories[..] {
            [] => path.parent()?,
            directories => {
                let around = directories.iter().filter(|directory| path.starts_with(directory));
                around.max_by_key(|directory| directory.as_os_str().len())?.as_path()
            }
        };
        if let Some(settings) = self.settings.get(root) {
            return Some(Rc::clone(settings));
        }
        let settings = Rc::new(DirectorySettings::load(root, &self.arguments));
        settings.problems.iter().for_each(problem);
        self.settings.insert(root.to_owned(), Rc::clone(&settings));
        Some(settings)
    }

    /// The path that a document without a file counts as: one in the first directory.
    pub(super) fn path_of_unsaved(&self) -> PathBuf {
        let directory = self.directories.first().cloned();
        let directory = directory.or_else(|| std::env::current_dir().ok()).unwrap_or_default();
        directory.join(UNSAVED)
    }
}

/// The name that a document without a file counts as.
const UNSAVED: &str = "untitled.py";
