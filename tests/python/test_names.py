"""Scopes, bindings and what names stand for, compared with a plain walk over `ast` where that is possible."""

import ast
import gc
import sys
import weakref
from pathlib import Path

import lazyast
import pytest

SOURCE = """
import os.path, requests as r
from json import dumps as d, loads
from .near import thing
try:
    import tomllib
except ImportError:
    import tomli as tomllib

LIMIT = 3

class C(Base):
    limit = LIMIT
    def method(self, loads):
        global counter
        counter = loads(self.limit)
        return [r.get(u) for u in counter if u is not r], __class__

def outer(a, *b, k=LIMIT):
    total = 0
    def inner():
        nonlocal total
        total += a
        del b
    return inner, open, undefined
"""


def names(tree, text):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) == text]


@pytest.fixture
def tree():
    return lazyast.parse(SOURCE)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("import requests as r; r.get", "r.get", ("requests.get",)),
        ("from requests import get as g; g", "g", ("requests.get",)),
        ("import os.path; os.path.join", "os.path.join", ("os.path.join",)),
        ("import os.path as p; p.join", "p.join", ("os.path.join",)),
        ("from ..a import b; b.c", "b.c", ("..a.b.c",)),
        ("try: import a\nexcept E: import b as a\na.x", "a.x", ("a.x", "b.x")),
        ("open", "open", ("builtins.open",)),
        ("from os import *; listdir", "listdir", ("os.listdir",)),
        # Tricky negatives.
        ("import r\ndef f(r): r.x", "r.x", ()),
        ("import r\n[r.x for r in y]", "r.x", ()),
        ("class C:\n import r\n def f(self): r.x", "r.x", ()),
        ("def open(): pass\nopen", "open", ()),
        ("import r\nf().r", "f().r", ()),
        ("undefined", "undefined", ()),
    ],
)
def test_resolve(code, text, expected):
    tree = lazyast.parse(code)
    assert lazyast.resolve(names(tree, text)[-1]) == expected


def test_resolve_gives_nothing_for_other_nodes(tree):
    assert lazyast.resolve(tree) == lazyast.resolve(tree.body[0]) == ()


def test_scopes(tree):
    module = lazyast.scope(tree)
    assert (module.kind, module.parent, module.node) == ("module", None, tree)
    names = ["os", "r", "d", "loads", "thing", "tomllib", "LIMIT", "C", "counter", "outer"]
    assert list(module.bindings) == names
    assert sorted(module.unbound) == ["Base", "ImportError", "open", "undefined"]
    assert [name for name, binding in module.unbound.items() if binding.is_undefined] == ["Base", "undefined"]
    function = next(node for node in lazyast.walk(tree, ast.FunctionDef) if node.name == "method")
    scope = lazyast.scope(function)
    assert scope.kind == "function" and scope.node is function
    assert lazyast.scope(function.body[0]) is scope
    assert list(scope.bindings) == ["self", "loads"]
    kinds = [scope.kind]
    while (scope := scope.parent) is not None:
        kinds.append(scope.kind)
    assert kinds == ["function", "class", "module"]
    assert {child.kind for child in lazyast.scope(tree).children} >= {"class", "function"}


def test_bindings(tree):
    outer = next(node for node in lazyast.walk(tree, ast.FunctionDef) if node.name == "outer")
    bindings = lazyast.scope(outer).bindings
    assert list(bindings) == ["a", "b", "k", "total", "inner"]
    total = bindings["total"]
    assert [role for _, role in total.occurrences] == ["assignment", "declaration", "augmented assignment"]
    assert [type(node).__name__ for node in total.definitions] == ["Name", "Name"]
    assert [node.lineno for node in total.references] == [23]
    # `del b` is about the `b` of `inner`.
    assert bindings["b"].roles == {"parameter"}
    assert bindings["inner"].definitions == [outer.body[1]]
    limit = lazyast.scope(tree).bindings["LIMIT"]
    assert limit.references == names(tree, "LIMIT")[1:]
    assert lazyast.scope(tree).bindings["tomllib"].dotted_names == ("tomllib", "tomli")
    assert lazyast.scope(tree).bindings["counter"].roles == {"declaration", "assignment", "use"}


def test_every_name_belongs_to_one_binding():
    """Over real code: the occurrences of all bindings are the names of the tree, each once."""
    for path in (Path(ast.__file__), Path(__file__)):
        tree = lazyast.parse(path.read_bytes())
        scopes = [lazyast.scope(tree)]
        found = []
        for scope in scopes:
            scopes.extend(scope.children)
            for binding in (*scope.bindings.values(), *scope.unbound.values()):
                found += [node for node, _ in binding.occurrences if isinstance(node, ast.Name)]
        expected = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        assert sorted(map(id, found)) == sorted(id(node) for node in expected if node.id != "__class__")


def test_scopes_of_annotations_follow_the_running_python():
    tree = lazyast.parse("class C:\n  T = int\n  def f(self, a: T): pass\n")
    annotation = names(tree, "T")[-1]
    kind = lazyast.scope(annotation).kind
    assert kind == ("annotations" if sys.version_info >= (3, 14) else "class")


def test_every_node_has_a_scope():
    """Also those that positions do not lead to: in decorators, `arguments`, contexts of comprehensions."""
    tree = lazyast.parse("@a(b, lambda: c)\nclass C:\n  @d\n  def f(self, x=[y for y in z]) -> int: return x\n")
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr_context):
            assert lazyast.scope(node).kind


def test_errors(tree):
    with pytest.raises(LookupError):
        lazyast.scope(ast.parse("a").body[0])
    with pytest.raises(ValueError, match="did not make this tree"):
        own = ast.parse("a")
        lazyast.scope(own)
    lazyast.scope(tree)
    tree.body.insert(0, ast.parse("new").body[0])
    with pytest.raises(LookupError, match="changed"):
        lazyast.scope(tree.body[0])


def test_scopes_do_not_keep_trees():
    tree = lazyast.parse("import a\na\n")
    binding = lazyast.scope(tree).bindings["a"]
    gone = weakref.ref(tree)
    del tree
    gc.collect()
    assert gone() is None
    assert binding.dotted_names == ("a",)
    with pytest.raises(LookupError, match="keep a reference"):
        binding.references  # noqa: B018
