"""`Project`: the modules of a codebase, each with its tree."""

from __future__ import annotations

import ast
import os
from collections.abc import Sequence
from functools import cached_property, partial

from lazyast import _native
from lazyast._arguments import checked_jobs, path_list, require_existing, strings, type_name
from lazyast._parse import interpreter_parse, registered, with_warnings
from lazyast._relations import Relations
from lazyast._typing import overload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Literal

    from lazyast._relations import _Names, _Paths
    from lazyast._source import Comment


class Failure:
    """A file without a tree."""

    __slots__ = ("_error", "_path")
    __match_args__ = ("path", "error")

    def __init__(self, path: Path, error: Exception) -> None:
        self._path = path
        self._error = error

    @property
    def path(self) -> Path:
        """The file, as it was found."""
        return self._path

    @property
    def error(self) -> Exception:
        """Why it has no tree: the interpreter's own exception (mostly a `SyntaxError`), or `UnreadableFile`."""
        return self._error

    def __repr__(self) -> str:
        return f"Failure(path={self.path!r}, error={self.error!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Failure):
            return NotImplemented
        return (self.path, self.error) == (other.path, other.error)

    def __hash__(self) -> int:
        return hash((self.path, self.error))


class Module(Relations):
    """A source file of a project.

    Its tree is created when it is first needed, and is the same object from then on. The project keeps no reference
    to it, so a loop over a project needs the memory of one tree.
    """

    __slots__ = ("_index", "_project", "_tree")

    def __init__(self, project: _native.Project, index: int) -> None:
        """To be called by `Project` only."""
        self._project = project
        self._index = index
        self._tree: ast.Module | None = None

    @property
    def path(self) -> Path:
        """The file, as it was found."""
        return self._project.path(self._index)

    @property
    def tree(self) -> ast.Module:
        """The tree of the file's content when the project was opened.

        If the file falls back to the interpreter, it is read and parsed now. So is a file whose archive turns out to
        be damaged, if the file has changed since the project was opened.
        """
        tree = self._tree
        if tree is None:
            served = self._project.tree(self._index)
            if served is not None:
                tree = with_warnings(*served, os.fspath(self.path))
            if tree is None:
                source = self._read()
                tree = registered(interpreter_parse(source, os.fspath(self.path)), source)
                assert isinstance(tree, ast.Module)
            self._tree = tree
        return tree

    @property
    def source(self) -> str:
        """The current text of the file, decoded as Python decodes it; that in the pack, for `Project.from_pack`.

        That of a notebook is the code of its cells, one after the other. What only IPython understands is blank there, or
        `pass` if it is indented.
        """
        import io
        import tokenize

        source = self._read()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        return io.TextIOWrapper(io.BytesIO(source), encoding).read()

    def _read(self) -> bytes:
        project = self._project
        if not project.is_exported:
            return _source_of(self.path)
        source = project.source(self._index)
        if source is None:
            raise _native.UnreadableFile(f"{self.path}: the pack has no intact source of it")
        return source

    def cell(self, lineno: int) -> tuple[int, int] | None:
        """Return the number of the cell that a line comes from, and the line's number in the cell; both from 1.

        All cells of the notebook count. For a file that is no notebook, the result is `None`.
        """
        path = self.path
        if path.suffix != _NOTEBOOK:
            return None
        _, starts = _native.notebook(path)
        first, number = max((start for start in starts if start[0] <= lineno), default=(1, 1))
        return number, lineno - first + 1

    @property
    def comments(self) -> list[Comment]:
        """The comments, in order, as a list. `module.table("comments")` has them as a table.

        Raises `UnreadableFile` if the file has changed since the project was opened: an archive has the positions of
        comments and not their text.
        """
        from lazyast._source import Comment, comments_of

        if not self._project.has_archive(self._index):
            return comments_of(self._read())
        names = ["lineno", "col_offset", "end_col_offset", "text"]
        table = self.table("comments", columns=names)
        columns = [table[name] for name in names]
        rows = [tuple(column[index] for column in columns) for index in range(len(columns[0]))]
        if any(text is None for _, _, _, text in rows):
            raise _native.UnreadableFile(f"{self.path}: changed since the project was opened")
        return [Comment(*row) for row in rows]

    def _table(
        self,
        relation: str,
        columns: _Names | None,
        kinds: _Names | None = None,
        names: _Names | None = None,
        files: _Paths | None = None,
        jobs: int | None = None,
    ) -> _native.Table:
        files = [self.path] if files is None else files
        return self._project.table(relation, columns, kinds, names, files, checked_jobs(jobs))

    def __repr__(self) -> str:
        return f"Module(path={self.path!r})"

    def __eq__(self, other: object) -> bool:
        return self.path == other.path if isinstance(other, Module) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.path)


