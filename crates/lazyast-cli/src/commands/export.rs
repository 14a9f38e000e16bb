//! `lazyast export`: writes a table of a codebase to an Arrow file, or to Parquet.
//!
//! The crate `parquet` would take more time to build than all of Arrow's others, and enlarge the wheel by more than tables
//! do. So an interpreter that has pyarrow makes Parquet of the stream.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::ArrowError;
use clap::{Args, ValueEnum};
use lazyast::table::{RowFilter, TableOptions, TableRelation, TableSpec, TableStream};
use lazyast::{Project, WarmOptions};

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;
use crate::file_arguments::FileArguments;
use crate::interpreter;
use crate::python_version::{PythonVersion, parse_version};

/// Rows of a batch in an Arrow file.
const ARROW_ROWS: usize = 100_000;

#[derive(Args, Debug)]
pub(crate) struct ExportCommand {
    /// Directories and files [default: .]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The file to write: .arrow (Arrow IPC file), .arrows (Arrow IPC stream), or .parquet, which takes a Python
    /// interpreter with lazyast and DuckDB
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// The table: nodes, files, definitions, calls, imports, constants or comments
    #[arg(long, value_name = "TABLE", default_value = "nodes")]
    table: String,
    /// The columns, separated by commas [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Option<Vec<String>>,
    /// The Python version whose trees are read: 3.X or 3.X.Y
    #[arg(long, value_name = "VERSION", default_value = "3.13", value_parser = parse_version)]
    python: PythonVersion,
    /// Number of threads [default: the number of processors]
    #[arg(long, short, value_name = "N")]
    jobs: Option<usize>,
    #[command(flatten)]
    files: FileArguments,
    #[command(flatten)]
    cache: CacheArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TableFormat {
    Arrow,
    Arrows,
    Parquet,
}

impl ExportCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let extension = self.to.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let format = TableFormat::from_str(extension, false).map_err(|_| {
            CommandError::new(format!("cannot tell the format of {}", self.to.display()))
                .hint("the name ends in .arrow, .arrows or .parquet")
        })?;
        let relation =
            TableRelation::from_name(&self.table).map_err(|error| CommandError::new(error.to_string()))?;
        let spec =
            TableSpec::new(relation, self.columns.as_deref(), &RowFilter::default(), self.python.target())
                .map_err(|error| CommandError::new(error.to_string()))?;
        let cache = self.cache.open();
        let selected = self.files.select(self.paths.clone())?;
        let options =
            WarmOptions { jobs: self.jobs, selection: selected.selection, ..WarmOptions::default() };
        let mut project = Project::open(&cache, &selected.paths, options);
        project.require_python(self.python.minor);
        // The strings of an Arrow file cannot change from batch to batch.
        let one_batch = format == TableFormat::Arrow;
        let options = TableOptions { jobs: self.jobs, one_batch, ..TableOptions::default() };
        let table = project.table(spec, &options).map_err(|error| CommandError::new(error.to_string()))?;
        let rows = self.write(table, format)?;
        cache.finish();
        let failures = project.failures().len();
        writeln!(io::stdout(), "{rows} rows of {} written to {}", relation.name(), self.to.display())?;
        if failures > 0 && relation != TableRelation::Files {
            eprintln!("lazyast: warning: {failures} sources have no tree: `--table files` has the reasons");
        }
        Ok(())
    }

    /// Writes beside the file and renames, so that nobody sees a part of it. Returns the number of rows.
    fn write(&self, table: TableStream, format: TableFormat) -> Result<usize, CommandError> {
        let mut name = self.to.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let partial = self.to.with_file_name(name);
        let failed = |error: &dyn std::fmt::Display, path: &Path| {
            CommandError::new(format!("cannot write {}: {error}", path.display()))
        };
        let file = File::create(&partial).map_err(|error| failed(&error, &partial))?;
        let written = match format {
            TableFormat::Arrow => write_arrow(table, file).map_err(|error| failed(&error, &self.to)),
            TableFormat::Arrows => write_stream(table, file).map_err(|error| failed(&error, &self.to)),
            TableFormat::Parquet => {
                interpreter::write_to_main("lazyast._parquet", &[partial.clone().into_os_string()], |input| {
                    write_stream(table, input).map_err(|error| failed(&error, &self.to))
                })
            }
        };
        let renamed = written.and_then(|rows| {
            fs::rename(&partial, &self.to).map_err(|error| failed(&error, &self.to))?;
            Ok(rows)
        });
        if renamed.is_err() {
            let _ = fs::remove_file(&partial);
        }
        renamed
    }
}

fn write_arrow(table: TableStream, file: File) -> Result<usize, ArrowError> {
    let mut writer = FileWriter::try_new(BufWriter::new(file), &table.schema())?;
    let mut rows = 0;
    for batch in table {
        let batch: RecordBatch = batch?;
        rows += batch.num_rows();
        for start in (0..batch.num_rows()).step_by(ARROW_ROWS) {
            writer.write(&batch.slice(start, ARROW_ROWS.min(batch.num_rows() - start)))?;
        }
    }
    writer.finish()?;
    writer.into_inner()?.flush()?;
    Ok(rows)
}

fn write_stream(table: TableStream, out: impl Write) -> Result<usize, ArrowError> {
    let mut writer = StreamWriter::try_new(BufWriter::new(out), &table.schema())?;
    let mut rows = 0;
    for batch in table {
        let batch = batch?;
        rows += batch.num_rows();
        writer.write(&batch)?;
    }
    writer.finish()?;
    writer.into_inner()?.flush()?;
    Ok(rows)
}
