//! Opening a project from a pack with a manifest, without a cache and without its files.

use std::path::{Path, PathBuf};

use lazyast_store::{ExportedPack, ManifestContent, PackOpenError};

use super::module::Module;
use super::open::Project;
use super::outcome::ArchiveHandle;
use super::report::{FailureReason, SourceFailure, WarmReport};
use crate::cache::Cache;

impl Project {
    /// Opens a project from a pack that was exported with a manifest.
    ///
    /// Its modules and failures are those of the manifest, and their paths are relative, as they are there. No file of the
    /// project and no cache is read. Archives are checked when they are first used. The check cannot prove that a tree is
    /// that of its source: open packs only from people whose code you would run.
    ///
    /// ```
    /// # let directory = tempfile::tempdir()?;
    /// # let root = directory.path().join("src");
    /// # std::fs::create_dir(&root)?;
    /// # std::fs::write(root.join("a.py"), "print(1)\n")?;
    /// # let cache = lazyast::Cache::at(directory.path().join("cache"))?;
    /// # let file = directory.path().join("trees.pack");
    /// use lazyast::{ManifestOptions, Project};
    ///
    /// let manifest = ManifestOptions { root: root.clone(), sources: true };
    /// lazyast::export(&cache, &file, &[root], Default::default(), Some(&manifest))?;
    ///
    /// let project = Project::from_pack(&file)?;
    /// assert_eq!(project.modules()[0].path().to_str(), Some("a.py"));
    /// assert_eq!(project.modules()[0].text().as_deref(), Some("print(1)\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_pack(path: &Path) -> Result<Self, PackOpenError> {
        let pack = ExportedPack::open(path.to_owned())?;
        let cache = Cache::disabled();
        let (mut modules, mut failures, mut report) = (Vec::new(), Vec::new(), WarmReport::default());
        for file in pack.files() {
            let path = PathBuf::from(&file.path);
            match &file.content {
                ManifestContent::Archive { position, lines, minimum_python } => {
                    let Some(location) = pack.location(*position) else { continue };
                    report.cached += 1;
                    report.unread += 1;
                    report.lines += u64::from(*lines);
                    report.archive_bytes += location.archive_len();
                    let handle = ArchiveHandle::Exported(location);
                    modules.push(Module::new(path, *minimum_python, handle, cache.clone()));
                }
                ManifestContent::Failure { reason } => {
                    failures.push(SourceFailure { path, reason: FailureReason::Exported(reason.clone()) });
                }
            }
        }
        report.files = pack.files().len();
        Ok(Self::of_pack(cache, modules, failures, report))
    }
}
