"""The extension module: private, and thin."""

import ast
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, final, overload

from lazyast._project import Module

class Error(Exception):
    """Base class of what lazyast itself raises."""

class UnreadableFile(Error):
    """A source could not be found or read."""

class QueryError(Error):
    """A pattern or selector that means nothing, with the place where it does not; or a query that takes too long."""

class UnusableCache(Error):
    """There is no cache directory that may be used."""

class CorruptPack(Error):
    """A file of trees from elsewhere is damaged, or of another version of lazyast."""

class CorruptArchive(Error):
    """A node could not be decoded: its archive is damaged."""

def parse(source: str | bytes, type_comments: bool = False, whole: int = 0) -> ast.Module | None:
    """The tree of a source, or `None` where the interpreter has to parse.

    A tree of at most `whole` nodes has all of them made at once.
    """

def archive(source: bytes) -> bytes | None:
    """The archive of a source, or `None` where there is none."""

def open_archive(archive: bytes) -> ast.Module:
    """The tree of an archive, whoever made it."""

def explain(source: str | bytes, type_comments: bool = False) -> str | None:
    """Why the interpreter has to parse a source, or `None` where lazyast serves it."""

def compile(
    source: Any,
    filename: Any,
    mode: str,
    flags: int = 0,
    dont_inherit: bool = False,
    optimize: int = -1,
    *,
    _feature_version: int = -1,
) -> Any:
    """What `builtins.compile` is while `lazyast.install` is in force."""

def serve_with(serve: Callable[[object, object, object, object, int], ast.Module | None]) -> None:
    """Say what serves trees to `compile`."""

def is_served() -> bool:
    """Whether this interpreter is one that lazyast makes nodes for."""

def walk(node: ast.AST, *types: type[ast.AST]) -> Iterator[Any] | None:
    """Give a node and everything below it; `None` where the interpreter is not served."""

def materialize(node: ast.AST) -> None:
    """Make everything below a node."""

def ancestors(node: ast.AST, root: ast.AST | None = None) -> list[ast.AST] | None:
    """The nodes around a node, the nearest first; `None` where the interpreter is not served."""

def register_tree(tree: object) -> None:
    """Have `ancestors` know a tree that the interpreter has parsed."""

@final
class Dispatch:
    """Which classes a visitor has methods for."""

    def __new__(cls, has: Callable[[str], bool]) -> Dispatch: ...
    def visit(self, visitor: ast.NodeVisitor, node: ast.AST) -> Any:
        """What `visitor.visit(node)` does."""

    def visit_children(self, visitor: ast.NodeVisitor, node: ast.AST) -> None:
        """What `visitor.generic_visit(node)` does."""

def begin_forked() -> None:
    """What a forked process does first."""

def finish() -> None:
    """What is left to do when this process ends."""

def run(arguments: Sequence[str]) -> int:
    """Runs a command line, the program's name first, and gives the exit code."""

@final
class Project:
    """The sources under some paths."""

    def __new__(
        cls,
        paths: Sequence[str | os.PathLike[str]],
        cache_dir: str | os.PathLike[str] | None = None,
        jobs: int | None = None,
        verify: str | None = None,
    ) -> Project: ...
    @property
    def undecided(self) -> list[int]:
        """Sources that the interpreter has not been asked about."""

    @property
    def refused(self) -> list[int]:
        """Sources that the interpreter does not parse either."""

    @property
    def unreadable(self) -> list[tuple[os.PathLike[str], str]]:
        """`(path, why)`."""

    @property
    def new_count(self) -> int:
        """Sources that were parsed for this object."""

    @property
    def cached(self) -> int:
        """Sources whose archive was there."""

    @property
    def lines(self) -> int:
        """Lines of the sources with an archive."""

    def __len__(self) -> int: ...
    def search(self, query: Query, make_module: Callable[[int], Module]) -> Matches:
        """The hits of a query."""

    def path(self, index: int) -> os.PathLike[str]:
        """The path of a source with a tree."""

    def left_path(self, place: int) -> os.PathLike[str]:
        """The path of a source without an archive."""

    def decide(self, decisions: Sequence[tuple[int, bool]]) -> None:
        """Remembers whether the interpreter parses the sources that were undecided."""

    def tree(self, index: int) -> ast.Module | None:
        """The tree of a source, or `None` where the interpreter has to parse."""

def pattern(text: str) -> Query:
    """Compile a pattern: Python code with holes.

    Raises `QueryError`.
    """

def selector(text: str) -> Query:
    """Compile a selector.

    Raises `QueryError`.
    """

