"""The extension module: private, and thin."""

import ast
import os
from collections.abc import Sequence
from typing import final

class Error(Exception):
    """Base class of what lazyast itself raises."""

class UnreadableFile(Error):
    """A source could not be found or read."""

def parse(source: str | bytes, type_comments: bool) -> ast.Module | None:
    """The tree of a source, or `None` where the interpreter has to parse."""

def explain(source: str | bytes, type_comments: bool = False) -> str | None:
    """Why the interpreter has to parse a source, or `None` where lazyast serves it."""

def flush() -> None:
    """Publishes what was parsed since the last time."""

def run(arguments: Sequence[str]) -> int:
    """Runs a command line, the program's name first, and gives the exit code."""

@final
class Project:
    """The sources under some paths."""

    left: list[tuple[os.PathLike[str], str]]
    unreadable: list[tuple[os.PathLike[str], str]]
    new: int
    cached: int
    lines: int
    def __new__(
        cls,
        paths: Sequence[str | os.PathLike[str]],
        cache_dir: str | os.PathLike[str] | None = None,
        jobs: int | None = None,
    ) -> Project: ...
    def __len__(self) -> int: ...
    def path(self, index: int) -> os.PathLike[str]:
        """The path of a source with an archive."""

    def tree(self, index: int) -> ast.Module | None:
        """The tree of a source with an archive, or `None` where the interpreter has to parse."""
