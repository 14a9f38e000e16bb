//! Exporting the archives of a codebase to one file, which other machines import or open as a project.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use lazyast_store::{ExportedArchive, ExportedFile, PackWriter};

use super::open::Project;
use super::relative_path::parts_below;
use super::report::{SourceFailure, WarmOptions, WarmReport};
use super::source_file::read_source;
use crate::cache::Cache;

/// The result of an export.
#[derive(Debug)]
pub struct ExportReport {
    /// Archives in the file; equal sources share one.
    pub archives: usize,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Sources without an archive.
    pub failures: Vec<SourceFailure>,
    /// How many sources were parsed or found in the cache.
    pub report: WarmReport,
}

/// What a pack has besides archives.
#[derive(Clone, Debug)]
pub struct ManifestOptions {
    /// The directory that paths in the manifest are relative to. Every source must be below it.
    pub root: PathBuf,
    /// Whether the pack has the sources, too.
    pub sources: bool,
}

/// Brings all sources under the paths into the cache, and writes their archives to a pack file. Without a manifest, it is
/// compressed with zstd.
///
/// An existing file is replaced after the new one was written completely. Its bytes depend only on the sources, and with a
/// manifest on their paths. [`Store::import`](lazyast_store::Store::import) reads the file on other machines. With a
/// manifest, [`Project::from_pack`] does, without a cache.
///
/// If the selection has a [`Shard`](super::Shard), it is an error if one of the paths is not below the shard's root.
pub fn export(
    cache: &Cache,
    file: &Path,
    paths: &[PathBuf],
    options: WarmOptions,
    manifest: Option<&ManifestOptions>,
) -> io::Result<ExportReport> {
    if let Some((shard, path)) = options.selection.outside_of_shard(paths) {
        return Err(not_below(path, shard.root()));
    }
    let parent = directory_of(file);
    let mut writer = match manifest {
        Some(_) => PackWriter::for_export_with_manifest(parent)?,
        None => PackWriter::for_export(parent)?,
    };
    let project = Project::open(cache, paths, options);
    let mut archives = BTreeMap::new();
    let mut unreadable = Vec::new();
    let mut files = Vec::new();
    for module in project.modules() {
        match module.tree().and_then(|tree| Ok((tree, module.archive()?))) {
            Ok((tree, archive)) => {
                let header = tree.header();
                let (key, minimum_python) = (header.source_hash, header.facts.minimum_python);
                archives.entry(key).or_insert((archive, module.path()));
                let archive = ExportedArchive { key, lines: tree.line_count(), minimum_python };
                files.push((module.path(), Ok(archive)));
            }
            Err(reason) => unreadable.push(SourceFailure { path: module.path().to_owned(), reason }),
        }
    }
    // In the order of their keys, so that the same sources make the same bytes.
    for (key, (archive, _)) in &archives {
        writer.add(key, archive.as_ref())?;
    }
    if manifest.is_some_and(|manifest| manifest.sources) {
        for (key, (_, path)) in &archives {
            add_source(&mut writer, key, path)?;
        }
    }
    let archives = archives.len();
    let bytes = match manifest {
        Some(ManifestOptions { root, .. }) => {
            let failures = project.failures().iter().chain(&unreadable);
            files.extend(failures.map(|failure| (failure.path.as_path(), Err(failure.reason.to_string()))));
            let below = |(path, result)| Ok(ExportedFile { path: path_below(root, path)?, result });
            let files = files.into_iter().map(below).collect::<io::Result<_>>()?;
            writer.publish_with_manifest(file.to_owned(), files)?
        }
        None => writer.publish_compressed_as(file)?,
    };
    let (mut failures, report) = project.into_failures_and_report();
    failures.extend(unreadable);
    Ok(ExportReport { archives, bytes, failures, report })
}

/// Writes all archives of a cache to a pack file, compressed with zstd: those that this version of lazyast can use.
///
/// An existing file is replaced after the new one was written completely. Its bytes depend only on the archives.
pub fn export_all(cache: &Cache, file: &Path) -> io::Result<ExportReport> {
    let mut writer = PackWriter::for_export(directory_of(file))?;
    cache.flush()?;
    if let Some(store) = cache.store() {
        store.copy_all(&mut writer)?;
    }
    let archives = writer.len();
    let bytes = writer.publish_compressed_as(file)?;
    Ok(ExportReport { archives, bytes, failures: Vec::new(), report: WarmReport::default() })
}

/// The directory of a file that is going to be written.
fn directory_of(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Appends the source of an archive. Fails if the file has changed since its archive was made.
fn add_source(writer: &mut PackWriter, key: &lazyast_store::SourceKey, path: &Path) -> io::Result<()> {
    let mut source = Vec::new();
    let failed = |message: String| io::Error::other(format!("{}: {message}", path.display()));
    read_source(path, &mut source).map_err(|error| failed(error.to_string()))?;
    if lazyast_store::source_key(&source) != *key {
        return Err(failed("changed while it was exported".to_owned()));
    }
    writer.add_source(key, &source)
}

/// A path relative to a directory, as manifests have it.
fn path_below(root: &Path, path: &Path) -> io::Result<String> {
    let parts = parts_below(root, path)?.ok_or_else(|| not_below(path, root))?;
    match parts.iter().map(|part| part.to_str()).collect::<Option<Vec<_>>>() {
        Some(parts) => Ok(parts.join("/")),
        None => Err(invalid(format!("{}: a manifest has only paths in UTF-8", path.display()))),
    }
}

fn not_below(path: &Path, root: &Path) -> io::Error {
    invalid(format!("{} is not below {}", path.display(), root.display()))
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}