class Project(Relations, Sequence[Module]):
    """The Python files under some paths.

    Opening a project finds the files, except those that git would ignore. Files that are not in the cache yet are
    parsed in parallel. `project[i]` and iteration return a `Module` each, in the order of paths; `failures` are the
    files without a tree.
    """

    new: int
    """How many files were parsed when the project was opened."""
    cached: int
    """How many files' archives were in the cache."""
    lines: int
    """How many lines the files with an archive have."""

    def __init__(
        self,
        paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = ".",
        *,
        cache_dir: str | os.PathLike[str] | None = None,
        jobs: int | None = None,
        verify: Literal["stat", "content"] | None = None,
        hidden: bool = False,
        no_ignore: bool = False,
        glob: Sequence[str] = (),
        exclude: Sequence[str] = (),
        types: Sequence[Literal["py", "pyi", "ipynb"]] = (),
    ) -> None:
        """Open the files under `paths`, which is a path or a sequence of paths.

        `cache_dir` is used instead of the user's cache. `jobs` is the number of threads, by default one per processor.

        With `verify="stat"`, a file whose size, timestamps and inode are the same as before counts as unchanged. With
        `verify="content"`, every file is read. The default is `"content"` if the environment variable `CI` is set, and
        `"stat"` otherwise.

        The other arguments select files below directories, as the options of the command with the same names do:
        `hidden` takes hidden files, `no_ignore` those that ignore files exclude and those in directories such as
        `build` and `venv`, `types` only files with these extensions (by default `py` and `pyi`). `glob` and `exclude` are patterns in the syntax of
        `.gitignore`, relative to the current directory. They add to `[tool.lazyast]` of pyproject.toml.

        Raises `FileNotFoundError` or `NotADirectoryError` for the first of `paths` at which there is nothing, and
        `ValueError` for an invalid pattern, an unknown type, or `jobs` below 1.
        """
        roots = path_list(paths)
        jobs = checked_jobs(jobs)
        selection = {
            "hidden": hidden,
            "no_ignore": no_ignore,
            "glob": strings("glob", glob),
            "exclude": strings("exclude", exclude),
            "types": strings("types", types),
        }
        native = _native.Project(roots, cache_dir, jobs, verify, selection)
        if native.unreadable:
            require_existing(roots)
        self._open(native, roots)

    @classmethod
    def from_pack(cls, path: str | os.PathLike[str]) -> Project:
        """Open a file that `lazyast pack export --manifest` or `Cache.export_pack(manifest=True)` wrote.

        The modules are the files with a tree, and the failures all others, also those that only the interpreter parses.
        Their paths are relative, as in the file. Nothing else is read: neither the cache, nor the modules' own files, so
        that `Module.source` needs a file with sources. Trees are checked when they are first used. The check cannot prove
        that a tree is that of its source: open files only from people whose code you would run.

        Raises `CorruptPack` if the file is no intact pack with a manifest.
        """
        project = cls.__new__(cls)
        project._open(_native.Project.from_pack(path), path_list(path))
        return project

    def _open(self, native: _native.Project, roots: Sequence[str | os.PathLike[str]]) -> None:
        errors = {index: _error_of(native.failure_path(index)) for index in native.undecided}
        if errors:
            native.decide([(index, error is None) for index, error in errors.items()])
        self._native = native
        self._roots = roots
        self._length = len(native)
        self._errors = errors
        self.new = native.new_count
        self.cached = native.cached
        self.lines = native.lines

    @cached_property
    def failures(self) -> tuple[Failure, ...]:
        """The files without a tree, in the order of their paths."""
        native = self._native
        failures = [Failure(path, _native.UnreadableFile(f"{path}: {reason}")) for path, reason in native.unreadable]
        for index in native.rejected:
            path = native.failure_path(index)
            error = self._errors.get(index) or _error_of(path)
            if error is None:
                error = _native.UnreadableFile(f"{path}: changed since the project was opened")
            failures.append(Failure(path, error))
        return tuple(sorted(failures, key=lambda failure: failure.path))

    def find(self, pattern: str | _native.Query) -> _native.Matches[Path, Module]:
        """Search for a pattern: Python code with metavariables, such as `open($PATH, $$$)`.

        docs/queries.md describes the syntax. Files that fall back to the interpreter are not searched; they are in the
        `unsearched` of the result. Raises `QueryError` if the pattern is invalid.
        """
        query = _native.pattern(pattern) if isinstance(pattern, str) else _checked_query("pattern", pattern)
        return self._native.search(query, self._make_module)

    def select(self, selector: str | _native.Query) -> _native.Matches[Path, Module]:
        """Search for a selector, such as `ClassDef > FunctionDef[name=/^test_/]`. Otherwise the same as `find`."""
        query = _native.selector(selector) if isinstance(selector, str) else _checked_query("selector", selector)
        return self._native.search(query, self._make_module)

    def _table(
        self,
        relation: str,
        columns: _Names | None,
        kinds: _Names | None = None,
        names: _Names | None = None,
        files: _Paths | None = None,
        jobs: int | None = None,
    ) -> _native.Table:
        return self._native.table(relation, columns, kinds, names, files, checked_jobs(jobs))

    def comments(
        self, *, columns: _Names | None = None, files: _Paths | None = None, jobs: int | None = None
    ) -> _native.Table:
        """Return one row for each comment. The text is null if the file has changed since the project was opened."""
        return self._table("comments", columns, None, None, files, jobs)

    @cached_property
    def _make_module(self) -> Callable[[int], Module]:
        return partial(Module, self._native)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> list[Module]: ...
    def __getitem__(self, index: int | slice) -> Module | list[Module]:
        """Return a module by index, or a list of modules for a slice."""
        if isinstance(index, slice):
            return [Module(self._native, number) for number in range(self._length)[index]]
        if not hasattr(index, "__index__"):
            raise TypeError(f"indices of a project must be integers or slices, not {type_name(index)}")
        try:
            number = range(self._length)[index]
        except IndexError:
            raise IndexError(
                f"index {index} is out of range for a project with {_counted(self._length, 'module')}"
            ) from None
        return Module(self._native, number)

    def __iter__(self) -> Iterator[Module]:
        native = self._native
        return (Module(native, index) for index in range(self._length))

    def __repr__(self) -> str:
        """Return the first path with which the project was opened, and how many modules and failures there are."""
        native, others = self._native, len(self._roots) - 1
        path = os.fspath(self._roots[0]) if self._roots else "no path"
        more = f" and {others:,} more" if others > 0 else ""
        failures = len(native.unreadable) + len(native.rejected)
        return f"<Project: {path}{more}, {_counted(self._length, 'module')}, {_counted(failures, 'failure')}>"


Sequence.register(_native.Matches)


def _checked_query(name: str, query: _native.Query) -> _native.Query:
    if not isinstance(query, _native.Query):
        raise TypeError(f"{name} must be a str or a Query, not {type_name(query)}")
    return query


_NOTEBOOK = ".ipynb"


def _source_of(path: Path) -> bytes:
    """Return the source of a file: for a notebook, the code of its cells."""
    return _native.notebook(path)[0] if path.suffix == _NOTEBOOK else path.read_bytes()


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + "s" * (count != 1)


def _error_of(path: Path) -> Exception | None:
    """Return the exception with which the interpreter rejects a file, or `None` if it parses the file."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            interpreter_parse(_source_of(path), os.fspath(path))
    except Exception as error:
        return error
    return None
