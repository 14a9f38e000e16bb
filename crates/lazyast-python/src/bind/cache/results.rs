//! What the methods of `Cache` return: immutable objects that are compared by value.

use std::path::PathBuf;

use lazyast::store::{GcReport, ImportReport, LookupCounts, PackReport, VersionStats};
use lazyast::{ExportReport, SourceFailure, WarmReport};
use pyo3::conversion::FromPyObjectOwned;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use pyo3::{Borrowed, IntoPyObjectExt};

/// A sequence that is a tuple in Python.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct TupleOf<T>(Vec<T>);

impl<'py, T: IntoPyObject<'py>> IntoPyObject<'py> for TupleOf<T> {
    type Target = PyTuple;
    type Output = Bound<'py, PyTuple>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let items = self.0.into_iter().map(|item| item.into_bound_py_any(py));
        PyTuple::new(py, items.collect::<PyResult<Vec<_>>>()?)
    }
}

impl<'a, 'py, T: FromPyObjectOwned<'py>> FromPyObject<'a, 'py> for TupleOf<T> {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        object.extract().map(Self)
    }
}

/// `(path, reason)` of sources without an archive.
type Failures = TupleOf<(PathBuf, String)>;

/// Defines an immutable class with the given attributes. Its instances are equal if their attributes are; they can be
/// created from their attributes, shown, hashed, matched and pickled.
macro_rules! result_class {
    (
        $(#[$doc:meta])*
        $name:ident as $python_name:literal {
            $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[pyclass(frozen, get_all, eq, hash, module = "lazyast", name = $python_name)]
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub(super) struct $name {
            $($(#[$field_doc])* $field: $type,)*
        }

        #[pymethods]
        impl $name {
            #[new]
            #[allow(clippy::too_many_arguments, reason = "one for each field, as in a dataclass")]
            fn new($($field: $type),*) -> Self {
                Self { $($field),* }
            }

            #[classattr]
            fn __match_args__<'py>(py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
                PyTuple::new(py, [$(stringify!($field)),*])
            }

            fn __getnewargs__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
                PyTuple::new(py, [$(self.$field.clone().into_bound_py_any(py)?),*])
            }

            fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
                let attributes = [$((stringify!($field), self.$field.clone().into_bound_py_any(py)?)),*];
                let shown = attributes.iter().map(|(name, value)| Ok(format!("{name}={}", value.repr()?)));
                Ok(format!("{}({})", $python_name, shown.collect::<PyResult<Vec<_>>>()?.join(", ")))
            }
        }
    };
}

result_class! {
    /// What `Cache.warm` did.
    PyWarmed as "Warmed" {
        /// Sources that were found.
        files: usize,
        /// Sources that were parsed.
        new: usize,
        /// Sources whose archive was in the cache.
        cached: usize,
        /// Sources among these that were not even read, because their file state proves that they did not change.
        unread: usize,
        /// Lines of the sources that have an archive.
        lines: u64,
        /// Sources without an archive, and why: those that fall back to the interpreter, and those that cannot be read.
        failures: Failures,
    }
}

result_class! {
    /// What `Cache.export_pack` wrote.
    PyExported as "Exported" {
        /// Archives in the file; equal sources share one.
        archives: usize,
        /// Length of the file.
        bytes: u64,
        /// Sources without an archive, and why.
        failures: Failures,
    }
}

result_class! {
    /// What `Cache.import_pack` imported.
    PyImported as "Imported" {
        /// Archives in the file.
        archives: usize,
        /// Archives among these that were not in the cache.
        new: usize,
    }
}

result_class! {
    /// What one version of lazyast has in a cache directory.
    PyStats as "Stats" {
        /// The directory of the version.
        path: PathBuf,
        /// Readable packs.
        packs: usize,
        /// Archives in the packs; an archive that is in two packs counts twice.
        archives: usize,
        /// Bytes of the packs.
        pack_bytes: u64,
        /// Files that should be packs and cannot be read as packs.
        damaged_packs: usize,
        /// Lists of paths that were opened or warmed.
        projects: usize,
        /// Bytes of all files.
        bytes: u64,
        /// Sources whose archive was in the cache. A process adds its counts when it ends; counts that cannot be
        /// written then are lost.
        hits: u64,
        /// Sources among these that were not even read.
        unread: u64,
        /// Sources that were parsed.
        misses: u64,
    }
}

result_class! {
    /// The result of verifying a pack.
    PyChecked as "Checked" {
        /// The file.
        path: PathBuf,
        /// Archives without any damage.
        whole: usize,
        /// Descriptions of the damage, at most a hundred.
        problems: TupleOf<String>,
    }
}

result_class! {
    /// What `Cache.gc` deleted, or would delete.
    PyCollected as "Collected" {
        /// Unused archives.
        archives: usize,
        /// Unused lists of paths.
        projects: usize,
        /// Directories of other versions of lazyast.
        versions: usize,
        /// Files that killed processes have left, and packs that cannot be read.
        leftovers: usize,
        /// Bytes of all these.
        bytes: u64,
    }
}

impl From<WarmReport> for PyWarmed {
    fn from(report: WarmReport) -> Self {
        let WarmReport { files, new, cached, unread, lines, failures, .. } = report;
        Self { files, new, cached, unread, lines, failures: reasons(&failures) }
    }
}

impl From<VersionStats> for PyStats {
    fn from(stats: VersionStats) -> Self {
        let VersionStats { path, packs, archives, bytes, damaged, projects, all_bytes, counts } = stats;
        let LookupCounts { hits, unread, misses } = counts;
        Self {
            path,
            packs,
            archives,
            pack_bytes: bytes,
            damaged_packs: damaged,
            projects,
            bytes: all_bytes,
            hits,
            unread,
            misses,
        }
    }
}

impl From<ExportReport> for PyExported {
    fn from(report: ExportReport) -> Self {
        let ExportReport { archives, bytes, failures, .. } = report;
        Self { archives, bytes, failures: reasons(&failures) }
    }
}

impl From<ImportReport> for PyImported {
    fn from(report: ImportReport) -> Self {
        Self { archives: report.pack.intact, new: report.new }
    }
}

impl From<PackReport> for PyChecked {
    fn from(report: PackReport) -> Self {
        let PackReport { path, intact, problems, .. } = report;
        let problems = problems.iter().map(ToString::to_string).collect();
        Self { path, whole: intact, problems: TupleOf(problems) }
    }
}

impl From<GcReport> for PyCollected {
    fn from(report: GcReport) -> Self {
        let GcReport { archives, projects, versions, leftovers, bytes } = report;
        Self { archives, projects, versions, leftovers, bytes }
    }
}

fn reasons(failures: &[SourceFailure]) -> Failures {
    TupleOf(failures.iter().map(|failure| (failure.path.clone(), failure.reason.to_string())).collect())
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyWarmed>()?;
    module.add_class::<PyExported>()?;
    module.add_class::<PyImported>()?;
    module.add_class::<PyStats>()?;
    module.add_class::<PyChecked>()?;
    module.add_class::<PyCollected>()
}
