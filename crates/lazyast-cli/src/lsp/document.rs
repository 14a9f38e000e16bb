//! [`Document`]: a document that is open in the editor.

use std::path::{Path, PathBuf};

use lazyast::FileType;

use super::positions::PositionUnit;
use super::protocol::{ContentChange, TextDocumentItem};
use super::settings::{CheckedText, DirectorySettings};
use super::uri::{is_unsaved, path_of};

/// The identifier of Python among the languages of documents.
const PYTHON: &str = "python";

/// A document that is open in the editor.
pub(super) struct Document {
    pub(super) uri: String,
    /// The path of its file; `None` if it has never been saved.
    pub(super) path: Option<PathBuf>,
    pub(super) version: i32,
    text: String,
    /// Whether it has to be checked again.
    pub(super) is_stale: bool,
    /// What was found in this version; `None` before the check, and if it cannot be parsed.
    pub(super) checked: Option<CheckedText>,
    /// Whether the settings select its file, once this was asked.
    is_selected: Option<bool>,
    /// What was told about the last check: why there is no result, or why it is not complete.
    pub(super) told: Vec<String>,
}

impl Document {
    /// An opened document; `None` if it is not one of Python.
    pub(super) fn new(item: TextDocumentItem) -> Option<Self> {
        let path = path_of(&item.uri);
        let is_source =
            |path: &PathBuf| matches!(FileType::of_path(path), Some(FileType::Source | FileType::Stub));
        let is_python = item.language_id == PYTHON || path.as_ref().is_some_and(is_source);
        if !is_python || path.is_none() && !is_unsaved(&item.uri) {
            return None;
        }
        Some(Self {
            uri: item.uri,
            path,
            version: item.version,
            text: item.text,
            is_stale: true,
            checked: None,
            is_selected: None,
            told: Vec::new(),
        })
    }

    /// Takes changes, each of which refers to the text that the former ones have left.
    pub(super) fn change(&mut self, version: i32, changes: Vec<ContentChange>, unit: PositionUnit) {
        for change in changes {
            match change.range {
                None => self.text = change.text,
                Some(range) => {
                    let start = unit.offset(&self.text, range.start);
                    let end = unit.offset(&self.text, range.end).max(start);
                    self.text.replace_range(start..end, &change.text);
                }
            }
        }
        self.version = version;
        self.is_stale = true;
        self.checked = None;
    }

    /// Forgets what depends on settings.
    pub(super) fn forget_settings(&mut self) {
        self.is_stale = true;
        self.is_selected = None;
    }

    /// Checks the text that the file with a path has, or will have. Without a result there was nothing to check; an error
    /// says why it cannot be checked.
    pub(super) fn check(&mut self, settings: &DirectorySettings, path: &Path) -> Result<(), String> {
        self.is_stale = false;
        self.checked = None;
        let has_file = self.path.is_some();
        if !*self.is_selected.get_or_insert_with(|| !has_file || settings.selects(path)) {
            return Ok(());
        }
        self.checked = Some(settings.check(path, &self.text)?);
        Ok(())
    }

    /// The line end that comes first in the text.
    pub(super) fn line_end(&self) -> &'static str {
        let first = self.text.find(['\n', '\r']).map(|index| &self.text[index..]);
        match first {
            Some(rest) if rest.starts_with("\r\n") => "\r\n",
            Some(rest) if rest.starts_with('\r') => "\r",
            _ => "\n",
        }
    }
}
