"""`sql`: the tables of a project in SQL, through DuckDB."""

from __future__ import annotations

import re

from lazyast._project import Project

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import duckdb

    from lazyast._native import Table

RELATIONS = ("nodes", "files", "definitions", "calls", "imports", "constants", "comments")


def sql(
    statement: str,
    project: Project | str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = ".",
) -> duckdb.DuckDBPyRelation:
    """Run a `SELECT` over the tables of a project, which are named as the methods of `Project`.

    `project` is a `Project`, or paths to open. Returns DuckDB's result: `.fetchall()`, `.df()`, `.pl()` and
    `.write_parquet(path)` are some of its methods. Only the columns that the statement uses are made.

    Raises `ImportError` if DuckDB is not installed (`pip install lazyast[sql]`), and DuckDB's own errors for a statement
    that is invalid.
    """
    return _connect(statement, project).sql(statement)


def _connect(
    statement: str, project: Project | str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
) -> duckdb.DuckDBPyConnection:
    """Return a connection to a database in memory that has what a statement uses."""
    try:
        import duckdb
    except ImportError as error:
        message = "lazyast.sql runs statements with DuckDB, which is not installed: pip install 'lazyast[sql]'"
        raise ImportError(message, name="duckdb") from error
    if not isinstance(project, Project):
        project = Project(project)
    connection = duckdb.connect()
    types = {relation: _declare(connection, project, relation) for relation in RELATIONS}
    used = _used_columns(connection, statement)
    for relation, columns in types.items():
        _define(connection, project, relation, columns, used.get(relation, set()))
    return connection


class _Schema:
    """A table without rows, whose columns are named after relation and column, so that plans tell them apart."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __arrow_c_schema__(self) -> object:
        return self._table._prefixed_schema()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        raise RuntimeError("the table is only declared")


def _declare(connection: duckdb.DuckDBPyConnection, project: Project, relation: str) -> dict[str, str]:
    """Define a view without rows, and return the types of its columns."""
    table = project.table(relation)
    connection.register(f"{relation} of lazyast", _Schema(table))
    columns = ", ".join(f'"{relation}.{name}" AS "{name}"' for name in table.columns)
    connection.execute(f'CREATE TEMP VIEW {relation} AS SELECT {columns} FROM "{relation} of lazyast"')
    described = connection.execute(f"DESCRIBE {relation}").fetchall()
    return {name: type_ for name, type_, *_ in described}


def _used_columns(connection: duckdb.DuckDBPyConnection, statement: str) -> dict[str, set[str]]:
    """Return the columns that DuckDB reads when it executes a statement."""
    plan = connection.execute(f"EXPLAIN (FORMAT json) {statement}").fetchall()[0][1]
    used: dict[str, set[str]] = {}
    for relation, column in re.findall(rf"\b({'|'.join(RELATIONS)})\.([a-z_]+)", plan):
        used.setdefault(relation, set()).add(column)
    return used


def _define(
    connection: duckdb.DuckDBPyConnection, project: Project, relation: str, types: dict[str, str], used: set[str]
) -> None:
    """Define the view with the columns that are used. The others are null: nothing reads them."""
    connection.unregister(f"{relation} of lazyast")
    columns = [name for name in types if name in used]
    if columns:
        connection.register(f"{relation} of lazyast", project.table(relation, columns=columns))
        source = f'"{relation} of lazyast"'
    else:
        source = "(SELECT 1 WHERE false)"
    values = (f'"{name}"' if name in used else f'CAST(NULL AS {type_}) AS "{name}"' for name, type_ in types.items())
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {relation} AS SELECT {', '.join(values)} FROM {source}")


def main(arguments: list[str]) -> int:
    """Run `lazyast sql`, and return its exit code."""
    import argparse
    import sys

    parser = argparse.ArgumentParser(prog="lazyast sql")
    parser.add_argument("--format", choices=["table", "csv", "json"], default="table")
    parser.add_argument("--to")
    parser.add_argument("statement")
    parser.add_argument("paths", nargs="*")
    options = parser.parse_args(arguments)
    try:
        import duckdb
    except ImportError:
        print("lazyast: error: lazyast sql needs DuckDB, which is not installed", file=sys.stderr)
        print(f"hint: {sys.executable} -m pip install 'lazyast[sql]'", file=sys.stderr)
        return 1
    statement = options.statement.rstrip().rstrip(";")
    try:
        connection = _connect(statement, options.paths or ["."])
        if options.to is not None:
            _write(connection, statement, options.to)
        elif options.format == "table":
            connection.sql(statement).show(max_rows=1_000_000)
        else:
            _print(connection.execute(statement), options.format)
    except BrokenPipeError:
        return 0
    except (duckdb.Error, OSError, ValueError) as error:
        print(f"lazyast: error: {error}", file=sys.stderr)
        return 1
    return 0


def _write(connection: duckdb.DuckDBPyConnection, statement: str, path: str) -> None:
    """Write the rows to a file, in the format that its name says."""
    format_ = next((name for name in ("parquet", "csv", "json") if path.endswith(f".{name}")), None)
    if format_ is None:
        raise ValueError(f"cannot tell the format of {path}: the name ends in .parquet, .csv or .json")
    quoted = path.replace("'", "''")
    connection.execute(f"COPY ({statement}) TO '{quoted}' (FORMAT {format_})")


def _print(result: duckdb.DuckDBPyConnection, format_: str) -> None:
    """Print the rows as CSV with a header, or as one JSON object in each line."""
    import csv
    import json
    import sys

    names = [column[0] for column in result.description or []]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if format_ == "csv":
        writer.writerow(names)
    while rows := result.fetchmany(10_000):
        if format_ == "csv":
            writer.writerows(rows)
            continue
        for row in rows:
            print(json.dumps(dict(zip(names, row)), ensure_ascii=False, default=str))
