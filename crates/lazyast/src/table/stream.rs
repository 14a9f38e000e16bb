//! [`TableStream`]: the record batches of a relation over a project.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use lazyast_table::{BatchBuilder, SourceLabel, SourceTree, TableError, TableRelation, TableSpec};

use super::batches::{TableFile, batches, files};
use super::module_names::{Packages, as_module_name};
use crate::parallel;
use crate::parallel_stream::OrderedStream;
use crate::project::{Module, Project, Reading};

/// Which files a table is made of, and with how many threads.
#[derive(Clone, Debug, Default)]
pub struct TableOptions {
    /// The paths of the files, as the project has them; by default all.
    pub files: Option<Vec<PathBuf>>,
    /// The number of threads; by default that of processors.
    pub jobs: Option<usize>,
    /// Whether all rows are made as one batch, whatever memory that takes.
    pub one_batch: bool,
}

/// A chosen file is not a file of the project.
#[derive(Clone, Debug)]
pub struct UnknownFile {
    /// The path.
    pub path: PathBuf,
}

impl fmt::Display for UnknownFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not a file of the project", self.path.display())
    }
}

impl std::error::Error for UnknownFile {}

/// The record batches of a relation, in the order of paths.
///
/// A batch has the rows of whole files: as many as have a mebibyte of archives, or one file with a larger one. Threads make
/// batches ahead of the caller, at most two for each thread. The archives of a project's second table and of later ones stay
/// in memory, if all archives of the project have at most 256 MiB. So memory does not depend on the size of the project.
///
/// A file without an archive has a row in `files`, with the reason; other relations have no rows of it. So it is if an
/// archive turns out to be damaged and the file has changed since the project was opened.
pub struct TableStream {
    schema: SchemaRef,
    batches: OrderedStream<Result<RecordBatch, ArrowError>>,
    is_finished: bool,
}

impl Project {
    /// Makes a relation. The stream keeps what it needs of the project alive.
    ///
    /// ```
    /// # let directory = tempfile::tempdir()?;
    /// # std::fs::write(directory.path().join("a.py"), "print(1)\nlen('a')\n")?;
    /// # let cache = lazyast::Cache::at(directory.path().join("cache"))?;
    /// use lazyast::Project;
    /// use lazyast::table::{TableRelation, TableSpec, TargetPython};
    ///
    /// let project = Project::open(&cache, &[directory.path().to_owned()], Default::default());
    /// let columns = ["callee".to_owned(), "positional".to_owned()];
    /// let python = TargetPython::new(13, 0);
    /// let spec = TableSpec::new(TableRelation::Calls, Some(&columns), &Default::default(), python)?;
    /// let mut rows = 0;
    /// for batch in project.table(spec, &Default::default())? {
    ///     rows += batch?.num_rows();
    /// }
    /// assert_eq!(rows, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn table(&self, spec: TableSpec, options: &TableOptions) -> Result<TableStream, UnknownFile> {
        let chosen: Option<HashSet<&Path>> =
            options.files.as_ref().map(|files| files.iter().map(PathBuf::as_path).collect());
        let failures = if spec.relation() == TableRelation::Files { self.failures() } else { &[] };
        let is_chosen = |path: &Path| chosen.as_ref().is_none_or(|chosen| chosen.contains(path));
        let files = files(self.modules(), failures, is_chosen);
        if let Some(chosen) = &chosen {
            let known: HashSet<&Path> = self.paths_of_files().collect();
            if let Some(path) = chosen.iter().find(|path| !known.contains(*path)) {
                return Err(UnknownFile { path: path.to_path_buf() });
            }
        }
        let packages =
            if spec.resolves_imports() { Packages::of(self.paths_of_files()) } else { Packages::default() };
        let threads = parallel::thread_count(options.jobs);
        let schema = spec.schema().clone();
        #[expect(clippy::single_range_in_vec_init, reason = "one batch of all files, also of none")]
        let batches = if options.one_batch { vec![0..files.len()] } else { batches(&files) };
        let is_large = self.modules().iter().map(Module::archive_len).sum::<u64>() > KEPT_BYTES;
        let job = TableJob {
            spec,
            files,
            packages,
            is_large,
            has_made_table: Arc::clone(&self.has_made_table),
            reading: OnceLock::new(),
            idle: Mutex::default(),
        };
        let batches = OrderedStream::new(batches.len(), threads, move |index| {
            job.batch(batches[index].clone()).map_err(|error| ArrowError::ExternalError(Box::new(error)))
        });
        Ok(TableStream { schema, batches, is_finished: false })
    }

    fn paths_of_files(&self) -> impl Iterator<Item = &Path> {
        let failed = self.failures().iter().map(|failure| failure.path.as_path());
        self.modules().iter().map(Module::path).chain(failed)
    }
}

