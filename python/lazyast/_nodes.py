"""Functions for trees in addition to `ast`: materialising, and traversals that materialise only what they need."""

from __future__ import annotations

import ast

from lazyast import _native
from lazyast._parse import live_trees
from lazyast._typing import overload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeVar

    _Node = TypeVar("_Node", bound=ast.AST)
    # For calls with up to six classes: with a single variable, type checkers would infer the common base class.
    _Second = TypeVar("_Second", bound=ast.AST)
    _Third = TypeVar("_Third", bound=ast.AST)
    _Fourth = TypeVar("_Fourth", bound=ast.AST)
    _Fifth = TypeVar("_Fifth", bound=ast.AST)
    _Sixth = TypeVar("_Sixth", bound=ast.AST)


def materialize(node: _Node) -> _Node:
    """Materialise a node and everything below it at once, and return the node.

    Without this, nodes are materialised on first access. For code that is going to access all nodes, materialising
    them at once is faster. Trees that lazyast did not make are left as they are.
    """
    _native.materialize(node)
    return node


@overload
def walk(node: ast.AST) -> Iterator[ast.AST]: ...
@overload
def walk(node: ast.AST, one: type[_Node], /) -> Iterator[_Node]: ...
@overload
def walk(node: ast.AST, one: type[_Node], two: type[_Second], /) -> Iterator[_Node | _Second]: ...
@overload
def walk(
    node: ast.AST, one: type[_Node], two: type[_Second], three: type[_Third], /
) -> Iterator[_Node | _Second | _Third]: ...
@overload
def walk(
    node: ast.AST, one: type[_Node], two: type[_Second], three: type[_Third], four: type[_Fourth], /
) -> Iterator[_Node | _Second | _Third | _Fourth]: ...
@overload
def walk(
    node: ast.AST,
    one: type[_Node],
    two: type[_Second],
    three: type[_Third],
    four: type[_Fourth],
    five: type[_Fifth],
    /,
) -> Iterator[_Node | _Second | _Third | _Fourth | _Fifth]: ...
@overload
def walk(
    node: ast.AST,
    one: type[_Node],
    two: type[_Second],
    three: type[_Third],
    four: type[_Fourth],
    five: type[_Fifth],
    six: type[_Sixth],
    /,
) -> Iterator[_Node | _Second | _Third | _Fourth | _Fifth | _Sixth]: ...
@overload
def walk(node: ast.AST, *types: type[_Node]) -> Iterator[_Node]: ...
def walk(node: ast.AST, *types: type[ast.AST]) -> Iterator[ast.AST]:
    """Iterate over a node and everything below it, in the order of `ast.walk`.

    With `types`, return only instances of these classes, in the same order. The classes may be abstract, such as
    `ast.expr`. Other nodes are materialised only if they lead to an instance. Type checkers know the union of up to six
    classes, and the common base class of more.

    As with `ast.walk`, the caller may change nodes between steps.
    """
    walker: Iterator[ast.AST] | None = _native.walk(node, *types)
    if walker is not None:
        return walker
    return (below for below in ast.walk(node) if not types or isinstance(below, types))


def ancestors(node: ast.AST, *, root: ast.AST | None = None) -> list[ast.AST]:
    """Return the nodes around a node: its parent first, the root last.

    The node is searched for in the trees of `parse`, `parse_file` and `Project` that are in use. The time is
    proportional to the node's depth, unless the tree was changed on the path to the node: then all materialised nodes
    are searched. With `root`, the node is searched for below that node, whoever made the tree.

    Raises LookupError if the node is not found. The caller has to keep a reference to the tree.
    """
    nearest_first = _native.ancestors(node, root)
    if nearest_first is not None:
        return nearest_first
    for candidate in live_trees() if root is None else [root]:
        path = _path_to_root(node, candidate)
        if path is not None:
            return path
    raise LookupError("the node is in no tree that is in use: keep a reference to its tree, or give it as root")


def parent(node: ast.AST, *, root: ast.AST | None = None) -> ast.AST | None:
    """Return the parent of a node, or `None` for a root. See `ancestors`."""
    return next(iter(ancestors(node, root=root)), None)


@overload
def enclosing(node: ast.AST, types: type[_Node], *, root: ast.AST | None = None) -> _Node | None: ...
@overload
def enclosing(
    node: ast.AST, types: tuple[type[_Node], type[_Second]], *, root: ast.AST | None = None
) -> _Node | _Second | None: ...
@overload
def enclosing(node: ast.AST, types: tuple[type[_Node], ...], *, root: ast.AST | None = None) -> _Node | None: ...
def enclosing(
    node: ast.AST, types: type[ast.AST] | tuple[type[ast.AST], ...], *, root: ast.AST | None = None
) -> ast.AST | None:
    """Return the nearest ancestor of a node that is an instance of `types`, or `None`. See `ancestors`."""
    return next((ancestor for ancestor in ancestors(node, root=root) if isinstance(ancestor, types)), None)


def _path_to_root(node: ast.AST, root: ast.AST) -> list[ast.AST] | None:
    """Return the nodes from the parent of a node to a root, or `None` if the node is not below the root."""
    parents = {id(child): above for above in ast.walk(root) for child in ast.iter_child_nodes(above)}
    path = []
    while node is not root:
        above = parents.get(id(node))
        if above is None:
            return None
        path.append(above)
        node = above
    return path


class Visitor(ast.NodeVisitor):
    """An `ast.NodeVisitor` with a native traversal.

    Write `visit_` methods as for `ast.NodeVisitor`. A node whose class has no method is materialised only if there is
    a node with a method below it. The methods of a visitor are looked up on its first visit.

    A class that overrides `visit` or `generic_visit` sees every node, as with `ast.NodeVisitor`, and at its speed.
    """

    def visit(self, node: ast.AST) -> Any:
        """Call the method for a node's class and return its result. Without a method, visit the node's children."""
        dispatch = self.__dict__.get("_dispatch") or self.__look_up()
        if dispatch is _IN_PYTHON:
            return super().visit(node)
        method = dispatch.method(self, node)
        return self.generic_visit(node) if method is None else method(node)

    def generic_visit(self, node: ast.AST) -> Any:
        """Visit the children of a node."""
        dispatch = self.__dict__.get("_dispatch") or self.__look_up()
        if dispatch is _IN_PYTHON:
            return super().generic_visit(node)
        for method, below in dispatch.visits(self, node):
            method(below)
        return None

    def __look_up(self) -> Any:
        cls = type(self)
        if cls.visit is not Visitor.visit or cls.generic_visit is not Visitor.generic_visit or not _SERVED:
            self._dispatch = _IN_PYTHON
        else:
            self._dispatch = _native.Dispatch(self.__has_method)
        return self._dispatch

    def __has_method(self, name: str) -> bool:
        if name == "visit_Constant" and getattr(type(self), name, None) is _OLD_VISIT_CONSTANT:
            # Up to 3.13 the base class has this method, which calls the methods for the old classes.
            return any(hasattr(self, f"visit_{old}") for old in ("Num", "Str", "Bytes", "NameConstant", "Ellipsis"))
        return hasattr(self, name)


_IN_PYTHON = object()
_OLD_VISIT_CONSTANT = getattr(ast.NodeVisitor, "visit_Constant", None)
_SERVED = _native.is_served()
