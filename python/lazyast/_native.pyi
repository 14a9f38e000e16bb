"""The extension module: private, and thin."""

import ast
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, final

class Error(Exception):
    """Base class of what lazyast itself raises."""

class UnreadableFile(Error):
    """A source could not be found or read."""

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

def remember(tree: object) -> None:
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
    def path(self, index: int) -> os.PathLike[str]:
        """The path of a source with a tree."""

    def left_path(self, place: int) -> os.PathLike[str]:
        """The path of a source without an archive."""

    def decide(self, decisions: Sequence[tuple[int, bool]]) -> None:
        """Remembers whether the interpreter parses the sources that were undecided."""

    def tree(self, index: int) -> ast.Module | None:
        """The tree of a source, or `None` where the interpreter has to parse."""

@final
class Cache:
    """A cache directory."""

    def __new__(
        cls,
        directory: str | os.PathLike[str] | None = None,
        lower: Sequence[str | os.PathLike[str]] | None = None,
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
