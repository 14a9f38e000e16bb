"""What Spark's workers do: from batches of sources, or from files, to batches of rows with types that Spark has."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import lazyast
from lazyast import _native

MAX_BYTES = 16 << 20
"""The longest source that is parsed, in bytes, unless the caller says otherwise."""

# So much of the sources is parsed before rows are handed on, and so many rows are one batch: they bound a task's memory.
BYTES_AT_ONCE = 4 << 20
ROWS_OF_A_BATCH = 1 << 17

ERROR = pa.struct([("kind", pa.string()), ("message", pa.string()), ("line", pa.int32())])

Query = str | Callable[[], lazyast.Query]


@dataclass(frozen=True)
class File:
    """A file of a partition: its path and its bytes when it was found, or why it could not be inspected."""

    path: str
    bytes: int
    problem: str | None = None

    @property
    def name(self) -> str:
        """The path as text."""
        return os.fsencode(self.path).decode(errors="replace")


@dataclass(frozen=True)
class Job:
    """A choice of rows. It is pickled together with the version of lazyast that the driver has."""

    table: str = "nodes"
    query: Query | None = None
    rules: lazyast.Rules | None = None
    columns: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    names: tuple[str, ...] | None = None
    errors: bool = False
    max_bytes: int = MAX_BYTES
    cache_dir: str | None = None

    def __post_init__(self) -> None:
        if self.query is not None and self.rules is not None:
            raise ValueError(
                "query and rules make different rows: drop rules for the matches of the query, or query for the findings"
                " of the rules"
            )
        chosen = [name for name in ("kinds", "names") if getattr(self, name) is not None]
        if chosen and (self.query is not None or self.rules is not None):
            other = "rules" if self.query is None else "query"
            raise ValueError(f"{chosen[0]} chooses rows of a table, and with {other} there is none: drop {chosen[0]}")

    def __reduce__(self) -> tuple[Any, ...]:
        return restored, (version(), {field.name: getattr(self, field.name) for field in fields(self)})

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns of the rows. Raises `ValueError` for a choice that is wrong."""
        return self._rows([], {})[1].schema

    def of_batches(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of the sources in the last column of batches, each with the values that the other columns have."""
        for batch in batches:
            *kept, sources = batch.columns
            names = batch.schema.names[:-1]
            lengths = pc.fill_null(pc.binary_length(sources), 0).to_pylist()
            for first, end in groups(lengths):
                numbers, rows = self._rows(sources[first:end], {})
                taken = [column[first:end].take(numbers) for column in kept]
                yield from _batches(taken, names, rows)

    def of_files(self, files: Sequence[File]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of files, after a column `file` of their paths."""
        for first, end in groups([file.bytes for file in files]):
            sources: list[bytes | None] = []
            unread: dict[int, tuple[str, str]] = {}
            for number, file in enumerate(files[first:end]):
                source = self._read(file)
                if isinstance(source, bytes):
                    sources.append(source)
                else:
                    sources.append(None)
                    unread[number] = source
            numbers, rows = self._rows(sources, unread)
            paths = pa.array([file.name for file in files[first:end]], pa.string())
            yield from _batches([paths.take(numbers)], ["file"], rows)

    def _read(self, file: File) -> bytes | tuple[str, str]:
        """Return the bytes of a file, or the kind and the message of an error."""
        if file.problem is not None:
            return "file", file.problem
        try:
            with open(file.path, "rb") as opened:
                size = os.fstat(opened.fileno()).st_size
                if size > self.max_bytes:
                    return "size", f"{size} bytes are more than {self.max_bytes}"
                return opened.read()
        except OSError as error:
            return "file", error.strerror or str(error)

    def _rows(self, sources: Any, unread: dict[int, tuple[str, str]]) -> tuple[pa.Array, pa.Table]:
        """Return the number of each row's source, and the rows. `unread` says why sources are `None`."""
        made = self._made(sources)
        failed = pa.table(made.errors)
        if unread:
            listed = failed.to_pylist()
            for error in listed:
                error["kind"], error["message"] = unread.get(error["source"], (error["kind"], error["message"]))
            failed = pa.Table.from_pylist(listed, failed.schema)
        rows = failed if self.table == "errors" else pa.table(made)
        chosen = rows.column_names[1:] if self.columns is None else list(self.columns)
        wrong = [name for name in chosen if name not in rows.column_names[1:]]
        if wrong:
            expected = ", ".join(rows.column_names[1:])
            raise ValueError(f'{made.name} has no column "{wrong[0]}" here; it has {expected}')
        rows = rows.select(["source", *chosen])
        rows = rows.cast(pa.schema([(field.name, _plain(field.type)) for field in rows.schema]))
        if self.errors and self.table != "errors":
            parts = [failed[field.name].combine_chunks() for field in ERROR]
            errors = pa.table(
                {"source": failed["source"], "error": pa.StructArray.from_arrays(parts, fields=list(ERROR))}
            )
            rows = rows.append_column("error", pa.nulls(len(rows), ERROR))
            rows = pa.concat_tables([rows, errors], promote_options="default")
        return rows["source"].combine_chunks(), rows.drop_columns(["source"])

    def _made(self, sources: Any) -> lazyast.Table:
        if self.rules is not None:
            return lazyast.findings(sources, self.rules, jobs=1, max_bytes=self.max_bytes, cache_dir=self.cache_dir)
        if self.query is not None:
            query = self.query if isinstance(self.query, str) else self.query()
            return lazyast.matches(sources, query, jobs=1, max_bytes=self.max_bytes, cache_dir=self.cache_dir)
        table, columns, kinds, names = self.table, self.columns, self.kinds, self.names
        if table == "errors":
            # What takes least: the table of one node of each source.
            table, columns, kinds, names = "nodes", (), ("Module",), None
        chosen = None if columns is None else list(dict.fromkeys(["source", *columns]))
        return lazyast.columns(
            sources, table, columns=chosen, kinds=kinds, names=names, jobs=1, max_bytes=self.max_bytes,
            cache_dir=self.cache_dir,
        )  # fmt: skip


def groups(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield ranges of sources of which each has `BYTES_AT_ONCE`, or one source with more."""
    first = size = 0
    for number, length in enumerate(lengths):
        if first < number and size + length > BYTES_AT_ONCE:
            yield first, number
            first, size = number, 0
        size += length
    if first < len(lengths):
        yield first, len(lengths)


def version() -> str:
    """Return what has to be equal on driver and workers."""
    return f"{_native.__version__} ({_native.format_key()})"


def restored(driver: str, choice: dict[str, Any]) -> Job:
    """Return the job that a driver has pickled. Raises `RuntimeError` if the driver has another version of lazyast."""
    if driver != version():
        raise RuntimeError(
            f"the driver has lazyast {driver}, and {sys.executable} on {socket.gethostname()} has {version()}:"
            " install one version on all machines of the cluster"
        )
    return Job(**choice)


def _plain(kind: pa.DataType) -> pa.DataType:
    """Return the type without dictionaries and unsigned numbers, which Spark does not have."""
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    if pa.types.is_unsigned_integer(kind) or pa.types.is_int8(kind) or pa.types.is_int16(kind):
        return pa.int32()
    return pa.string() if pa.types.is_large_string(kind) else kind


def _batches(kept: Sequence[pa.Array], names: Sequence[str], rows: pa.Table) -> Iterator[pa.RecordBatch]:
    """Yield all columns in batches of `ROWS_OF_A_BATCH`."""
    table = pa.Table.from_arrays([*kept, *rows.columns], [*names, *rows.column_names])
    yield from table.combine_chunks().to_batches(ROWS_OF_A_BATCH)
