"""Python syntax trees that are parsed once, cached, and loaded lazily.

`parse` takes the arguments of `ast.parse` and returns the same tree. `parse_file` parses a file, and `Project` opens
a codebase. Trees come from a cache of archives; a source that is not in the cache is parsed in Rust and added to it.
Sources that lazyast does not serve, above all those with errors, fall back to the interpreter's own
parser. So results are always those of the interpreter.
"""

import sys as _sys

if "t" in getattr(_sys, "abiflags", ""):
    raise ImportError("lazyast does not support free-threaded builds of CPython: install it for a build with the GIL")

# Nothing is imported before it is used: `import lazyast` costs less than importing `typing`. Type checkers read the
# imports, the interpreter reads the table below; a test compares them.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from lazyast._cache import Cache as Cache
    from lazyast._install import install as install
    from lazyast._install import uninstall as uninstall
    from lazyast._names import Binding as Binding
    from lazyast._names import Scope as Scope
    from lazyast._names import resolve as resolve
    from lazyast._names import scope as scope
    from lazyast._native import Batch as Batch
    from lazyast._native import Checked as Checked
    from lazyast._native import Collected as Collected
    from lazyast._native import Column as Column
    from lazyast._native import CorruptArchive as CorruptArchive
    from lazyast._native import CorruptPack as CorruptPack
    from lazyast._native import Error as Error
    from lazyast._native import Exported as Exported
    from lazyast._native import Imported as Imported
    from lazyast._native import Match as Match
    from lazyast._native import Matches as Matches
    from lazyast._native import Query as Query
    from lazyast._native import QueryError as QueryError
    from lazyast._native import RewriteError as RewriteError
    from lazyast._native import Rewritten as Rewritten
    from lazyast._native import Rules as Rules
    from lazyast._native import Stats as Stats
    from lazyast._native import Table as Table
    from lazyast._native import UnreadableFile as UnreadableFile
    from lazyast._native import UnusableCache as UnusableCache
    from lazyast._native import Warmed as Warmed
    from lazyast._native import __version__ as __version__
    from lazyast._native import pattern as pattern
    from lazyast._native import rewrite as rewrite
    from lazyast._native import selector as selector
    from lazyast._nodes import Visitor as Visitor
    from lazyast._nodes import ancestors as ancestors
    from lazyast._nodes import enclosing as enclosing
    from lazyast._nodes import materialize as materialize
    from lazyast._nodes import parent as parent
    from lazyast._nodes import walk as walk
    from lazyast._parse import parse as parse
    from lazyast._parse import parse_file as parse_file
    from lazyast._project import Failure as Failure
    from lazyast._project import Module as Module
    from lazyast._project import Project as Project
    from lazyast._source import Comment as Comment
    from lazyast._source import SourceText as SourceText
    from lazyast._source import source_of as source_of
    from lazyast._source import source_segment as source_segment
    from lazyast._sources import columns as columns
    from lazyast._sources import findings as findings
    from lazyast._sources import matches as matches
    from lazyast._sql import sql as sql
else:
    _MODULES = {
        "_cache": "Cache",
        "_install": "install uninstall",
        "_names": "Binding Scope resolve scope",
        "_native": "Batch Checked Collected Column CorruptArchive CorruptPack Error Exported Imported Match"
        " Matches Query QueryError RewriteError Rewritten Rules Stats Table UnreadableFile UnusableCache Warmed"
        " __version__ pattern rewrite selector",
        "_nodes": "Visitor ancestors enclosing materialize parent walk",
        "_parse": "parse parse_file",
        "_project": "Failure Module Project",
        "_sources": "columns findings matches",
        "_source": "Comment SourceText source_of source_segment",
        "_sql": "sql",
    }
    _MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}
    __all__ = [name for name in _MODULE_OF if name[0] != "_"]

    def __getattr__(name):
        """Import the module that defines a public name, on the first access to the name."""
        module = _MODULE_OF.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(__import__(f"{__name__}.{module}", fromlist=[name]), name)
        globals()[name] = value
        return value

    def __dir__():
        """Return the public names, also of what is not imported yet."""
        return sorted({*__all__, *(name for name in globals() if name.startswith("__")), "__version__"})
