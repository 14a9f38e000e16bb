"""`Project`: a codebase's modules, each with its tree."""

import ast
import os
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import overload

from lazyast import _native
from lazyast._parse import interpreter_parse, remembered


@dataclass(frozen=True)
class Failure:
    """A file without a tree."""

    path: Path
    """The file, as it was found."""
    error: Exception
    """Why it has none: the interpreter's own exception (a `SyntaxError`, mostly), or `UnreadableFile`."""


@dataclass(frozen=True)
class Module:
    """A source file of a project.

    Its tree is made when it is first asked for, and is the same object from then on. The project does
    not keep it: a loop over a project needs the memory of one tree.
    """

    path: Path
    """The file, as it was found."""
    _project: _native.Project = field(repr=False, compare=False)
    _index: int | None = field(repr=False, compare=False)

    @cached_property
    def tree(self) -> ast.Module:
        """The tree of what was in the file when the project was opened.

        A file that has to be left to the interpreter is read now, and parsed by it.
        """
        tree = self._project.tree(self._index) if self._index is not None else None
        if tree is None:
            tree = remembered(interpreter_parse(self.path.read_bytes(), os.fspath(self.path)))
        assert isinstance(tree, ast.Module)
        return tree

    @property
    def source(self) -> str:
        """The file's text as it is now, decoded as Python decodes it."""
        with tokenize.open(self.path) as file:
            return file.read()


class Project(Sequence[Module]):
    """The Python files under some paths.

    Opening a project finds the files (ignore files count, as for git), parses in parallel what is not in
    the cache yet, and opens the archives of all. `project[i]` and iteration give a `Module` each, in the
    order of their paths; `failures` are the files that no parser takes.
    """

    failures: tuple[Failure, ...]
    """The files without a tree, in the order of their paths."""
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
    ) -> None:
        """Open the files under `paths`, a path or several.

        `cache_dir` is used instead of the user's cache; `jobs` is the number of threads, one for each
        processor by default.
        """
        if isinstance(paths, str | os.PathLike):
            paths = [paths]
        native = _native.Project(paths, cache_dir, jobs)
        places: list[tuple[Path, int | None]]
        places = [(Path(native.path(index)), index) for index in range(len(native))]
        failures = [
            Failure(Path(path), _native.UnreadableFile(f"{os.fspath(path)}: {reason}"))
            for path, reason in native.unreadable
        ]
        for path, _ in native.left:
            error = _error_of(Path(path))
            if error is None:
                places.append((Path(path), None))
            else:
                failures.append(Failure(Path(path), error))
        self._native = native
        self._places = sorted(places, key=lambda place: place[0])
        self.failures = tuple(sorted(failures, key=lambda failure: failure.path))
        self.new = native.new
        self.cached = native.cached
        self.lines = native.lines

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> list[Module]: ...
    def __getitem__(self, index: int | slice) -> Module | list[Module]:
        """Give a module by number, or a list of modules."""
        if isinstance(index, slice):
            return [self._module(place) for place in self._places[index]]
        return self._module(self._places[index])

    def __iter__(self) -> Iterator[Module]:
        return map(self._module, self._places)

    def _module(self, place: tuple[Path, int | None]) -> Module:
        path, index = place
        return Module(path, self._native, index)


def _error_of(path: Path) -> Exception | None:
    """Why the interpreter does not parse a file either, or `None` if it does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            interpreter_parse(path.read_bytes(), os.fspath(path))
    except Exception as error:
        return error
    return None
