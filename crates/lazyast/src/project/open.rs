//! A codebase's modules.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use lazyast_format::Tree;
use lazyast_parse::PARSER_VERSION;
use lazyast_store::{ArchiveLocation, ProjectState, SourceState};

use super::discover::{self, FileError};
use super::warm::{self, Failure, FailureReason, Held, Report, Run, WarmOptions};
use crate::archive::{ArchiveBytes, OwnedTree};
use crate::cache::Cache;

/// All Python sources under some paths, each with its archive or the reason why it has none.
#[derive(Debug)]
pub struct Project {
    cache: Cache,
    paths: Vec<PathBuf>,
    modules: Vec<Module>,
    failures: Vec<Failure>,
    report: Report,
    freshness: ProjectState,
}

/// One source of a project.
#[derive(Clone, Debug)]
pub struct Module {
    path: PathBuf,
    minimum_python: u8,
    held: Held,
    /// The archive, once it was checked.
    opened: Arc<OnceLock<OwnedTree>>,
    cache: Cache,
}

impl Module {
    /// The path, as it was found.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The minor version of the oldest Python that has the source's syntax.
    pub fn minimum_python(&self) -> u8 {
        self.minimum_python
    }

    /// The archive.
    ///
    /// Opening a project only finds archives; here one is checked to the last bit of its checksum. One that is
    /// damaged is made anew from the file, if that is still what it was.
    pub fn archive(&self) -> Result<ArchiveBytes, FailureReason> {
        Ok(self.opened()?.bytes().clone())
    }

    /// The tree. The archive is checked when it is first asked for.
    pub fn tree(&self) -> Result<&Tree<'_>, FailureReason> {
        Ok(self.opened()?.tree())
    }

    /// Where the archive was found, if it was not made just now.
    pub(crate) fn located(&self) -> Option<&ArchiveLocation> {
        match &self.held {
            Held::ArchiveLocation(located, _) => Some(located),
            Held::Bytes(_) => None,
        }
    }

    fn opened(&self) -> Result<&OwnedTree, FailureReason> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        let opened = OwnedTree::open(self.open()?).map_err(FailureReason::Damaged)?;
        Ok(self.opened.get_or_init(|| opened))
    }

    fn open(&self) -> Result<ArchiveBytes, FailureReason> {
        let (located, key) = match &self.held {
            Held::Bytes(bytes) => return Ok(bytes.clone()),
            Held::ArchiveLocation(located, key) => (located, key),
        };
        let whole = located.open(PARSER_VERSION).map(ArchiveBytes::in_pack).or_else(|| self.cache.get(key));
        if let Some(bytes) = whole {
            return Ok(bytes);
        }
        let mut source = Vec::new();
        discover::read_file(&self.path, &mut source).map_err(FailureReason::File)?;
        if lazyast_store::source_key(&source) != *key {
            return Err(FailureReason::File(FileError::Changing));
        }
        self.cache.archive(&source).map_err(FailureReason::Unsupported)
    }
}

impl Project {
    /// Finds the sources under the paths, puts what is new into the cache, and finds the archives of all.
    pub fn open(cache: &Cache, paths: &[PathBuf], options: WarmOptions) -> Self {
        let Run { report, outcomes, errors, freshness } = warm::run(cache, paths, options, &|_| {}, true);
        let mut modules = Vec::with_capacity(outcomes.len());
        let mut failures: Vec<Failure> = Vec::new();
        for outcome in outcomes {
            let path = outcome.path;
            match outcome.result {
                Err(reason) => failures.push(Failure { path, reason }),
                Ok(done) => modules.extend(done.archive.map(|held| Module {
                    path,
                    minimum_python: done.minimum_python,
                    held,
                    opened: Arc::default(),
                    cache: cache.clone(),
                })),
            }
        }
        let unseen = errors.into_iter();
        failures.extend(unseen.map(|(path, error)| Failure { path, reason: FailureReason::File(error) }));
        failures.sort_by(|one, other| one.path.cmp(&other.path));
        Self { cache: cache.clone(), paths: paths.to_vec(), modules, failures, report, freshness }
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// The modules, in the order of their paths.
    pub fn modules(&self) -> &[Module] {
        &self.modules
    }

    /// The sources without an archive.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// The sources without an archive, and what opening did.
    pub(crate) fn into_failures(self) -> (Vec<Failure>, Report) {
        (self.failures, self.report)
    }

    /// What opening did: how many were parsed, how many found.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// What a caller noted about a source that the parser refuses, as long as that does not change.
    pub fn note(&self, path: &Path, caller: u32) -> Option<bool> {
        let place = self.freshness.files.binary_search_by(|file| file.path.as_path().cmp(path)).ok()?;
        match &self.freshness.files[place].source {
            SourceState::Unsupported { verdicts: notes, .. } => {
                notes.iter().find(|(of, _)| *of == caller).map(|(_, note)| *note)
            }
            SourceState::Archive { .. } => None,
        }
    }

    /// Notes something about sources that the parser refuses, for the next time that the same paths are opened.
    pub fn set_notes(&mut self, caller: u32, notes: &[(PathBuf, bool)]) {
        for (path, note) in notes {
            let place = self.freshness.files.binary_search_by(|file| file.path.cmp(path));
            if let Ok(place) = place
                && let SourceState::Unsupported { verdicts: notes, .. } =
                    &mut self.freshness.files[place].source
            {
                notes.retain(|(of, _)| *of != caller);
                notes.push((caller, *note));
            }
        }
        if let Some(store) = self.cache.store() {
            // What cannot be kept is found out again.
            let _ = self.freshness.save(store.directory().version(), &self.paths);
        }
    }
}
