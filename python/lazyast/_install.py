"""`install` and `uninstall`: `ast.parse` and `compile` of this process, served by lazyast."""

import builtins
import threading
from typing import Any

from lazyast import _native
from lazyast._parse import _serve

_lock = threading.Lock()
# What `install` has found in its place: nothing while it is not in force.
_found: list[Any] = []

_native.serve_with(_serve)


def install() -> None:
    """Serve `ast.parse`, and `compile` with `ast.PyCF_ONLY_AST`, from lazyast in this process.

    Every tool that runs here then gets its trees from the cache, made as they are touched, or at once where
    they are small. Whatever lazyast does not serve goes to the interpreter as before. Calling it again
    changes nothing. `uninstall` puts everything back.

    Only `builtins.compile` is replaced: `ast.parse` calls it, also where it was imported before.
    """
    with _lock:
        if not _found:
            _found.append(builtins.compile)
            builtins.compile = _native.compile


def uninstall() -> None:
    """Put back what `install` has replaced. Trees that were made stay valid.

    What somebody else has put in the same place since stays there.
    """
    with _lock:
        if _found:
            before = _found.pop()
            if builtins.compile is _native.compile:
                builtins.compile = before
