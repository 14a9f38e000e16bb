"""Python syntax trees that are parsed once and then simply there.

`parse` takes what `ast.parse` takes and gives what `ast.parse` gives; `parse_file` does so for a path,
and `Project` for a codebase. Trees come from a cache of archives; what is not there yet is parsed in
Rust and kept. Whatever lazyast's own parser does not serve, errors and warnings above all, is left to
the interpreter's, so that results are always the interpreter's own.
"""

from lazyast._cache import Cache
from lazyast._install import install, uninstall
from lazyast._native import (
    CorruptArchive,
    CorruptPack,
    Error,
    Match,
    Matches,
    Query,
    QueryError,
    UnreadableFile,
    UnusableCache,
    pattern,
    selector,
)
from lazyast._nodes import Visitor, ancestors, enclosing, materialize, parent, walk
from lazyast._parse import parse, parse_file
from lazyast._project import Failure, Module, Project

__all__ = [
    "Cache",
    "CorruptArchive",
    "CorruptPack",
    "Error",
    "Failure",
    "Match",
    "Matches",
    "Module",
    "Project",
    "Query",
    "QueryError",
    "UnreadableFile",
    "UnusableCache",
    "Visitor",
    "ancestors",
    "enclosing",
    "install",
    "materialize",
    "parent",
    "parse",
    "parse_file",
    "pattern",
    "selector",
    "uninstall",
    "walk",
]
