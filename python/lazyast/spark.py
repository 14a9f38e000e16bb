"""Spark: tables of sources as DataFrames. `pip install 'lazyast[spark]'`.

`transform` makes a table of the sources in a column of a DataFrame. `register` adds a data source that reads files. Both
parse in Spark's Python workers, on one thread for each task, and exchange Arrow batches with Spark.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    IntegerType,
    StringType,
    StructField,
    StructType,
)

from lazyast import Rules, _native
from lazyast._arguments import require_existing, strings
from lazyast._spark_job import MAX_BYTES, File, Job, Query

# Opening a file on shared storage takes about as long as parsing so many bytes.
_BYTES_OF_OPENING = 1 << 16
_BYTES_OF_A_PARTITION = 32 << 20


def transform(
    frame: DataFrame,
    source: str,
    table: str = "nodes",
    *,
    query: Query | None = None,
    rules: Rules | None = None,
    columns: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    keep: Sequence[str] = (),
    errors: bool = False,
    max_bytes: int = MAX_BYTES,
    cache_dir: str | os.PathLike[str] | None = None,
) -> DataFrame:
    """Return a DataFrame with the rows of a table of the sources in a column.

    `frame` is any DataFrame, and `source` the name of its column of texts or bytes. `table`, `columns`, `kinds` and
    `names` choose as those of `lazyast.columns` do. With a `query`, the rows are those of `lazyast.matches`: the text of a
    pattern, or a function that returns a `Query` and runs in the workers. With `rules`, they are those of
    `lazyast.findings`; the workers need no rule files. `keep` are columns of `frame`, such as a path,
    that each row gets from the row of its source.

    No source ends a job. A source that lazyast does not serve, or that has more than `max_bytes`, has no rows, and is a row
    of the table `"errors"`, with `kind`, `message` and `line`. With `errors`, the result has such sources as well: in a
    column `error` of these three, which is null in other rows.

    `cache_dir` is a cache directory that all workers can write to. Raises `ValueError` if there is no such table, column
    or kind, for a `query` together with `rules`, and for `kinds` or `names` with one of them, and `TypeError` if the
    column has no texts or bytes. A worker whose version of lazyast is not that of the
    driver raises `RuntimeError`.
    """
    job = Job(
        table=table,
        query=query,
        rules=rules,
        columns=_several("columns", columns),
        kinds=_several("kinds", kinds),
        names=_several("names", names),
        errors=errors,
        max_bytes=max_bytes,
        cache_dir=None if cache_dir is None else os.fspath(cache_dir),
    )
    selected = frame.select(*strings("keep", keep), source)
    *kept, field = selected.schema.fields
    if not isinstance(field.dataType, StringType | BinaryType):
        found = field.dataType.simpleString()
        raise TypeError(f"sources must be a column of texts or bytes, and {source} is one of {found}")
    both = {field.name for field in kept} & set(job.schema.names)
    if both:
        raise ValueError(f"keep has {', '.join(sorted(both))}, and so has the table: rename columns of the DataFrame")
    return selected.mapInArrow(job.of_batches, StructType([*kept, *_fields(job.schema)]))


def register(spark: SparkSession) -> None:
    """Make the data source `lazyast` known to a session, for `spark.read.format("lazyast").load(path)`.

    `path` is a directory of Python sources, or several, on storage that the driver and all workers can read. The files
    are those of a `lazyast.Project`, and the first column, `file`, is the path. Options are `table`, `query` (the text of a
    pattern), `rules` (rule files, which the driver reads), `columns`, `kinds` and `names` (with commas between them), `errors`, `max_bytes` and `cache_dir`, which mean
    what they mean for `transform`, and `partition_bytes`, how many bytes of sources make a partition. With `.schema(...)`,
    only the columns in it are made.
    """
    spark.dataSource.register(LazyastSource)


class LazyastSource(DataSource):
    """The data source that `register` makes known."""

    @classmethod
    def name(cls) -> str:
        """Return the name of the format."""
        return "lazyast"

    def schema(self) -> StructType:
        """Return all columns that the options choose."""
        return StructType([StructField("file", StringType()), *_fields(_job(self.options).schema)])

    def reader(self, schema: StructType) -> DataSourceReader:
        """Return the reader of some columns."""
        return _Reader(self.options, schema)


class _Reader(DataSourceReader):
    """The reader of a query. Spark sends it to the workers.

    It has no `pushFilters`: Spark 4.1 to 4.3 use a reader that has accepted filters for the next query of the same DataFrame as
    well, which then lacks rows.
    """

    def __init__(self, options: Any, schema: StructType) -> None:
        names = schema.fieldNames()
        columns = tuple(name for name in names if name not in ("file", "error"))
        self.job = replace(_job(options), columns=columns, errors="error" in names)
        self.names = names
        made = {field.name: field.dataType for field in _fields(self.job.schema)}
        for field in schema.fields:
            expected = made.get(field.name, StringType())
            if field.dataType != expected:
                found = field.dataType.simpleString()
                raise ValueError(f"the column {field.name} is one of {expected.simpleString()}, and no {found}")
        self.paths: list[str] = json.loads(options["paths"]) if "paths" in options else [options["path"]]
        self.partition_bytes = int(options.get("partition_bytes", _BYTES_OF_A_PARTITION))

    def partitions(self) -> list[InputPartition]:
        """Return the files in parts of about equal bytes, in the order of their paths."""
        require_existing(self.paths)
        found, failed = _native.find_sources(self.paths)
        files = [File(os.fspath(path), size) for path, size in found]
        files += [File(os.fspath(path), 0, problem) for path, problem in failed]
        parts: list[list[File]] = []
        room = 0
        for file in files:
            if room <= 0:
                parts.append([])
                room = self.partition_bytes
            parts[-1].append(file)
            room -= file.bytes + _BYTES_OF_OPENING
        return [InputPartition(part) for part in parts]

    def read(self, partition: InputPartition | None) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a partition."""
        # Without partitions, Spark calls this with none, or with an empty one.
        files = None if partition is None else partition.value
        for batch in self.job.of_files(files or []):
            yield batch.select(self.names)


