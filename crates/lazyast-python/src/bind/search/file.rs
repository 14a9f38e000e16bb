//! A file with matches, or the tree that `Query.find` was given.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicIsize;
use std::sync::{Mutex, OnceLock};

use lazyast::format::read::{ParentTable, TargetPython};
use lazyast::format::{Damage, Tree};
use lazyast::query::Hit;
use lazyast::{ArchiveBytes, OwnedTree};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::errors::{CorruptArchive, UnreadableFile};

/// A file with matches. The Python objects in it are created when they are first needed.
pub(crate) struct MatchedFile {
    opened: OwnedTree,
    pub(super) hits: Vec<Hit>,
    pub(super) module_id: Option<ModuleId>,
    path: OnceLock<Py<PyAny>>,
    pub(super) module: OnceLock<Py<PyAny>>,
    pub(super) root: OnceLock<Py<PyAny>>,
    text: OnceLock<String>,
    parents: OnceLock<ParentTable>,
    /// How far the element of a changed list that was found last stands from where it stood.
    pub(super) shift: AtomicIsize,
    /// The nodes that were created before their parents. They are the same objects for as long as the result lives.
    pub(super) detached: Mutex<Vec<Py<PyAny>>>,
}

/// A module of a project.
pub(crate) struct ModuleId {
    pub(crate) path: PathBuf,
    /// The index in the Python `Project`.
    pub(crate) index: usize,
}

impl MatchedFile {
    /// The hits in a module of a project. Without a text, it is that of the module's file.
    pub(crate) fn in_project(
        archive: ArchiveBytes,
        module: ModuleId,
        text: Option<String>,
        hits: Vec<Hit>,
    ) -> PyResult<Self> {
        let mut file = Self::open(archive, Some(module), hits)?;
        file.text = text.map(OnceLock::from).unwrap_or_default();
        Ok(file)
    }

    /// The hits in a single tree, with its source if that is known.
    pub(super) fn in_tree(
        archive: ArchiveBytes,
        root: Py<PyAny>,
        text: Option<String>,
        hits: Vec<Hit>,
    ) -> PyResult<Self> {
        let mut file = Self::open(archive, None, hits)?;
        file.root = OnceLock::from(root);
        file.text = text.map(OnceLock::from).unwrap_or_default();
        Ok(file)
    }

    fn open(archive: ArchiveBytes, module_id: Option<ModuleId>, hits: Vec<Hit>) -> PyResult<Self> {
        let opened = OwnedTree::open(archive).map_err(|error| CorruptArchive::new_err(error.to_string()))?;
        let (path, module, root, text) = Default::default();
        let (parents, shift, detached) = Default::default();
        Ok(Self { opened, hits, module_id, path, module, root, text, parents, shift, detached })
    }

    pub(crate) fn tree(&self) -> &Tree<'_> {
        self.opened.tree()
    }

    /// The parents of all nodes in the running Python's tree.
    pub(super) fn parents(&self, target: TargetPython) -> Result<&ParentTable, Damage> {
        if self.parents.get().is_none() {
            let _ = self.parents.set(ParentTable::of(self.tree(), target)?);
        }
        Ok(self.parents.get().expect("it was set above"))
    }

    /// The text that positions refer to: the decoded source, as it was when it was parsed.
    pub(crate) fn text(&self) -> PyResult<&str> {
        if let Some(text) = self.text.get() {
            return Ok(text);
        }
        let Some(ModuleId { path, .. }) = &self.module_id else {
            let message = "the source is not known: give it, as in query.find(tree, source)";
            return Err(PyValueError::new_err(message));
        };
        let text = self
            .read_text(path)
            .map_err(|reason| UnreadableFile::new_err(format!("{}: {reason}", path.display())))?;
        Ok(self.text.get_or_init(|| text))
    }

    /// The bytes of the file, as they were when it was searched.
    pub(super) fn read_source(&self, path: &Path) -> Result<Vec<u8>, String> {
        let mut source = Vec::new();
        lazyast::read_source(path, &mut source).map_err(|error| error.to_string())?;
        if lazyast::store::source_key(&source) != self.tree().header().source_hash {
            return Err("changed since it was searched".to_owned());
        }
        Ok(source)
    }

    fn read_text(&self, path: &Path) -> Result<String, String> {
        lazyast::text(&self.read_source(path)?).map(Cow::into_owned).map_err(|reason| reason.to_string())
    }

    /// The path as text; `None` for a single tree.
    pub(crate) fn lossy_path(&self) -> Option<Cow<'_, str>> {
        self.module_id.as_ref().map(|module| module.path.to_string_lossy())
    }

    /// The path as a `pathlib.Path`; `None` for a single tree.
    pub(super) fn path(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let Some(ModuleId { path, .. }) = &self.module_id else { return Ok(py.None()) };
        if self.path.get().is_none() {
            let _ = self.path.set(path.into_pyobject(py)?.unbind());
        }
        Ok(self.path.get().map_or_else(|| py.None(), |path| path.clone_ref(py)))
    }
}
