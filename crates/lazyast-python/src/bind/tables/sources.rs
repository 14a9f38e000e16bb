//! `lazyast.columns`, `lazyast.matches` and `lazyast.findings`: tables of sources in memory.

use std::path::PathBuf;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use lazyast::Cache;
use lazyast::table::{
    InvalidSources, RowFilter, SourceInMemory, SourceOptions, SourceTables, TableRelation, TableSpec,
    TargetPython, findings_of_sources, matches_of_sources, tables_of_sources,
};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use super::import;
use super::table::PyTable;
use crate::bind::process_cache;
use crate::bind::search::query::PyQuery;
use crate::bind::search::rules::PyRules;

/// Sources that Python passes.
enum SourceColumn {
    Arrow(Vec<ArrayRef>),
    /// Copies of the elements of a sequence.
    Copied(Vec<Option<CopiedSource>>),
}

enum CopiedSource {
    Text(String),
    Bytes(Vec<u8>),
}

impl CopiedSource {
    fn in_memory(&self) -> SourceInMemory<'_> {
        match self {
            Self::Text(text) => SourceInMemory::Text(text),
            Self::Bytes(bytes) => SourceInMemory::Bytes(bytes),
        }
    }
}

impl SourceColumn {
    fn new(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Some(arrays) = import::arrays(object)? {
            return Ok(Self::Arrow(arrays));
        }
        if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
            return Err(PyTypeError::new_err(
                "sources must be several, in a list or an Arrow column, not one",
            ));
        }
        let copied = |source: PyResult<Bound<'_, PyAny>>| -> PyResult<Option<CopiedSource>> {
            let source = source?;
            if source.is_none() {
                return Ok(None);
            }
            if let Ok(text) = source.cast::<PyString>() {
                // Text with lone surrogates is no source. Its error is that of bytes that are not UTF-8.
                return Ok(Some(match text.to_str() {
                    Ok(text) => CopiedSource::Text(text.to_owned()),
                    Err(_) => CopiedSource::Bytes(b"'\xed\xa0\x80'".to_vec()),
                }));
            }
            let bytes = source.cast::<PyBytes>().map_err(|_| {
                let class = source.get_type();
                PyTypeError::new_err(format!("each source must be a str, bytes or None, not {class}"))
            })?;
            Ok(Some(CopiedSource::Bytes(bytes.as_bytes().to_vec())))
        };
        object.try_iter()?.map(copied).collect::<PyResult<_>>().map(Self::Copied)
    }

    fn sources(&self) -> PyResult<Vec<Option<SourceInMemory<'_>>>> {
        match self {
            Self::Copied(sources) => {
                Ok(sources.iter().map(|source| source.as_ref().map(CopiedSource::in_memory)).collect())
            }
            Self::Arrow(arrays) => {
                let mut sources = Vec::with_capacity(arrays.iter().map(|array| array.len()).sum());
                for array in arrays {
                    extend(&mut sources, array.as_ref())?;
                }
                Ok(sources)
            }
        }
    }
}

/// Appends the values of an array.
fn extend<'a>(sources: &mut Vec<Option<SourceInMemory<'a>>>, array: &'a dyn Array) -> PyResult<()> {
    let (text, bytes) = (SourceInMemory::Text, SourceInMemory::Bytes);
    match array.data_type() {
        DataType::Utf8 => sources.extend(array.as_string::<i32>().iter().map(|value| value.map(text))),
        DataType::LargeUtf8 => sources.extend(array.as_string::<i64>().iter().map(|value| value.map(text))),
        DataType::Utf8View => sources.extend(array.as_string_view().iter().map(|value| value.map(text))),
        DataType::Binary => sources.extend(array.as_binary::<i32>().iter().map(|value| value.map(bytes))),
        DataType::LargeBinary => {
            sources.extend(array.as_binary::<i64>().iter().map(|value| value.map(bytes)));
        }
        DataType::BinaryView => sources.extend(array.as_binary_view().iter().map(|value| value.map(bytes))),
        DataType::Null => sources.extend(std::iter::repeat_n(None, array.len())),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let mut values = Vec::new();
            extend(&mut values, dictionary.values().as_ref())?;
            let keys = dictionary.normalized_keys();
            let value =
                |row: usize| if array.is_null(row) { None } else { values.get(keys[row]).copied()? };
            sources.extend((0..array.len()).map(value));
        }
        other => {
            return Err(PyTypeError::new_err(format!(
                "sources must be a column of texts or bytes, not of {other}"
            )));
        }
    }
    Ok(())
}

