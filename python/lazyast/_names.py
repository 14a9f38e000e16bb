"""Scopes and bindings of a tree, and what its names stand for."""

from __future__ import annotations

import ast
from weakref import WeakKeyDictionary, ref

from lazyast import _native
from lazyast._nodes import ancestors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Binding:
    """A name that a scope owns, with every node that uses or binds it."""

    name: str
    """The name. In a class, a private name is mangled."""
    scope: Scope
    """The scope that owns it. Of a name that nothing binds it is the module."""

    def __init__(self, tree: _TreeNames, scope: Scope, name: str, symbol: int) -> None:
        self.scope = scope
        self.name = name
        self._tree = tree
        self._symbol = symbol

    @property
    def occurrences(self) -> list[tuple[ast.AST, str]]:
        """Each node that uses or binds the name, in the order of the source, with what it does.

        That is `use`, `assignment`, `augmented assignment`, `annotation`, `deletion`, `import`, `function`, `class`,
        `parameter`, `type parameter`, `exception`, `capture` or `declaration` (by `global` or `nonlocal`). The node is
        the `Name`, the `alias`, the definition, the `arg`, the handler, the pattern or the statement.
        """
        return [(self._tree.node(node), role) for node, role, _ in self._tree.native.occurrences(self._symbol)]

    @property
    def references(self) -> list[ast.AST]:
        """The nodes that use the value: those that read the name, change it in place, or delete it."""
        roles = ("use", "augmented assignment", "deletion")
        occurrences = self._tree.native.occurrences(self._symbol)
        return [self._tree.node(node) for node, role, _ in occurrences if role in roles]

    @property
    def definitions(self) -> list[ast.AST]:
        """The nodes that give the name a value."""
        return [self._tree.node(node) for node, _, binds in self._tree.native.occurrences(self._symbol) if binds]

    @property
    def roles(self) -> frozenset[str]:
        """What the nodes do with the name; see `occurrences`."""
        return frozenset(role for _, role, _ in self._tree.native.occurrences(self._symbol))

    @property
    def dotted_names(self) -> tuple[str, ...]:
        """The dotted names that the name stands for; see `resolve`."""
        return tuple(self._tree.native.names_of_symbol(self._symbol))

    @property
    def is_undefined(self) -> bool:
        """Whether nothing binds the name, and it is neither a builtin nor a variable that every module has."""
        return self._tree.native.is_undefined(self._symbol)

    def __repr__(self) -> str:
        return f"<Binding {self.name!r} in {self.scope!r}>"


class Scope:
    """A part of a source with names of its own."""

    kind: str
    """`module`, `class`, `function`, `lambda`, `comprehension`, `generator`, `annotations`, `type parameters`,
    `type variable` or `type alias`."""

    def __init__(self, tree: _TreeNames, number: int, kind: str, node: int, parent: int | None) -> None:
        self.kind = kind
        self._tree = tree
        self._number = number
        self._node = node
        self._parent = parent
        self._bindings: dict[str, Binding] = {}
        self._unbound: dict[str, Binding] = {}

    @property
    def node(self) -> ast.AST:
        """The node that the scope belongs to: the `Module`, the definition, the comprehension, or an expression."""
        return self._tree.node(self._node)

    @property
    def parent(self) -> Scope | None:
        """The scope around this one; `None` for the module."""
        return None if self._parent is None else self._tree.scopes[self._parent]

    @property
    def children(self) -> list[Scope]:
        """The scopes directly inside this one."""
        return [scope for scope in self._tree.scopes if scope._parent == self._number]

    @property
    def bindings(self) -> Mapping[str, Binding]:
        """The names that this scope owns, by name."""
        return self._bindings

    @property
    def unbound(self) -> Mapping[str, Binding]:
        """The names that nothing binds: builtins and undefined names. They belong to the module."""
        return self._unbound

    def __repr__(self) -> str:
        name = getattr(self.node, "name", None)
        return f"<Scope: {self.kind} {name}>" if isinstance(name, str) else f"<Scope: {self.kind}>"


class _TreeNames:
    """What is known about the names of one tree. It does not keep the tree alive."""

    def __init__(self, root: ast.AST) -> None:
        self._root = ref(root)
        self.native = _native.Names(root)
        self.scopes = [Scope(self, number, *scope) for number, scope in enumerate(self.native.scopes())]
        self.scope_of_node: dict[int, Scope] = {}
        for scope in self.scopes:
            if scope.kind not in ("annotations", "type parameters", "type variable"):
                self.scope_of_node.setdefault(scope._node, scope)
        for number, name, symbol in self.native.symbols():
            scope = self.scopes[number]
            is_bound = any(role not in ("use", "declaration") for _, role, _ in self.native.occurrences(symbol))
            names = scope._bindings if is_bound else scope._unbound
            names[name] = Binding(self, scope, name, symbol)

    @property
    def root(self) -> ast.AST:
        root = self._root()
        if root is None:
            raise LookupError("the tree is not in use any more: keep a reference to it")
        return root

    def number(self, node: ast.AST) -> int:
        number = self.native.number(self.root, node)
        if number is not None:
            return number
        # Positions do not lead to every node, such as those in decorators. Fields do.
        found = self.native.number_at(_path_to(node))
        if found is not None:
            number, kind, position = found
            own = (getattr(node, "lineno", None), getattr(node, "col_offset", None))
            if node.__class__.__name__ == kind and (position is None or own == position):
                return number
        raise LookupError("the tree was changed around the node: names are those of the source that was parsed")

    def node(self, number: int) -> ast.AST:
        """Follow the path from the root."""
        node = self.root
        for field, index in self.native.path(number):
            value = getattr(node, field)
            node = [each for each in value if each is not None][index] if isinstance(value, list) else value
        return node


def _path_to(node: ast.AST) -> list[tuple[str, int]]:
    """Return the fields, with an index each, that lead from the root to a node. `None` in a list does not count."""
    path: list[tuple[str, int]] = []
    for parent in ancestors(node):
        for field, value in ast.iter_fields(parent):
            values = [each for each in value if each is not None] if isinstance(value, list) else [value]
            index = next((index for index, each in enumerate(values) if each is node), None)
            if index is not None:
                path.append((field, index))
                break
        node = parent
    return path[::-1]


_trees: WeakKeyDictionary[ast.AST, _TreeNames] = WeakKeyDictionary()


def _names_around(node: ast.AST) -> _TreeNames:
    root = node if isinstance(node, ast.Module) else ancestors(node)[-1]
    names = _trees.get(root)
    if names is None:
        names = _trees[root] = _TreeNames(root)
    return names


def scope(node: ast.AST) -> Scope:
    """Return the scope that a node makes, or else the scope that it is evaluated in.

    A module, a class, a function, a `lambda` and a comprehension make a scope. Scopes are those of the running Python:
    since 3.14, annotations have some of their own. The tree must be one that lazyast parsed, and in use; a node that
    was changed or added raises LookupError.
    """
    names = _names_around(node)
    number = names.number(node)
    own = names.scope_of_node.get(number)
    return own if own is not None else names.scopes[names.native.scope_of(number)]


def resolve(node: ast.AST) -> tuple[str, ...]:
    """Return the dotted names that a `Name` or an `Attribute` is known to stand for.

    After `from os import path as p`, `p.join` stands for `os.path.join`. A name stands for several if several imports
    bind it, and for none if no import does. Names of relative imports begin with their dots; those of builtins with
    `builtins.`; a name that nothing binds may come from any `import *`. Raises the errors of `scope`.
    """
    names = _names_around(node)
    return tuple(names.native.dotted_names(names.number(node)))
