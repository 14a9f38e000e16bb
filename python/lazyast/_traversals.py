"""The traversals of the module `ast`, natively: what `install` puts in the place of CPython's.

Each function does what CPython's does, in the same order, and sees what its caller changes meanwhile. Where other code has
replaced a function of `ast` that CPython's would call, CPython's own does the work.
"""

from __future__ import annotations

import ast
from types import FunctionType

from lazyast import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


# Not `yield from`: a generator takes any value that is sent to it.
def walk(node: ast.AST) -> Iterator[ast.AST]:
    found = _traversals.walk(node)
    for below in _originals[0](node) if found is _traversals else found:  # noqa: UP028
        yield below


def iter_child_nodes(node: ast.AST) -> Iterator[ast.AST]:
    found = _traversals.iter_child_nodes(node)
    for child in _originals[1](node) if found is _traversals else found:  # noqa: UP028
        yield child


def generic_visit(self: ast.NodeVisitor, node: ast.AST) -> Any:
    calls = _traversals.visits(self, node)
    if calls is _traversals:
        return _originals[2](self, node)
    # The calls are made here, so that no native frame lies below them.
    for function, argument in calls:
        function(argument)
    return None


_SERVED: list[tuple[Any, Any]] = [(ast, walk), (ast, iter_child_nodes), (ast.NodeVisitor, generic_visit)]
# CPython's functions, once they were replaced for the first time.
_originals: list[Any] = []
_traversals: Any = None
_is_in_force = False


def replace() -> None:
    """Put the functions into `ast`, unless one of CPython's is not there any more."""
    global _traversals, _is_in_force
    if _is_in_force or not _native.is_served():
        return
    originals = [vars(owner)[function.__name__] for owner, function in _SERVED]
    for index, (_, function) in enumerate(_SERVED):
        # Who has replaced one while these were in force, and undoes that later, puts it back.
        if originals[index] is function:
            originals[index] = _originals[index]
    visit = vars(ast.NodeVisitor)["visit"]
    for function in (*originals, visit, ast.iter_fields):
        # The type is exact: a wrapper can answer `__globals__`.
        if type(function) is not FunctionType or function.__globals__ is not vars(ast):
            return
    if not _originals:
        for (_, function), original in zip(_SERVED, originals, strict=True):
            for name in ("__doc__", "__module__", "__qualname__"):
                setattr(function, name, getattr(original, name))
            function.__annotations__ = {}
        old_constants = vars(ast.NodeVisitor).get("visit_Constant")
        _traversals = _native.Traversals(vars(ast), iter_child_nodes, visit, generic_visit, old_constants)
        _originals.extend(originals)
    for owner, function in _SERVED:
        setattr(owner, function.__name__, function)
    _is_in_force = True


def restore() -> None:
    """Put CPython's functions back, except where other code has replaced them since."""
    global _is_in_force
    if not _is_in_force:
        return
    for (owner, function), original in zip(_SERVED, _originals, strict=True):
        if vars(owner).get(function.__name__) is function:
            setattr(owner, function.__name__, original)
    _is_in_force = False
