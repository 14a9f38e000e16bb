"""`Relations`: the tables of a project or a module. Tables are made in Rust when a library reads them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from lazyast._native import Table

    _Names = Sequence[str]
    _Paths = Sequence[str | os.PathLike[str]]


class Relations:
    """The tables of a project or a module.

    Each method returns a `Table`, which is made when it is read, and only the columns that are chosen. `files` are paths
    as the project has them; `jobs` is the number of threads, by default one per processor.
    """

    __slots__ = ()

    def _table(
        self,
        relation: str,
        columns: _Names | None,
        kinds: _Names | None = None,
        names: _Names | None = None,
        files: _Paths | None = None,
        jobs: int | None = None,
    ) -> Table:
        raise NotImplementedError

    def table(
        self,
        relation: str,
        *,
        columns: _Names | None = None,
        kinds: _Names | None = None,
        names: _Names | None = None,
        files: _Paths | None = None,
        jobs: int | None = None,
    ) -> Table:
        """Return a table by its name: `nodes`, `files`, `definitions`, `calls`, `imports`, `constants`, `comments`.

        Raises `ValueError` if there is no such table, column, kind or file.
        """
        return self._table(relation, columns, kinds, names, files, jobs)

    def nodes(
        self,
        *,
        columns: _Names | None = None,
        kinds: _Names | None = None,
        names: _Names | None = None,
        files: _Paths | None = None,
        jobs: int | None = None,
    ) -> Table:
        """Return one row for each node, or for those of some `kinds` and with some `names`, in the order of the source.

        `kinds` are names of classes in `ast`, such as `Call` or `stmt`.
        """
        return self._table("nodes", columns, kinds, names, files, jobs)

    def files(self, *, columns: _Names | None = None, files: _Paths | None = None, jobs: int | None = None) -> Table:
        """Return one row for each file. A file without an archive has a `reason`, and nulls."""
        return self._table("files", columns, None, None, files, jobs)

    def definitions(
        self,
        *,
        columns: _Names | None = None,
        kinds: _Names | None = None,
        names: _Names | None = None,
        files: _Paths | None = None,
        jobs: int | None = None,
    ) -> Table:
        """Return one row for each function and class."""
        return self._table("definitions", columns, kinds, names, files, jobs)

    def calls(self, *, columns: _Names | None = None, files: _Paths | None = None, jobs: int | None = None) -> Table:
        """Return one row for each call."""
        return self._table("calls", columns, None, None, files, jobs)

    def imports(
        self,
        *,
        columns: _Names | None = None,
        names: _Names | None = None,
        files: _Paths | None = None,
        jobs: int | None = None,
    ) -> Table:
        """Return one row for each name that is imported."""
        return self._table("imports", columns, None, names, files, jobs)

    def constants(
        self, *, columns: _Names | None = None, files: _Paths | None = None, jobs: int | None = None
    ) -> Table:
        """Return one row for each `ast.Constant`."""
        return self._table("constants", columns, None, None, files, jobs)
