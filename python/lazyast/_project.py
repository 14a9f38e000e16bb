"""`Project`: a codebase's modules, each with its tree."""

import ast
import os
import tokenize
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Literal, overload

from lazyast import _native
from lazyast._parse import interpreter_parse, registered


@dataclass(frozen=True)
class Failure:
    """A file without a tree."""

    path: Path
    """The file, as it was found."""
    error: Exception
    """Why it has none: the interpreter's own exception (a `SyntaxError`, mostly), or `UnreadableFile`."""


class Module:
    """A source file of a project.

    Its tree is made when it is first asked for, and is the same object from then on. The project does
    not keep it: a loop over a project needs the memory of one tree.
    """

    __slots__ = ("_index", "_project", "_tree")

    def __init__(self, project: _native.Project, index: int) -> None:
        """Modules come from a `Project`."""
        self._project = project
        self._index = index
        self._tree: ast.Module | None = None

    @property
    def path(self) -> Path:
        """The file, as it was found."""
        return Path(self._project.path(self._index))

    @property
    def tree(self) -> ast.Module:
        """The tree of what was in the file when the project was opened.

        A file that has to be left to the interpreter is read now, and parsed by it; so is one whose archive
        turns out to be damaged and that has changed since.
        """
        tree = self._tree
        if tree is None:
            tree = self._project.tree(self._index)
            if tree is None:
                path = self.path
                tree = registered(interpreter_parse(path.read_bytes(), os.fspath(path)))
                assert isinstance(tree, ast.Module)
            self._tree = tree
        return tree

    @property
    def source(self) -> str:
        """The file's text as it is now, decoded as Python decodes it."""
        with tokenize.open(self.path) as file:
            return file.read()

    def __repr__(self) -> str:
        return f"Module(path={self.path!r})"

    def __eq__(self, other: object) -> bool:
        return self.path == other.path if isinstance(other, Module) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.path)


class Project(Sequence[Module]):
    """The Python files under some paths.

    Opening a project finds the files (ignore files count, as for git), parses in parallel what is not in
    the cache yet, and finds the archives of all. `project[i]` and iteration give a `Module` each, in the
    order of their paths; `failures` are the files that no parser takes.
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
    ) -> None:
        """Open the files under `paths`, a path or several.

        `cache_dir` is used instead of the user's cache; `jobs` is the number of threads, one for each
        processor by default. With `verify="stat"` a file counts as unchanged if its size, timestamps and inode
        are what they were; with `verify="content"` every file is read. The default is `"content"` where the
        environment variable `CI` is set, and `"stat"` elsewhere.
        """
        if isinstance(paths, str | os.PathLike):
            paths = [paths]
        native = _native.Project(paths, cache_dir, jobs, verify)
        errors = {place: _error_of(Path(native.left_path(place))) for place in native.undecided}
        if errors:
            native.decide([(place, error is None) for place, error in errors.items()])
        self._native = native
        self._length = len(native)
        self._errors = errors
        self.new = native.new_count
        self.cached = native.cached
        self.lines = native.lines

    @cached_property
    def failures(self) -> tuple[Failure, ...]:
        """The files without a tree, in the order of their paths."""
        native = self._native
        failures = [
            Failure(Path(path), _native.UnreadableFile(f"{os.fspath(path)}: {reason}"))
            for path, reason in native.unreadable
        ]
        for place in native.refused:
            path = Path(native.left_path(place))
            error = self._errors.get(place) or _error_of(path)
            if error is None:
                error = _native.UnreadableFile(f"{path}: changed since the project was opened")
            failures.append(Failure(path, error))
        return tuple(sorted(failures, key=lambda failure: failure.path))

    def find(self, pattern: str | _native.Query) -> _native.Matches:
        """Search for a pattern: Python code with holes, such as `open($PATH, $$$)`.

        QUERIES.md says what patterns mean. Files that have to be left to the interpreter are not searched; the
        result has them as `unsearched`. Raises `QueryError` for a pattern that means nothing.
        """
        query = _native.pattern(pattern) if isinstance(pattern, str) else pattern
        return self._native.search(query, self._make_module)

    def select(self, selector: str | _native.Query) -> _native.Matches:
        """Search for a selector, such as `ClassDef > FunctionDef[name=/^test_/]`; otherwise as `find`."""
        query = _native.selector(selector) if isinstance(selector, str) else selector
        return self._native.search(query, self._make_module)

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
        """Give a module by number, or a list of modules."""
        if isinstance(index, slice):
            return [Module(self._native, place) for place in range(self._length)[index]]
        return Module(self._native, range(self._length)[index])

    def __iter__(self) -> Iterator[Module]:
        native = self._native
        return (Module(native, place) for place in range(self._length))


Sequence.register(_native.Matches)


def _error_of(path: Path) -> Exception | None:
    """Why the interpreter does not parse a file either, or `None` if it does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            interpreter_parse(path.read_bytes(), os.fspath(path))
    except Exception as error:
        return error
    return None
