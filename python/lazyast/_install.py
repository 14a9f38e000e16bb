"""`install` and `uninstall`: `ast.parse` and `compile` of this process, served by lazyast."""

import ast
import builtins
import threading

from lazyast import _native
from lazyast._parse import _serve, interpreter_compile, parse

_lock = threading.Lock()
# What was replaced: (module, name, what was there).
_replaced: list[tuple[object, str, object]] = []

_native.stand_in(interpreter_compile, _serve)


def install() -> None:
    """Serve `ast.parse`, and `compile` with `ast.PyCF_ONLY_AST`, from lazyast in this process.

    Every tool that runs here then gets its trees from the cache, made as they are touched. Whatever
    lazyast does not serve goes to the interpreter as before. Calling it again changes nothing.
    `uninstall` puts everything back.

    A name that was imported before (`from ast import parse`) is served too, because `ast.parse` calls
    `compile`.
    """
    with _lock:
        if not _replaced:
            for module, name, mine in ((ast, "parse", parse), (builtins, "compile", _native.compile)):
                _replaced.append((module, name, getattr(module, name)))
                setattr(module, name, mine)


def uninstall() -> None:
    """Put back what `install` has replaced. Trees that were made stay valid.

    What somebody else has put in the same place since stays there.
    """
    with _lock:
        while _replaced:
            module, name, before = _replaced.pop()
            mine = parse if name == "parse" else _native.compile
            if getattr(module, name) is mine:
                setattr(module, name, before)
