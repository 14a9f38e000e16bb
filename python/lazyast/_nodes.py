"""What there is for trees besides `ast`: whole trees at once, and traversals that make only what is asked for."""

import ast
from collections.abc import Iterator
from typing import Any, TypeVar, overload

from lazyast import _native

Node = TypeVar("Node", bound=ast.AST)
# For two and three classes: checkers would take what they have in common for one.
Second = TypeVar("Second", bound=ast.AST)
Third = TypeVar("Third", bound=ast.AST)


def materialize(node: Node) -> Node:
    """Make everything below a node now, in one go, and give the node.

    Nodes are otherwise made when they are touched. For code that is about to look at all of them this is
    faster. Trees that lazyast did not make are left as they are.
    """
    _native.materialize(node)
    return node


@overload
def walk(node: ast.AST) -> Iterator[ast.AST]: ...
@overload
def walk(node: ast.AST, one: type[Node], /) -> Iterator[Node]: ...
@overload
def walk(node: ast.AST, one: type[Node], two: type[Second], /) -> Iterator[Node | Second]: ...
@overload
def walk(
    node: ast.AST, one: type[Node], two: type[Second], three: type[Third], /
) -> Iterator[Node | Second | Third]: ...
@overload
def walk(node: ast.AST, *types: type[Node]) -> Iterator[Node]: ...
def walk(node: ast.AST, *types: type[ast.AST]) -> Iterator[ast.AST]:
    """Give a node and everything below it, in the order of `ast.walk`.

    With `types`, give only instances of these classes (abstract ones such as `ast.expr` count too), in the
    same order. Whatever is between them is decoded where it leads to one of them, and not made otherwise.

    As with `ast.walk`, nodes can be changed on the way.
    """
    walker: Iterator[ast.AST] | None = _native.walk(node, *types)
    if walker is not None:
        return walker
    return (found for found in ast.walk(node) if not types or isinstance(found, types))


def ancestors(node: ast.AST, *, root: ast.AST | None = None) -> list[ast.AST]:
    """Give the nodes around a node: its parent first, the root last.

    The node is looked for in the trees of `parse`, `parse_file` and `Project` that are in use, which takes as
    long as the tree is deep where the tree is as it was parsed, or was changed elsewhere only. In a tree that
    was changed around the node every node that was made so far is looked at. With `root`, the node is looked
    for below that one, in whatever way the tree was made.

    Raises LookupError if it is not found: somebody has to keep the tree.
    """
    found = _native.ancestors(node, root)
    if found is not None:
        return found
    path = _path(root, node)
    if path is None:
        raise LookupError("on this interpreter a root has to be given, and the node has to be below it")
    return path[::-1]


def parent(node: ast.AST, *, root: ast.AST | None = None) -> ast.AST | None:
    """Give the node that a node is a child of, or `None` for a root; see `ancestors`."""
    return next(iter(ancestors(node, root=root)), None)


@overload
def enclosing(node: ast.AST, types: type[Node], *, root: ast.AST | None = None) -> Node | None: ...
@overload
def enclosing(
    node: ast.AST, types: tuple[type[Node], type[Second]], *, root: ast.AST | None = None
) -> Node | Second | None: ...
@overload
def enclosing(node: ast.AST, types: tuple[type[Node], ...], *, root: ast.AST | None = None) -> Node | None: ...
def enclosing(
    node: ast.AST, types: type[ast.AST] | tuple[type[ast.AST], ...], *, root: ast.AST | None = None
) -> ast.AST | None:
    """Give the nearest node around a node that is an instance of `types`, or `None`; see `ancestors`."""
    return next((found for found in ancestors(node, root=root) if isinstance(found, types)), None)


def _path(root: ast.AST | None, node: ast.AST) -> list[ast.AST] | None:
    """Give the nodes from a root to the parent of a node, or `None` if it is not there."""
    parents: dict[int, tuple[ast.AST, ...]] = {}
    for above in ast.walk(root) if root is not None else ():
        path = (*parents.get(id(above), ()),)
        if above is node:
            return list(path)
        parents.update((id(child), (*path, above)) for child in ast.iter_child_nodes(above))
    return None


class Visitor(ast.NodeVisitor):
    """An `ast.NodeVisitor` that goes through a tree natively.

    Write `visit_` methods as for `ast.NodeVisitor`. Nodes whose class has none are passed by, and made only
    where there is a node with a method below. Which methods there are is looked up when a visitor visits
    for the first time. A class that overrides `visit` or `generic_visit` sees every node, as with
    `ast.NodeVisitor`, at its speed.
    """

    def visit(self, node: ast.AST) -> Any:
        """Call the method for a node's class, and give what it returns; without one, visit what is below."""
        dispatch = self.__dict__.get("_dispatch") or self.__look_up()
        if dispatch is _BY_HAND:
            return super().visit(node)
        return dispatch.visit(self, node)

    def generic_visit(self, node: ast.AST) -> Any:
        """Visit what is below a node."""
        dispatch = self.__dict__.get("_dispatch") or self.__look_up()
        if dispatch is _BY_HAND:
            return super().generic_visit(node)
        return dispatch.visit_children(self, node)

    def __look_up(self) -> Any:
        cls = type(self)
        if cls.visit is not Visitor.visit or cls.generic_visit is not Visitor.generic_visit or not _SERVED:
            self._dispatch = _BY_HAND
        else:
            self._dispatch = _native.Dispatch(self.__has_method)
        return self._dispatch

    def __has_method(self, name: str) -> bool:
        if name == "visit_Constant" and getattr(type(self), name, None) is _OLD_VISIT_CONSTANT:
            # Up to 3.13 the base class has this method, for the sake of these others.
            return any(hasattr(self, f"visit_{old}") for old in ("Num", "Str", "Bytes", "NameConstant", "Ellipsis"))
        return hasattr(self, name)


_BY_HAND = object()
_OLD_VISIT_CONSTANT = getattr(ast.NodeVisitor, "visit_Constant", None)
_SERVED = _native.is_served()
