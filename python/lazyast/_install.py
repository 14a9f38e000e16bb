"""`install` and `uninstall`: have lazyast serve `ast.parse` and `compile` in this process."""

from __future__ import annotations

import builtins
from _thread import allocate_lock

from lazyast import _native, _traversals
from lazyast._parse import _serve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_lock = allocate_lock()
# The function that `install` has replaced; empty while `install` is not in force.
_replaced: list[Any] = []

_native.serve_with(_serve)


def install(*, lazy: bool = False) -> None:
    """Serve `ast.parse`, and `compile` with `ast.PyCF_ONLY_AST`, from lazyast in this process.

    Every tool that runs in this process then gets its trees from the cache. Sources that lazyast does not serve fall
    back to the interpreter. `uninstall` undoes it.

    Trees are materialised as a whole, so that nodes have the types of the interpreter's own; COMPATIBILITY.md has the few
    differences that remain. With `lazy`, trees of more than 512 nodes are materialised on access. This is faster for
    code that reads a part of each tree, and right for code that does not compare types of nodes with `is`. Calling
    `install` again changes `lazy` only.

    `builtins.compile` is replaced, which `ast.parse` calls, also where `parse` was imported earlier. So are `ast.walk`,
    `ast.iter_child_nodes` and `ast.NodeVisitor.generic_visit`, by native functions that do the same, unless other code has
    replaced one of them before.
    """
    with _lock:
        _native.set_lazy(lazy)
        if not _replaced:
            # Looks the interpreter up, which parses a source of its own: not while somebody else's is parsed.
            _native.is_served()
            _replaced.append(builtins.compile)
            builtins.compile = _native.compile
            _traversals.replace()


def uninstall() -> None:
    """Restore what `install` has replaced. Existing trees stay valid.

    If other code has replaced `builtins.compile` since, that replacement stays.
    """
    with _lock:
        if _replaced:
            _traversals.restore()
            original = _replaced.pop()
            if builtins.compile is _native.compile:
                builtins.compile = original