/// What the threads need to make batches.
struct TableJob {
    spec: TableSpec,
    files: Vec<TableFile>,
    packages: Packages,
    /// Whether the project's archives have more bytes than are kept.
    is_large: bool,
    /// Of the project.
    has_made_table: Arc<AtomicBool>,
    /// Decided when the first batch is made: a table may be made for its schema alone.
    reading: OnceLock<Reading>,
    /// Builders that no thread uses: new memory takes longer than what is written to it.
    idle: Mutex<Vec<BatchBuilder>>,
}

/// If the archives of a project have no more bytes in all, those of its second table stay in memory as long as the project.
const KEPT_BYTES: u64 = 256 * 1024 * 1024;
/// Most archives have more bytes for each node.
const MIN_NODE_BYTES: u64 = 8;

impl TableJob {
    fn lock_idle(&self) -> MutexGuard<'_, Vec<BatchBuilder>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reading(&self) -> Reading {
        *self.reading.get_or_init(|| {
            let is_first = !self.has_made_table.swap(true, Ordering::Relaxed);
            if is_first || self.is_large { Reading::Transient } else { Reading::Kept }
        })
    }

    fn batch(&self, files: Range<usize>) -> Result<RecordBatch, FileTableError> {
        let idle = self.lock_idle().pop();
        let mut builder = idle.unwrap_or_else(|| BatchBuilder::new(self.spec.clone()));
        let files = &self.files[files];
        let bytes: u64 = files.iter().map(TableFile::archive_len).sum();
        // Memory that is not written takes no pages.
        builder.reserve(usize::try_from(bytes / MIN_NODE_BYTES).unwrap_or_default());
        for file in files {
            match file {
                TableFile::Failure(path, reason) => builder.push_failure(path, reason),
                TableFile::Module(module) => self.push(module, &mut builder),
            }
            .map_err(|error| FileTableError { path: Some(file.path().into_owned()), error })?;
        }
        let batch = builder.finish().map_err(|error| FileTableError { path: None, error })?;
        self.lock_idle().push(builder);
        Ok(batch)
    }

    fn push(&self, module: &Module, builder: &mut BatchBuilder) -> Result<(), TableError> {
        let path = module.path().to_string_lossy();
        let pushed = module.with_tree(self.reading(), |tree| {
            let text = if self.spec.reads_text() { module.text_of(tree) } else { None };
            let name = self.packages.module_name(module.path()).filter(|_| self.spec.resolves_imports());
            let module = name.as_ref().map(as_module_name);
            let label = SourceLabel::Path(&path);
            builder.push(&SourceTree { label, tree, text: text.as_deref(), module })
        });
        pushed.unwrap_or_else(|reason| builder.push_failure(&path, &reason.to_string()))
    }
}

impl Iterator for TableStream {
    type Item = Result<RecordBatch, ArrowError>;

    /// The next batch. Nothing follows an error.
    fn next(&mut self) -> Option<Self::Item> {
        if self.is_finished {
            return None;
        }
        let batch = self.batches.next();
        self.is_finished = !matches!(batch, Some(Ok(_)));
        batch
    }
}

impl RecordBatchReader for TableStream {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

/// Why the rows of a file could not be made.
#[derive(Debug)]
struct FileTableError {
    path: Option<String>,
    error: TableError,
}

impl fmt::Display for FileTableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{path}: {}", self.error),
            None => self.error.fmt(f),
        }
    }
}

impl std::error::Error for FileTableError {}
