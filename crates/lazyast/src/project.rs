//! A codebase's modules.

use std::path::{Path, PathBuf};

use lazyast_format::Archive;
use lazyast_parse::PARSER_VERSION;

use crate::files::{self, FileError};
use crate::warm::{self, Failure, FailureReason, Outcome, Report, WarmOptions};
use crate::{ArchiveBytes, Cache};

/// All Python sources under some paths, each with its archive or the reason why it has none.
#[derive(Debug)]
pub struct Project {
    modules: Vec<Module>,
    failures: Vec<Failure>,
    report: Report,
}

/// One source of a project.
#[derive(Clone, Debug)]
pub struct Module {
    path: PathBuf,
    archive: Archive<ArchiveBytes>,
}

impl Module {
    /// The path, as it was found.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The archive.
    pub fn archive(&self) -> &Archive<ArchiveBytes> {
        &self.archive
    }
}

impl Project {
    /// Finds the sources under the paths, puts what is new into the cache, and opens everything.
    pub fn open(cache: &Cache, paths: &[PathBuf], options: WarmOptions) -> Self {
        let (files, errors) = files::find(paths);
        let (report, outcomes) = warm::run(cache, &files, options, &|_| {}, true);
        let mut modules = Vec::with_capacity(files.len());
        let mut failures: Vec<Failure> = errors
            .into_iter()
            .map(|(path, error): (PathBuf, FileError)| Failure { path, reason: FailureReason::File(error) })
            .collect();
        for (file, outcome) in files.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Failed(reason) => failures.push(Failure { path: file.path, reason }),
                Outcome::Done { archive, .. } => {
                    let archive = archive.and_then(|bytes| Archive::open(bytes, Some(PARSER_VERSION)).ok());
                    modules.extend(archive.map(|archive| Module { path: file.path, archive }));
                }
            }
        }
        failures.sort_by(|one, other| one.path.cmp(&other.path));
        Self { modules, failures, report }
    }

    /// The modules, in the order of their paths.
    pub fn modules(&self) -> &[Module] {
        &self.modules
    }

    /// The sources without an archive.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// What opening did: how many were parsed, how many found.
    pub fn report(&self) -> &Report {
        &self.report
    }
}
