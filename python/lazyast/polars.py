"""The tables of a project as Polars' `LazyFrame`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import polars as pl
from polars.io.plugins import register_io_source

from lazyast._project import Project


def scan(
    project: Project | str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    relation: str = "nodes",
) -> pl.LazyFrame:
    """Return a table of a project as a `LazyFrame`.

    `project` is a `Project`, or paths to open; `relation` is the name of a table. Only the columns that a query uses are
    made. Conditions on `kind`, `file` and `name` choose what is read: of `nodes` and `definitions`, only rows of the
    kinds and names that can fulfil them are made, and of every table only those of such files.
    """
    if not isinstance(project, Project):
        project = Project(project)
    table = project.table(relation)
    schema = pl.DataFrame(project.table(relation, files=[])).schema

    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        columns = with_columns if with_columns is not None else list(schema)
        choice = {} if predicate is None else _choice(project, relation, predicate)
        kinds, names, files = choice.get("kinds"), choice.get("names"), choice.get("files")
        read = columns or table.columns[:1]
        if predicate is not None:
            read = list(dict.fromkeys([*read, *predicate.meta.root_names()]))
        left = n_rows
        for batch in project.table(relation, columns=read, kinds=kinds, names=names, files=files):
            frame = pl.DataFrame(batch)
            if predicate is not None:
                frame = frame.filter(predicate)
            if left is not None:
                frame = frame.head(left)
                left -= frame.height
            yield frame.select(columns)
            if left == 0:
                return

    return register_io_source(source, schema=schema, is_pure=True)


def _choice(project: Project, relation: str, predicate: pl.Expr) -> dict[str, list[str]]:
    """Return the arguments of `Project.table` that leave out rows for which a predicate cannot hold."""
    choice: dict[str, list[str]] = {}
    for condition in _conditions(predicate):
        roots = set(condition.meta.root_names())
        if roots == {"file"} and "files" not in choice:
            choice["files"] = _fulfilling(condition, pl.DataFrame(project.files(columns=["file"])))
        elif roots == {"kind"} and relation in ("nodes", "definitions") and "kinds" not in choice:
            kinds = project.nodes(columns=["kind"], files=[])["kind"].categories
            choice["kinds"] = _fulfilling(condition, pl.DataFrame({"kind": kinds}))
        elif roots == {"name"} and relation in ("nodes", "definitions", "imports") and "names" not in choice:
            names = _names(condition)
            if names is not None:
                choice["names"] = names
    return choice


def _conditions(predicate: pl.Expr) -> Iterator[pl.Expr]:
    """Yield the operands of a conjunction."""
    operands = predicate.meta.pop()
    if len(operands) == 2:
        for left, right in (operands, operands[::-1]):
            if (left & right).meta.eq(predicate):
                yield from _conditions(left)
                yield from _conditions(right)
                return
    yield predicate


def _fulfilling(condition: pl.Expr, candidates: pl.DataFrame) -> list[str]:
    """Return the values of the only column for which a condition on it holds."""
    column = pl.col(candidates.columns[0])
    # Conditions are on categories or on strings, as the query has them.
    return candidates.with_columns(column.cast(pl.Categorical)).filter(condition)[:, 0].cast(pl.String).to_list()


def _names(condition: pl.Expr) -> list[str] | None:
    """Return the names that a condition compares with: `name == "x"`, or `name` in a list."""
    operands = condition.meta.pop()
    if len(operands) != 2:
        return None
    for operand in operands:
        if operand.meta.root_names():
            continue
        values = pl.select(operand).to_series()
        texts = (
            values.explode().cast(pl.String).to_list() if values.dtype == pl.List else values.cast(pl.String).to_list()
        )
        for expected in (pl.col("name") == operand, operand == pl.col("name"), pl.col("name").is_in(operand)):
            if expected.meta.eq(condition) and None not in texts:
                return texts
    return None