_OPTIONS = {"path", "paths", "table", "query", "rules", "columns", "kinds", "names", "errors", "max_bytes", "cache_dir", "partition_bytes"}  # fmt: skip


def _job(options: Any) -> Job:
    """Return the job that options of the data source describe. Raises `ValueError` for one that is not known."""
    wrong = sorted(set(options) - _OPTIONS)
    if wrong:
        raise ValueError(f"there is no option {wrong[0]}; there are {', '.join(sorted(_OPTIONS - {'paths'}))}")
    listed = {
        name: tuple(part.strip() for part in options[name].split(","))
        for name in ("rules", "columns", "kinds", "names")
        if name in options
    }
    files = listed.pop("rules", None)
    if "columns" in listed:
        listed["columns"] = tuple(name for name in listed["columns"] if name != "file")
    return Job(
        table=options.get("table", "nodes"),
        query=options.get("query"),
        rules=None if files is None else Rules(files),
        errors=str(options.get("errors", "")).lower() == "true",
        max_bytes=int(options.get("max_bytes", MAX_BYTES)),
        cache_dir=options.get("cache_dir"),
        **listed,
    )


def _several(name: str, value: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(strings(name, value))


def _fields(schema: pa.Schema) -> list[StructField]:
    """Return the columns of a job's result for Spark."""
    return [StructField(field.name, _type(field.type)) for field in schema]


def _type(kind: pa.DataType) -> DataType:
    if pa.types.is_list(kind):
        return ArrayType(_type(kind.value_type))
    if pa.types.is_struct(kind):
        return StructType(_fields(kind))
    if pa.types.is_boolean(kind):
        return BooleanType()
    return IntegerType() if pa.types.is_int32(kind) else StringType()
