"""The traversals of the module `ast`, natively: what `install` puts in the place of CPython's.

Each function does what CPython's does, in the same order, and sees what its caller changes meanwhile. Where the native
code steps aside, because other code has replaced a function of `ast` or because visits are nested deep, it is done here.
"""

from __future__ import annotations

import ast

from lazyast import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_walk, _iter_child_nodes = ast.walk, ast.iter_child_nodes


def walk(node: ast.AST) -> Iterator[ast.AST]:
    found = _traversals.walk(node)
    yield from _walk(node) if found is _traversals else found


def iter_child_nodes(node: ast.AST) -> Iterator[ast.AST]:
    found = _traversals.iter_child_nodes(node)
    yield from _iter_child_nodes(node) if found is _traversals else found


def visit(self: ast.NodeVisitor, node: ast.AST) -> Any:
    result = _traversals.visit(self, node)
    if result is _traversals:
        # One frame for each visit, as CPython's: deep trees reach the limit of recursion no earlier.
        return getattr(self, "visit_" + node.__class__.__name__, self.generic_visit)(node)
    return result


def generic_visit(self: ast.NodeVisitor, node: ast.AST) -> Any:
    if _traversals.generic_visit(self, node) is _traversals:
        for _, value in ast.iter_fields(node):
            if isinstance(value, list):
                for item in value:
                    if isinstance(item, ast.AST):
                        self.visit(item)
            elif isinstance(value, ast.AST):
                self.visit(value)


_SERVED: list[tuple[Any, Any]] = [
    (ast, walk),
    (ast, iter_child_nodes),
    (ast.NodeVisitor, visit),
    (ast.NodeVisitor, generic_visit),
]
_traversals: Any = None
# What was there before; empty while the traversals are CPython's.
_replaced: list[Any] = []


def replace() -> None:
    """Put the functions into `ast`, unless one of CPython's is not there any more."""
    global _traversals
    if _replaced or not _native.is_served():
        return
    originals = [vars(owner)[function.__name__] for owner, function in _SERVED]
    called = [*originals, ast.iter_fields]
    if any(getattr(function, "__globals__", None) is not vars(ast) for function in called):
        return
    for (_, function), original in zip(_SERVED, originals, strict=True):
        for name in ("__doc__", "__module__", "__qualname__"):
            setattr(function, name, getattr(original, name))
    old_constants = vars(ast.NodeVisitor).get("visit_Constant")
    _traversals = _native.Traversals(vars(ast), iter_child_nodes, visit, generic_visit, old_constants)
    _replaced.extend(originals)
    for owner, function in _SERVED:
        setattr(owner, function.__name__, function)


def restore() -> None:
    """Put CPython's functions back, except where other code has replaced them since."""
    for (owner, function), original in zip(_SERVED, _replaced, strict=False):
        if vars(owner).get(function.__name__) is function:
            setattr(owner, function.__name__, original)
    _replaced.clear()
