"""Trees consist of `ast`'s own objects: they work like these in every respect."""

import ast
import copy
import pickle
import weakref

import lazyast
import pytest

SOURCE = """
import a.b as c
@d
class E(F, metaclass=G):
    '''Text.'''
    def f(self, x: int = 1, /, *y, z=2, **w) -> None:
        return [self.x[0:1], {**w, 'k': -1.5}, f'{x!r:>{y}}', x if y else z]
match p:
    case {'a': 1, **rest} if q: pass
    case H(1, i=None) | [*_]: pass
"""


@pytest.fixture
def tree():
    return lazyast.parse(SOURCE)


@pytest.fixture
def plain():
    return ast.parse(SOURCE)


def test_shared_instances():
    name = lazyast.parse("y").body[0].value
    assert name.ctx is ast.parse("x").body[0].value.ctx
    assert lazyast.parse("a + b").body[0].value.op is ast.parse("1 + 1").body[0].value.op


def test_keys_and_their_order(tree, plain):
    mine = [list(vars(node).items()) for node in ast.walk(tree)]
    theirs = [list(vars(node).items()) for node in ast.walk(plain)]
    assert [[name for name, _ in node] for node in mine] == [[name for name, _ in node] for node in theirs]


def test_every_node_is_of_an_exact_class(tree, plain):
    assert [type(node) for node in ast.walk(tree)] == [type(node) for node in ast.walk(plain)]


def test_lists_are_not_shared(tree):
    one, other = lazyast.parse("f(); g()").body
    assert one.value.args is not other.value.args
    tree.body.clear()
    assert lazyast.parse(SOURCE).body


def test_nodes_are_not_shared():
    one, other = lazyast.parse("x = 1"), lazyast.parse("x = 1")
    one.body[0].targets[0].id = "y"
    assert other.body[0].targets[0].id == "x"


def test_unparse(tree, plain):
    assert ast.unparse(tree) == ast.unparse(plain)


def test_compile(tree, plain):
    assert compile(tree, "a.py", "exec") == compile(plain, "a.py", "exec")


def test_copy_and_pickle(tree, plain):
    expected = ast.dump(plain, include_attributes=True)
    for other in (copy.deepcopy(tree), pickle.loads(pickle.dumps(tree))):
        assert ast.dump(other, include_attributes=True) == expected


def test_changes(tree):
    node = tree.body[0]
    node.parent = tree
    assert weakref.ref(node)() is node
    assert vars(node)["parent"] is tree
    del node.names
    assert not hasattr(node, "names")


def test_nodes_are_freed():
    node = lazyast.parse("x").body[0]
    reference = weakref.ref(node)
    del node
    assert reference() is None


def test_transformer(tree):
    class Rename(ast.NodeTransformer):
        def visit_Name(self, node):
            return ast.copy_location(ast.Name("z", node.ctx), node)

    changed = Rename().visit(tree)
    names = {node.id for node in ast.walk(changed) if isinstance(node, ast.Name)}
    assert names == {"z"}
    compile(changed, "a.py", "exec")


def test_source_segments(tree, plain):
    def segments(tree):
        return [ast.get_source_segment(SOURCE, node) for node in ast.walk(tree) if hasattr(node, "lineno")]

    assert segments(tree) == segments(plain)


def test_garbage_collection_during_the_build():
    import gc

    threshold = gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    try:
        tree = lazyast.parse(SOURCE * 3)
    finally:
        gc.set_threshold(*threshold)
    assert ast.dump(tree) == ast.dump(ast.parse(SOURCE * 3))


def test_threads():
    from concurrent.futures import ThreadPoolExecutor

    sources = [f"def f{n}(x): return x + {n}\n" * 50 for n in range(100)]
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(lazyast.parse, sources))
    assert [ast.dump(tree) for tree in trees] == [ast.dump(ast.parse(source)) for source in sources]