@final
class Query:
    """A compiled question, to be asked of any number of projects and trees.

    Queries are made by `lazyast.pattern` and `lazyast.selector`. Where another query is taken, a `str` is a selector.
    """

    def inside(self, other: Query | str) -> Query:
        """The hits that stand somewhere inside of a hit of another query."""

    def has(self, other: Query | str) -> Query:
        """The hits that have a hit of another query somewhere inside."""

    def not_(self, other: Query | str) -> Query:
        """The hits that are no hits of another query."""

    def __and__(self, other: Query | str, /) -> Query: ...
    def __or__(self, other: Query | str, /) -> Query: ...
    def explain(self) -> str:
        """What the query is compiled to, for people."""

    def find(self, tree: ast.Module, source: str | bytes | None = None) -> Matches:
        """The hits in one tree, as it was when lazyast parsed it.

        `source` is its source, for `Match.text`. Raises ValueError for a tree that lazyast has not made.
        """

@final
class Matches(Sequence[Match]):
    """The hits of a query, in the order of paths and of trees: `Match` objects, made when they are looked at."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int, /) -> Match: ...
    @overload
    def __getitem__(self, index: slice, /) -> Matches: ...
    def __iter__(self) -> Iterator[Match]: ...
    def index(self, value: Any, start: int = 0, stop: int = ..., /) -> int:
        """The number of the first hit from `start` to before `stop` that equals a match. Raises ValueError."""

    def count(self, value: Any, /) -> int:
        """How many hits equal a match."""

    def paths(self) -> list[Path]:
        """The paths of the files with hits, each once, in order."""

    def nodes(self) -> list[Any]:
        """The node of each hit."""

    def captures(self, name: str) -> list[Any]:
        """What a name captured in each hit. Raises KeyError if the pattern has no such name."""

    @property
    def unsearched(self) -> tuple[Path, ...]:
        """Files that were not searched, because they have no archive."""

@final
class Match:
    """A hit of a query."""

    @property
    def path(self) -> Path | None:
        """The file, as it was found; `None` for a single tree."""

    @property
    def module(self) -> Module | None:
        """The project's `Module`, whose `tree` has the node; `None` for a single tree."""

    @property
    def kind(self) -> str:
        """The class of the node, by name."""

    @property
    def lineno(self) -> int:
        """The first line, from 1."""

    @property
    def col_offset(self) -> int:
        """Where it starts in its line, in bytes of UTF-8 from 0."""

    @property
    def end_lineno(self) -> int:
        """The last line, from 1."""

    @property
    def end_col_offset(self) -> int:
        """Where it ends in its line, in bytes of UTF-8 from 0."""

    @property
    def node(self) -> Any:
        """The node; the first one where several statements match. The same object each time."""

    @property
    def nodes(self) -> list[Any]:
        """The nodes: one, or all statements of a hit of several."""

    @property
    def captures(self) -> dict[str, Any]:
        """What each name of the pattern stands for: a node, a `str` for a name, or a list of these for `$$$`."""

    @property
    def text(self) -> str:
        """The source of the hit. Raises `UnreadableFile` if the file has changed since."""

@final
class Cache:
    """A cache directory."""

    def __new__(
        cls,
        directory: str | os.PathLike[str] | None = None,
        underlay: Sequence[str | os.PathLike[str]] | None = None,
    ) -> Cache: ...
    @property
    def directory(self) -> os.PathLike[str] | None:
        """The directory, if there is one that can be written."""

    def warm(
        self, paths: Sequence[str | os.PathLike[str]], jobs: int | None, verify: str | None
    ) -> tuple[int, int, int, int, int, list[tuple[os.PathLike[str], str]]]:
        """Puts sources into the cache."""

    def stats(self) -> list[tuple[os.PathLike[str], int, int, int, int, int, int, int, int, int]]:
        """What the cache holds: of this version first, then of others."""

    def verify(self) -> list[tuple[os.PathLike[str], int, list[str]]]:
        """Checks every byte: `(path, whole archives, problems)` of each pack."""

    def gc(self, max_age: float, max_size: int, dry_run: bool) -> tuple[int, int, int, int, int]:
        """Deletes what was not used for some seconds, and what is too much."""

    def clean(self) -> int:
        """Deletes everything, and gives the number of bytes."""

    def export_pack(
        self,
        file: str | os.PathLike[str],
        paths: Sequence[str | os.PathLike[str]],
        jobs: int | None,
        verify: str | None,
    ) -> tuple[int, int, list[tuple[os.PathLike[str], str]]]:
        """Writes the archives of sources to a file."""

    def import_pack(self, file: str | os.PathLike[str]) -> tuple[int, int]:
        """Puts the archives of a file into the cache."""
