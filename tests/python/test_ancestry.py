"""`parent`, `ancestors`, `enclosing`: the nodes around a node."""

import ast
import sysconfig
from pathlib import Path

import lazyast
import pytest
from lazyast import _native
from test_nodes import SOURCE, STATES, is_proxy

LIBRARY = Path(sysconfig.get_path("stdlib"))


def parents(tree):
    """Map the identity of each node to its parent. Shared instances are left out: they have no single parent."""
    found = {}
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            found[id(child)] = node
    return found


def chain(node, above):
    around = []
    while id(node) in above:
        node = above[id(node)]
        around.append(node)
    return around


def is_shared(node):
    return isinstance(node, ast.expr_context | ast.boolop | ast.operator | ast.unaryop | ast.cmpop)


@pytest.mark.parametrize("state", STATES)
def test_every_node(state):
    tree = STATES[state](SOURCE)
    nodes = list(lazyast.walk(tree))
    above = parents(tree)
    for node in nodes:
        if not is_shared(node):
            assert lazyast.ancestors(node) == chain(node, above)
            assert lazyast.ancestors(node, root=tree) == chain(node, above)
            assert lazyast.parent(node) is above.get(id(node))


def test_every_node_of_a_real_file():
    tree = lazyast.parse((LIBRARY / "dataclasses.py").read_bytes())
    above = parents(tree)
    for node in list(ast.walk(tree)):
        if not is_shared(node):
            assert lazyast.ancestors(node) == chain(node, above)


def test_nothing_else_is_materialised():
    tree = lazyast.parse(SOURCE)
    method = tree.body[3].body[1]
    statement = method.body[0]
    assert is_proxy(statement)
    assert lazyast.ancestors(statement) == [method, tree.body[3], tree]
    assert is_proxy(statement)
    assert is_proxy(tree.body[2])


def test_enclosing():
    tree = lazyast.parse(SOURCE)
    (name,) = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "j")
    assert lazyast.enclosing(name, ast.AsyncFunctionDef).name == "g"
    assert lazyast.enclosing(name, (ast.ClassDef, ast.Module)).name == "F"
    assert lazyast.enclosing(name, ast.Module) is tree
    assert lazyast.enclosing(name, ast.Lambda) is None
    assert lazyast.enclosing(tree, ast.Module) is None
    assert lazyast.parent(tree) is None


def test_trees_that_were_changed():
    tree = lazyast.parse(SOURCE)
    class_ = tree.body[3]
    new = ast.parse("if new: pass").body[0]
    class_.body.insert(0, new)
    moved = tree.body.pop(1)
    class_.body[2].body.append(moved)
    assert lazyast.ancestors(new.test) == [new, class_, tree]
    assert lazyast.ancestors(moved.names[0]) == [moved, class_.body[2], class_, tree]
    assert lazyast.ancestors(class_.body[3].args) == [class_.body[3], class_, tree]
    gone = class_.body.pop()
    with pytest.raises(LookupError):
        lazyast.ancestors(gone)


def test_trees_of_the_interpreter():
    tree = ast.parse("f(x)")
    name = tree.body[0].value.args[0]
    with pytest.raises(LookupError, match="keep a reference to its tree"):
        lazyast.ancestors(name)
    assert lazyast.ancestors(name, root=tree) == [tree.body[0].value, tree.body[0], tree]
    left = lazyast.parse("f(x)", feature_version=(3, 11))
    assert lazyast.parent(left.body[0]) is left


def test_a_node_whose_tree_is_gone():
    node = lazyast.parse("f(x)").body[0].value
    with pytest.raises(LookupError, match="in no tree that is in use"):
        lazyast.ancestors(node)


def test_shared_instances_have_no_single_parent():
    tree = lazyast.parse("f(x)")
    with pytest.raises(LookupError, match=r"Load\(\) has no single parent"):
        lazyast.parent(tree.body[0].value.func.ctx)


def test_the_right_tree_among_many():
    trees = [lazyast.parse(f"def f(): return g({n})") for n in range(50)]
    for tree in [*trees, *reversed(trees)]:
        call = tree.body[0].body[0].value
        assert lazyast.ancestors(call)[-1] is tree


def test_a_root_within_a_tree():
    tree = lazyast.parse(SOURCE)
    class_ = tree.body[3]
    node = class_.body[1].args.posonlyargs[0]
    assert lazyast.ancestors(node, root=class_) == [class_.body[1].args, class_.body[1], class_]
    with pytest.raises(LookupError):
        lazyast.ancestors(node, root=tree.body[4])


def test_deep_trees():
    tree = lazyast.parse("x" + "+x" * 400)
    node = tree.body[0].value
    while isinstance(node, ast.BinOp):
        node = node.left
    assert len(lazyast.ancestors(node)) == 402


def test_an_interpreter_that_is_not_served(monkeypatch):
    monkeypatch.setattr(_native, "parse", lambda *arguments: None)
    monkeypatch.setattr(_native, "ancestors", lambda node, root: None)
    monkeypatch.setattr(_native, "is_served", lambda: False)
    tree = lazyast.parse("def f():\n    return g(x, y)")
    call = tree.body[0].body[0].value
    assert lazyast.ancestors(call.args[1]) == [call, tree.body[0].body[0], tree.body[0], tree]
    assert lazyast.parent(tree) is None
    assert lazyast.enclosing(call, ast.FunctionDef) is tree.body[0]
    assert lazyast.ancestors(call, root=tree.body[0]) == [tree.body[0].body[0], tree.body[0]]
    with pytest.raises(LookupError, match="no tree that is in use"):
        lazyast.parent(ast.parse("z").body[0])
    with pytest.raises(LookupError):
        lazyast.parent(tree.body[0], root=call)