fn open_cache(py: Python<'_>, directory: Option<PathBuf>) -> PyResult<Cache> {
    let Some(directory) = directory else { return Ok(Cache::disabled()) };
    let (cache, problem) = process_cache::open_or_disable(Some(directory));
    if let Some(problem) = problem {
        process_cache::warn(py, &problem)?;
    }
    Ok(cache)
}

fn python(py: Python<'_>) -> TargetPython {
    let version = py.version_info();
    TargetPython::new(version.minor, version.patch)
}

fn options(jobs: Option<usize>, max_bytes: Option<u64>) -> SourceOptions {
    let default = SourceOptions::default();
    SourceOptions { jobs, max_bytes: max_bytes.unwrap_or(default.max_bytes) }
}

/// Sources in memory, of which `None` is a missing one.
type Sources<'s> = [Option<SourceInMemory<'s>>];

/// Makes the table with a name of the sources in a Python object, while other Python threads run.
fn made_table(
    py: Python<'_>,
    name: String,
    sources: &Bound<'_, PyAny>,
    cache_dir: Option<PathBuf>,
    make: impl Fn(&Sources<'_>, &Cache) -> Result<SourceTables, InvalidSources> + Send + Sync,
) -> PyResult<PyTable> {
    let column = SourceColumn::new(sources)?;
    let sources = column.sources()?;
    let cache = open_cache(py, cache_dir)?;
    let made = py.detach(|| {
        let made = make(&sources, &cache);
        cache.finish();
        made
    });
    let made = made.map_err(|error| PyOverflowError::new_err(error.to_string()))?;
    let errors = PyTable::in_memory("errors".to_owned(), made.errors.schema(), vec![made.errors]);
    Ok(PyTable::in_memory(name, made.rows.schema(), vec![made.rows]).with_errors(Py::new(py, errors)?))
}

/// A relation of sources in memory.
#[pyfunction]
#[pyo3(signature = (
    sources, relation, columns = None, kinds = None, names = None, jobs = None, max_bytes = None, cache_dir = None
))]
#[expect(clippy::too_many_arguments, reason = "they are the parameters of a Python function")]
fn columns(
    py: Python<'_>,
    sources: &Bound<'_, PyAny>,
    relation: &str,
    columns: Option<Vec<String>>,
    kinds: Option<Vec<String>>,
    names: Option<Vec<String>>,
    jobs: Option<usize>,
    max_bytes: Option<u64>,
    cache_dir: Option<PathBuf>,
) -> PyResult<PyTable> {
    let wrong = |error: lazyast::table::SpecError| PyValueError::new_err(error.to_string());
    let relation = TableRelation::from_name(relation).map_err(wrong)?;
    let filter = RowFilter { kinds, names };
    let spec = TableSpec::of_sources(relation, columns.as_deref(), &filter, python(py)).map_err(wrong)?;
    let make = |sources: &Sources<'_>, cache: &Cache| {
        tables_of_sources(sources, &spec, cache, options(jobs, max_bytes))
    };
    made_table(py, relation.name().to_owned(), sources, cache_dir, make)
}

/// The matches of a query in sources in memory.
#[pyfunction]
#[pyo3(signature = (sources, query, jobs = None, max_bytes = None, cache_dir = None))]
fn matches(
    py: Python<'_>,
    sources: &Bound<'_, PyAny>,
    query: &Bound<'_, PyQuery>,
    jobs: Option<usize>,
    max_bytes: Option<u64>,
    cache_dir: Option<PathBuf>,
) -> PyResult<PyTable> {
    let (query, python) = (query.get().inner(), python(py));
    let make = |sources: &Sources<'_>, cache: &Cache| {
        matches_of_sources(sources, query, python, cache, options(jobs, max_bytes))
    };
    made_table(py, query.describe().to_string(), sources, cache_dir, make)
}

/// What rules find in sources in memory.
#[pyfunction]
#[pyo3(signature = (sources, rules, jobs = None, max_bytes = None, cache_dir = None))]
fn findings(
    py: Python<'_>,
    sources: &Bound<'_, PyAny>,
    rules: &Bound<'_, PyRules>,
    jobs: Option<usize>,
    max_bytes: Option<u64>,
    cache_dir: Option<PathBuf>,
) -> PyResult<PyTable> {
    let (rules, python) = (rules.get().rules(), python(py));
    let make = |sources: &Sources<'_>, cache: &Cache| {
        findings_of_sources(sources, rules, python, cache, options(jobs, max_bytes))
    };
    made_table(py, "findings".to_owned(), sources, cache_dir, make)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(columns, module)?)?;
    module.add_function(wrap_pyfunction!(matches, module)?)?;
    module.add_function(wrap_pyfunction!(findings, module)?)
}
