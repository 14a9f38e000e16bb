"""Nodes of matches: they are created before their parents, and are the same objects as in the tree."""

import ast
import copy
import gc
import weakref

import lazyast
import pytest

SOURCE = (
    "def f(a):\n"
    "    return g(h(a), [k(b, c(d)) for b in a if b()], key=lambda x: x.y(z)(w), **m(n))\n"
    "class C(base(1)):\n"
    "    x: t(2) = {q(3): r(4), **s(5)}\n"
    "    print(f'{u(6)!r:>{v(7)}}')\n"
)


@pytest.fixture
def project(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.py").write_text(SOURCE)
    (source / "b.py").write_text("other()\n")
    return lazyast.Project(source, cache_dir=tmp_path / "cache")


def calls_of(project):
    """Return the matches of all calls in one file, and its tree, of which nothing was read."""
    matches = [match for match in project.find("$F($$$)") if match.path.name == "a.py"]
    return matches, matches[0].module.tree


READERS = {
    "ast.walk": lambda tree: list(ast.walk(tree)),
    "lazyast.walk": lambda tree: list(lazyast.walk(tree)),
    "walk for calls": lambda tree: list(lazyast.walk(tree, ast.Call)),
    "materialize": lazyast.materialize,
    "deepcopy": copy.deepcopy,
    "dump": ast.dump,
    "body": lambda tree: [child for node in tree.body for child in ast.iter_child_nodes(node)],
}


@pytest.mark.parametrize("reader", READERS)
def test_they_are_those_of_the_tree(project, reader):
    for step in (1, -1, 3):
        matches, tree = calls_of(project)
        order = matches[::step]
        nodes = [match.node for match in order]
        assert len({id(node) for node in nodes}) == len(order)
        # Some of the nodes are materialised, and some are not.
        assert all(isinstance(node.func, ast.expr) for node in nodes[::2])
        READERS[reader](tree)
        assert [match.node for match in order] == nodes
        walked = {id(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert {id(match.node) for match in matches} == walked and {id(node) for node in nodes} <= walked
        expected = ast.parse(SOURCE)
        assert ast.dump(tree, include_attributes=True) == ast.dump(expected, include_attributes=True)


def test_parents_are_found(project):
    matches, tree = calls_of(project)
    for match in reversed(matches):
        node = match.node
        above = lazyast.ancestors(node)
        assert above[-1] is tree and any(child is node for child in ast.iter_child_nodes(above[0]))
        assert match.node is node and lazyast.parent(node) is above[0]


def test_nodes_inside_of_nodes(project):
    names = project.select("Call > Name.func, Call, keyword, FormattedValue")
    nodes = [match.node for match in names if match.path.name == "a.py"]
    again = [match.node for match in names if match.path.name == "a.py"]
    assert all(one is other for one, other in zip(nodes, again))
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert any(node.func is other for other in nodes)


def test_changes_stay(project):
    matches, tree = calls_of(project)
    matches[3].node.func = ast.Name("changed", ast.Load())
    matches[1].node.added = 1
    del matches[5].node.args[:]
    assert matches[1].node.added == 1
    text = ast.unparse(tree)
    assert "changed(" in text
    assert [node for node in ast.walk(tree) if getattr(node, "added", None)] == [matches[1].node]
    assert ast.unparse(matches[5].node).endswith("()")


def test_they_end_with_the_matches(project):
    matches, tree = calls_of(project)
    nodes = [weakref.ref(match.node) for match in matches]
    assert matches[2].node.func and all(node() is not None for node in nodes)
    del matches
    gc.collect()
    assert all(node() is None for node in nodes)
    assert ast.dump(tree) == ast.dump(ast.parse(SOURCE))


def test_two_searches_in_one_tree():
    tree = lazyast.parse(SOURCE * 30)
    first = lazyast.pattern("$F($$$)").find(tree)
    second = lazyast.selector("Call").find(tree)
    nodes = [match.node for match in first]
    assert [match.node for match in second] == nodes
    walked = {id(node) for node in ast.walk(tree)}
    assert all(id(node) in walked for node in nodes)
