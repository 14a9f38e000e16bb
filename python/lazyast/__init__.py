"""Python syntax trees that are parsed once, cached, and loaded lazily.

`parse` takes the arguments of `ast.parse` and returns the same tree. `parse_file` parses a file, and `Project` opens
a codebase. Trees come from a cache of archives; a source that is not in the cache is parsed in Rust and added to it.
Sources that lazyast does not serve, above all those with errors or warnings, fall back to the interpreter's own
parser. So results are always those of the interpreter.
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
