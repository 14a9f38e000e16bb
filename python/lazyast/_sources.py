"""`columns`, `matches` and `findings`: tables of sources in memory, such as a column of a data set."""

from __future__ import annotations

from lazyast import _native
from lazyast._arguments import checked_jobs, strings, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence
    from typing import Protocol

    from lazyast._native import Query, Rules, Table

    class _ArrowArray(Protocol):
        """An array of texts or bytes, or a batch with one such column."""

        def __arrow_c_array__(self, requested_schema: object = None) -> object: ...

    class _ArrowStream(Protocol):
        """A column of texts or bytes, or a table with one such column."""

        def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...

    _Sources = _ArrowArray | _ArrowStream | Iterable[str | bytes | None]


def columns(
    sources: _Sources,
    table: str = "nodes",
    *,
    columns: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    jobs: int | None = None,
    max_bytes: int | None = None,
    cache_dir: str | os.PathLike[str] | None = None,
) -> Table:
    """Return a table of sources in memory. It has the rows of all of them, in one batch.

    `sources` is a column of texts or bytes of any library that knows Arrow, or an iterable of `str` and `bytes`. Texts
    are parsed as `ast.parse` parses a `str`, and bytes as it parses the bytes of a file. `table` is the name of a table of
    a project, whose column `file` is `source` here: the number of the source, from 0. `columns`, `kinds` and `names` choose
    as those of `Project.table` do.

    A source that lazyast does not serve has no rows. `.errors` of the result has a row for each: `source`, `kind`,
    `message` and `line`.

    `jobs` is the number of threads, by default one per processor; with 1, no thread is started. A source with more than
    `max_bytes`, by default 512 MiB, is not parsed, and an error: parsing takes ten to thirty times the memory of the source.
    Nothing is stored, unless there is a `cache_dir`. Raises `ValueError` if there is no such table, column or kind, and `TypeError` for sources that
    are no texts or bytes.
    """
    kinds = None if kinds is None else strings("kinds", kinds)
    names = None if names is None else strings("names", names)
    columns = None if columns is None else strings("columns", columns)
    return _native.columns(sources, table, columns, kinds, names, checked_jobs(jobs), max_bytes, cache_dir)


def matches(
    sources: _Sources,
    query: str | Query,
    *,
    jobs: int | None = None,
    max_bytes: int | None = None,
    cache_dir: str | os.PathLike[str] | None = None,
) -> Table:
    """Return the table of the matches of a query in sources in memory, in one batch.

    `query` is a `Query`, or the text of a pattern. The table is that of `Matches.table`, but its first column is `source`,
    the number of the source. All else is as for `columns`.
    """
    if isinstance(query, str):
        query = _native.pattern(query)
    elif not isinstance(query, _native.Query):
        raise TypeError(f"query must be a Query or the text of a pattern, not {type_name(query)}")
    return _native.matches(sources, query, checked_jobs(jobs), max_bytes, cache_dir)


def findings(
    sources: _Sources,
    rules: Rules | None = None,
    *,
    jobs: int | None = None,
    max_bytes: int | None = None,
    cache_dir: str | os.PathLike[str] | None = None,
) -> Table:
    """Return the table of what rules find in sources in memory, in one batch.

    `rules` are by default those that `lazyast check` checks without configuration. The columns are those of `matches`, with
    `rule`, `severity` and `message` after the first, and one for each metavariable of any of the rules. Comments suppress
    findings as in files. All rules are checked, also those that are for certain paths. All else is as for `columns`.
    """
    if rules is None:
        rules = _native.Rules()
    elif not isinstance(rules, _native.Rules):
        raise TypeError(f"rules must be a Rules, not {type_name(rules)}")
    return _native.findings(sources, rules, checked_jobs(jobs), max_bytes, cache_dir)
