//! Exporting the archives of a codebase to one file, which other machines import or open as a project.

use std::collections::HashSet;
use std::io;
use std::path::{Component, Path, PathBuf};

use lazyast_store::{ExportedArchive, ExportedFile, PackWriter};

use super::open::Project;
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
/// An existing file is replaced after the new one was written completely.
/// [`Store::import`](lazyast_store::Store::import) reads the file on other machines. With a manifest,
/// [`Project::from_pack`] does, without a cache.
pub fn export(
    cache: &Cache,
    file: &Path,
    paths: &[PathBuf],
    options: WarmOptions,
    manifest: Option<&ManifestOptions>,
) -> io::Result<ExportReport> {
    let parent = directory_of(file);
    let mut writer = match manifest {
        Some(_) => PackWriter::for_export_with_manifest(parent)?,
        None => PackWriter::for_export(parent)?,
    };
    let project = Project::open(cache, paths, options);
    let mut written = HashSet::new();
    let mut unreadable = Vec::new();
    let mut files = Vec::new();
    let mut sources = Vec::new();
    for module in project.modules() {
        let opened = module.tree().and_then(|tree| Ok((tree, module.archive()?)));
        match opened {
            Ok((tree, archive)) => {
                let header = tree.header();
                let key = header.source_hash;
                if written.insert(key) {
                    writer.add(&key, archive.as_ref())?;
                    sources.push((key, module.path()));
                }
                let minimum_python = header.facts.minimum_python;
                let archive = ExportedArchive { key, lines: tree.line_count(), minimum_python };
                files.push((module.path(), Ok(archive)));
            }
            Err(reason) => unreadable.push(SourceFailure { path: module.path().to_owned(), reason }),
        }
    }
    if manifest.is_some_and(|manifest| manifest.sources) {
        for (key, path) in sources {
            add_source(&mut writer, &key, path)?;
        }
    }
    let archives = writer.len();
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
/// An existing file is replaced after the new one was written completely.
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
    let (absolute_root, absolute) = (normalised(root)?, normalised(path)?);
    let below = absolute.strip_prefix(&absolute_root).ok();
    let parts = below.map(|below| below.iter().map(|part| part.to_str()).collect::<Option<Vec<_>>>());
    match parts {
        Some(Some(parts)) => Ok(parts.join("/")),
        Some(None) => Err(invalid(format!("{}: a manifest has only paths in UTF-8", path.display()))),
        None => Err(invalid(format!("{} is not below {}", path.display(), root.display()))),
    }
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

/// The absolute path without `..`, by names alone: links are not followed.
fn normalised(path: &Path) -> io::Result<PathBuf> {
    let mut normalised = PathBuf::new();
    for component in std::path::absolute(path)?.components() {
        match component {
            Component::ParentDir => drop(normalised.pop()),
            other => normalised.push(other),
        }
    }
    Ok(normalised)
}
